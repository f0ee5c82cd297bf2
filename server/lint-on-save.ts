/**
 * ansible-lint on what is saved, where the person wants that. It runs in the background; a newer
 * save ends it and begins again with all that was not looked at yet.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LintedText } from '../core/analysis/ansible-lint/result.ts';
import type { Environment } from '../core/command/run.ts';
import { ansibleRootOf } from '../core/lint/ansible-kind.ts';
import type { Project } from '../core/project/project.ts';

export type LintOnSave = {
  /** Only documents of Ansible’s are looked at. */
  readonly isAnsible: (path: string) => void;
  readonly saved: (path: string) => void;
  readonly closed: (path: string) => void;
  /** Of the last run; undefined before, and once the person does not want it any more. */
  readonly lintedOf: (path: string) => LintedText | undefined;
};

type Run = {
  readonly waiting: Set<string>;
  timer: NodeJS.Timeout | undefined;
  controller: AbortController | undefined;
};

/** Milliseconds in which saves are gathered: “save all” is one run. */
const GATHERED = 200;
/** Milliseconds that a run may take. */
const LONGEST = 120_000;

export function createLintOnSave(options: {
  /** Trusted, and switched on. */
  readonly isWanted: () => boolean;
  readonly env: () => Environment;
  readonly projectOf: (path: string) => Promise<Project | undefined>;
  readonly changed: () => void;
  readonly say: (message: string) => void;
  readonly log: (what: string, error: unknown) => void;
}): LintOnSave {
  const documents = new Set<string>();
  const linted = new Map<string, LintedText>();
  const runs = new Map<string, Run>();
  let isMissingSaid = false;

  const lint = async (root: string, run: Run): Promise<void> => {
    const { findAnsibleLint, runAnsibleLint } = await import('../core/ansible/ansible-lint.ts');
    const controller = new AbortController();
    const end = (): void => controller.abort();
    run.controller?.abort();
    run.controller = controller;
    const paths = [...run.waiting];
    process.once('exit', end);
    try {
      const env = options.env();
      const program = await findAnsibleLint(await options.projectOf(paths[0] ?? root), env);
      if (program === undefined) {
        run.waiting.clear();
        if (!isMissingSaid) options.say(MISSING);
        isMissingSaid = true;
        return;
      }
      const texts = await Promise.all(
        paths.map(async (path) => readFile(path, 'utf8').catch(() => '')),
      );
      const signal = AbortSignal.any([controller.signal, AbortSignal.timeout(LONGEST)]);
      const results = await runAnsibleLint(program, root, paths, { env, signal });
      if (controller.signal.aborted) return;
      paths.forEach((path, index) => {
        run.waiting.delete(path);
        const own = results.filter((each) => resolve(root, each.path) === path);
        if (documents.has(path)) linted.set(path, { text: texts[index] ?? '', results: own });
      });
      options.changed();
    } catch (error) {
      if (controller.signal.aborted) return;
      for (const path of paths) run.waiting.delete(path);
      options.log('ansible-lint did not get to its end', error);
    } finally {
      process.off('exit', end);
    }
  };

  return {
    isAnsible: (path) => documents.add(path),
    saved: (path) => {
      const root = ansibleRootOf(path);
      if (root === undefined || !documents.has(path) || !options.isWanted()) return;
      const run = runs.get(root) ?? { waiting: new Set(), timer: undefined, controller: undefined };
      runs.set(root, run);
      run.waiting.add(path);
      run.controller?.abort();
      clearTimeout(run.timer);
      run.timer = setTimeout(() => void lint(root, run), GATHERED);
    },
    closed: (path) => {
      documents.delete(path);
      linted.delete(path);
    },
    lintedOf: (path) => (options.isWanted() ? linted.get(path) : undefined),
  };
}

const MISSING =
  'ansible-lint is not installed, so nothing of it is shown on save. Install it (pipx install ansible-lint), or switch rpi.ansible.lintOnSave off.';
