/** Runs ansible-lint on files of a project. */
import { relative } from 'node:path';
import type { LintResult } from '../analysis/ansible-lint/result.ts';
import { commandFailed, findExecutable, runCommand, type Environment } from '../command/run.ts';
import type { Project } from '../project/project.ts';
import { sibling } from './docs/installation.ts';
import { findAnsible } from './find.ts';

/**
 * Absolute path of ansible-lint: that of the Ansible in use, or on the PATH; undefined where there
 * is none.
 */
export async function findAnsibleLint(
  project: Pick<Project, 'root' | 'config'> | undefined,
  env: Environment,
): Promise<string | undefined> {
  const ansible = await findAnsible(project, env);
  const beside =
    ansible === undefined ? undefined : await sibling(ansible.playbook, 'ansible-lint');
  return beside ?? (await findExecutable('ansible-lint', env));
}

/** Throws `command.failed` where it says nothing that can be read, and `run.cancelled`. */
export async function runAnsibleLint(
  program: string,
  root: string,
  paths: readonly string[],
  options: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<readonly LintResult[]> {
  const command = {
    command: program,
    // Offline: it would install what requirements.yml names.
    args: [
      ...['--offline', '--nocolor', '-q', '--format', 'codeclimate', '--'],
      ...paths.map((path) => relative(root, path)),
    ],
    cwd: root,
  };
  const finished = await runCommand(command, { ...options, guarded: true });
  const { readLintResults } = await import('../analysis/ansible-lint/read-results.ts');
  // Without findings some versions print nothing.
  const isSilent = finished.code === 0 && finished.stdout.trim() === '';
  const results = isSilent ? [] : readLintResults(finished.stdout);
  if (results === undefined) throw commandFailed(command, finished);
  return results;
}
