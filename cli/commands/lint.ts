import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import colors from 'picocolors';
import type { Finding, Severity } from '../../core/analysis/finding.ts';
import { EXIT, RpiError } from '../../core/errors.ts';
import type { LintContext } from '../../core/lint/context.ts';
import type { LintedFile } from '../../core/lint/lint.ts';
import { noProject, type Project } from '../../core/project/project.ts';
import { invocationOf, projectOf, type Invocation } from '../execute.ts';
import { printable } from '../render/printable.ts';
import { print } from '../render/stdout.ts';

const COLOURS: Readonly<Record<Severity, (text: string) => string>> = {
  error: colors.red,
  warning: colors.yellow,
  information: colors.cyan,
  hint: colors.dim,
};

const AFTER = `
Without FILES those of the project, or of the folder with an ansible.cfg: rpi.yml, inventories,
playbooks, roles with their templates, create/installer-config.txt, create/post-install.txt and
create/files/*.list. Ends with 1 when there are errors. Every code has a section in docs/playbook-rules.md, docs/inventory-rules.md or
docs/installer-config.md. --json gives a line of JSON for each finding.

Modules are checked by what the Ansible of this machine says of them; its documentation is read
once, which may take a while, and kept in ~/.cache/rpi. --no-ansible starts nothing and goes by what
rpi knows itself. --ansible-lint runs ansible-lint on the playbooks, tasks and variables as well and
adds what only it finds.`;

/** `rpi lint` */
export function addLint(program: Command): void {
  program
    .command('lint')
    .description('what is wrong with playbooks, inventories, rpi.yml and the installer’s files')
    .argument('[files...]', 'those of the project without')
    .option('--no-ansible', 'do not ask the installed Ansible about its modules')
    .option('--ansible-lint', 'add what ansible-lint finds')
    .addHelpText('after', AFTER)
    .action(async (files: string[], options: Options, command: Command) => {
      await lint(invocationOf(command), files, options);
    });
}

type Options = { readonly ansible: boolean; readonly ansibleLint?: true };

/** A pure read: no run, no journal. */
async function lint(
  invocation: Invocation,
  files: readonly string[],
  options: Options,
): Promise<void> {
  const { lintFiles } = await import('../../core/lint/lint.ts');
  const { project, paths, fault } = await toLint(invocation, files);
  const linted = await lintFiles(paths, {
    project,
    env: process.env,
    signal: new AbortController().signal,
    ...(options.ansible ? await installedOnes() : {}),
    ...(options.ansibleLint === true ? { ansibleLint: await ansibleLintOf(project) } : {}),
    onRuleError: (code, error) => {
      const reason = error instanceof Error ? error.message : String(error);
      process.stderr.write(`The rule ${code} failed, which is a fault of rpi: ${reason}\n`);
    },
  });
  const { renderFindings, summarise, jsonOf } = await renderer();
  for (const file of linted) {
    if (invocation.json) for (const line of jsonOf(file)) await print(`${line}\n`);
    else if (file.findings.length > 0) await print(printable(renderFindings(file)));
  }
  if (!invocation.json) {
    const nothing =
      'There is nothing to check in this project; templates are checked by rpi create render.';
    await print(`${paths.length === 0 ? nothing : summarise(linted)}\n`);
  }
  const failed = linted.some((file) => file.findings.some(({ severity }) => severity === 'error'));
  // Whatever the rules think of it: nothing else of rpi will read that rpi.yml.
  if (fault !== undefined && files.length === 0 && !failed) throw fault;
  process.exitCode = failed ? EXIT.failed : EXIT.ok;
}

type ToLint = {
  readonly project: Project | undefined;
  readonly paths: readonly string[];
  /** Of rpi.yml. */
  readonly fault: RpiError | undefined;
};

/**
 * A faulty rpi.yml is a finding like others, and no reason to pass over the rest. A folder of
 * Ansible’s that is no project of ours yet is checked as well.
 */
async function toLint(invocation: Invocation, files: readonly string[]): Promise<ToLint> {
  let fault: RpiError | undefined;
  const project = await projectOf(invocation).catch((error: unknown) => {
    if (!RpiError.is(error, 'config.invalid')) throw error;
    fault = error;
    return undefined;
  });
  if (files.length > 0) return { project, paths: files, fault };
  if (project !== undefined) {
    const { lintableFiles } = await import('../../core/lint/lint.ts');
    return { project, paths: await lintableFiles(project), fault };
  }
  const faulty = fault?.places[0]?.path;
  const root = faulty === undefined ? await folderWithSettings() : dirname(resolve(faulty));
  if (root === undefined) throw fault ?? noProject(process.cwd());
  const { ansibleFiles } = await import('../../core/lint/ansible.ts');
  return { project, paths: await ansibleFiles(root), fault };
}

/** The nearest one with an ansible.cfg. */
async function folderWithSettings(): Promise<string | undefined> {
  const { ansibleRootOf } = await import('../../core/lint/ansible-kind.ts');
  const root = ansibleRootOf(join(process.cwd(), 'ansible.cfg'));
  return root !== undefined && existsSync(join(root, 'ansible.cfg')) ? root : undefined;
}

