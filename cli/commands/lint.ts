import type { Command } from 'commander';
import { relative } from 'node:path';
import colors from 'picocolors';
import type { Finding, Severity } from '../../core/analysis/finding.ts';
import { EXIT, RpiError } from '../../core/errors.ts';
import type { LintedFile } from '../../core/lint/lint.ts';
import { noProject } from '../../core/project/project.ts';
import { invocationOf, projectOf, type Invocation } from '../execute.ts';
import { print } from '../render/stdout.ts';

const COLOURS: Readonly<Record<Severity, (text: string) => string>> = {
  error: colors.red,
  warning: colors.yellow,
  information: colors.cyan,
  hint: colors.dim,
};

const AFTER = `
Without FILES those of the project: rpi.yml, inventories, playbooks, roles with their templates,
create/installer-config.txt, create/post-install.txt and create/files/*.list. Ends with 1 when there
are errors. Every code has a section in docs/playbook-rules.md, docs/inventory-rules.md or
docs/installer-config.md. --json gives a line of JSON for each finding.`;

/** `rpi lint` */
export function addLint(program: Command): void {
  program
    .command('lint')
    .description('what is wrong with playbooks, inventories, rpi.yml and the installer’s files')
    .argument('[files...]', 'those of the project without')
    .addHelpText('after', AFTER)
    .action(async (files: string[], _options: unknown, command: Command) => {
      await lint(invocationOf(command), files);
    });
}

/** A pure read: no run, no journal. */
async function lint(invocation: Invocation, files: readonly string[]): Promise<void> {
  const { lintableFiles, lintFiles } = await import('../../core/lint/lint.ts');
  const project = await projectOf(invocation).catch((error: unknown) => {
    // A faulty rpi.yml is a finding like others where it is named, and no reason to pass over the rest.
    if (files.length > 0 && RpiError.is(error, 'config.invalid')) return undefined;
    throw error;
  });
  if (project === undefined && files.length === 0) throw noProject(process.cwd());
  const paths = project !== undefined && files.length === 0 ? await lintableFiles(project) : files;
  const linted = await lintFiles(paths, {
    project,
    env: process.env,
    signal: new AbortController().signal,
    onRuleError: (code, error) => {
      const reason = error instanceof Error ? error.message : String(error);
      process.stderr.write(`The rule ${code} failed, which is a fault of rpi: ${reason}\n`);
    },
  });
  const { renderFindings, summarise, jsonOf } = await renderer();
  for (const file of linted) {
    if (invocation.json) for (const line of jsonOf(file)) await print(`${line}\n`);
    else if (file.findings.length > 0) await print(renderFindings(file));
  }
  if (!invocation.json) {
    const nothing =
      'There is nothing to check in this project; templates are checked by rpi create render.';
    await print(`${paths.length === 0 ? nothing : summarise(linted)}\n`);
  }
  const failed = linted.some((file) => file.findings.some(({ severity }) => severity === 'error'));
  process.exitCode = failed ? EXIT.failed : EXIT.ok;
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
      const head = `${shownPath(path)}:${line}:${column}: ${COLOURS[finding.severity](finding.severity)} ${finding.message} ${colors.dim(`(${finding.code})`)}\n`;
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
        docs: `${docsOf(kind)}#${code}`,
        ...(finding.fixes === undefined || finding.fixes.length === 0
          ? {}
          : { fixes: finding.fixes.map(({ title }) => title) }),
      });
    });
  };
  return { renderFindings, jsonOf, summarise };
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