/** Milliseconds that reading the documentation may take; what was read by then is kept. */
const LONGEST = 300_000;

async function installedOnes(): Promise<Pick<LintContext, 'installed'>> {
  const { cacheFolder } = await import('../../core/ansible/docs/cache.ts');
  return {
    installed: {
      cacheFolder: join(cacheFolder(process.env), 'ansible-docs'),
      signal: AbortSignal.timeout(LONGEST),
      onWait: () => {
        process.stderr.write(
          'Reading the documentation of the installed Ansible, which is kept for the next time …\n',
        );
      },
      onError: (error) => {
        const reason = RpiError.is(error, 'run.cancelled')
          ? `It took more than ${LONGEST / 60_000} minutes.`
          : error instanceof Error
            ? error.message
            : String(error);
        process.stderr.write(
          `The documentation of the installed Ansible could not be read, so modules are checked by what rpi knows itself: ${reason}\n`,
        );
      },
    },
  };
}

async function ansibleLintOf(project: Project | undefined): Promise<string> {
  const { findAnsibleLint } = await import('../../core/ansible/ansible-lint.ts');
  const found = await findAnsibleLint(project, process.env);
  if (found !== undefined) return found;
  throw new RpiError('command.not-found', 'ansible-lint is not installed.', {
    remedy:
      'Install it, for instance with: pipx install ansible-lint — or leave --ansible-lint out.',
  });
}

/** Loaded with the rules: the help of rpi needs none of it. */
async function renderer(): Promise<{
  readonly renderFindings: (file: LintedFile) => string;
  readonly jsonOf: (file: LintedFile) => string[];
  readonly summarise: (files: readonly LintedFile[]) => string;
}> {
  const { lineAt, lineStartsOf, placeAt } = await import('../../core/lint/place.ts');
  const { maskSecrets, maskSecretWords } = await import('../../core/lint/mask.ts');
  const { docsOf } = await import('../../core/lint/kind.ts');

  const renderFindings = ({ path, kind, text, findings }: LintedFile): string => {
    const starts = lineStartsOf(text);
    const shown =
      kind === 'inventory' || kind === 'ansible' ? maskSecretWords(text) : maskSecrets(text);
    const blocks = findings.map((finding) => {
      const { line, column } = placeAt(starts, finding.start);
      const head = `${shownPath(path)}:${line}:${column}: ${COLOURS[finding.severity](finding.severity)} ${finding.message} ${colors.dim(`(${codeOf(finding)})`)}\n`;
      const source = lineAt(shown, starts, line);
      const length = Math.max(1, Math.min(finding.end - finding.start, source.length - column + 1));
      const blanks = source.slice(0, column - 1).replace(/[^\t]/g, ' ');
      return `${head}    ${source}\n    ${blanks}${COLOURS[finding.severity]('^'.repeat(length))}\n`;
    });
    return blocks.join('');
  };

  const jsonOf = ({ path, kind, text, findings }: LintedFile): string[] => {
    const starts = lineStartsOf(text);
    return findings.map((finding) => {
      const end = placeAt(starts, finding.end);
      const { code, severity, message } = finding;
      const { line, column } = placeAt(starts, finding.start);
      return JSON.stringify({
        path: shownPath(path),
        line,
        column,
        endLine: end.line,
        endColumn: end.column,
        severity,
        code,
        message,
        ...(finding.source === undefined ? {} : { source: finding.source }),
        ...docsEntry(finding, `${docsOf(kind)}#${code}`),
        ...(finding.fixes === undefined || finding.fixes.length === 0
          ? {}
          : { fixes: finding.fixes.map(({ title }) => title) }),
      });
    });
  };
  return { renderFindings, jsonOf, summarise };
}

/** With the program that found it, where that is another one. */
function codeOf({ code, source }: Finding): string {
  return source === undefined ? code : `${code}, ${source}`;
}

/** What another program found is explained elsewhere. */
function docsEntry({ source, href }: Finding, own: string): { readonly docs?: string } {
  if (source === undefined) return { docs: own };
  return href === undefined ? {} : { docs: href };
}

function summarise(files: readonly LintedFile[]): string {
  const where = `in ${files.length} file${files.length === 1 ? '' : 's'}`;
  const count = (severity: Severity): number =>
    files
      .flatMap(({ findings }): readonly Finding[] => findings)
      .filter((each) => each.severity === severity).length;
  const parts = (
    [
      ['error', 'error', 'errors'],
      ['warning', 'warning', 'warnings'],
      ['information', 'remark', 'remarks'],
      ['hint', 'hint', 'hints'],
    ] as const
  ).flatMap(([severity, one, many]) => {
    const number = count(severity);
    return number === 0 ? [] : [`${number} ${number === 1 ? one : many}`];
  });
  return parts.length === 0 ? `Nothing to say ${where}.` : `${parts.join(', ')} ${where}.`;
}

function shownPath(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside === '' || inside.startsWith('..') ? path : inside;
}
