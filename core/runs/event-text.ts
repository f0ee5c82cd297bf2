/** Events as lines for a person: the words of the terminal, the editor's logs and whoever else. */
import type { ErrorReport } from '../errors.ts';
import type { EventBody, EventKind, EventOf, ResultStatus } from './event.ts';

/** How text is set off; `PLAIN` sets off nothing. */
export type Paint = Readonly<
  Record<'green' | 'yellow' | 'red' | 'cyan' | 'dim' | 'bold', (text: string) => string>
>;

const asItIs = (text: string): string => text;
export const PLAIN: Paint = {
  green: asItIs,
  yellow: asItIs,
  red: asItIs,
  cyan: asItIs,
  dim: asItIs,
  bold: asItIs,
};

/** A line (or lines) for an event of each kind; undefined, or a kind that is missing, shows nothing. */
export type EventLines = {
  readonly [K in EventKind]?: (event: EventOf<K>) => string | undefined;
};

/** The lines of each kind. What programs printed (`output`) is shown as it came, not here. */
export function eventLines(paint: Paint): EventLines {
  const marks: Readonly<Record<ResultStatus, string>> = {
    ok: paint.green('✓'),
    changed: paint.yellow('✓'),
    failed: paint.red('✗'),
    skipped: paint.dim('–'),
    refused: paint.red('⊘'),
    cancelled: paint.yellow('⊘'),
  };
  const checkMarks = {
    ok: paint.green('✓'),
    warning: paint.yellow('!'),
    failed: paint.red('✗'),
    skipped: paint.dim('–'),
  } as const;
  const fileMarks = {
    created: paint.green('+'),
    updated: paint.yellow('~'),
    left: paint.dim('='),
    removed: paint.red('-'),
  } as const;
  const at = (host: string | undefined): string =>
    host === undefined ? '' : `${paint.bold(host)}  `;

  return {
    plan: ({ title, items }) =>
      [
        paint.bold(title),
        ...items.map(
          ({ action, target, detail }) =>
            `  ${action} ${target}${detail === undefined ? '' : paint.dim(` — ${detail}`)}`,
        ),
      ].join('\n'),
    'host.finished': ({ host, status, summary, error }) =>
      `${marks[status]} ${paint.bold(host)}  ${summary}${remedyOf(error?.remedy)}`,
    'step.started': ({ host, title }) =>
      host === undefined ? paint.cyan(`▸ ${title}`) : undefined,
    'step.intended': ({ host, what }) => paint.yellow(`! ${at(host)}${what}`),
    'step.finished': ({ host, status, detail, error, step }) =>
      status === 'ok' && detail === undefined
        ? undefined
        : host !== undefined && status !== 'failed'
          ? undefined
          : `${marks[status]} ${at(host)}${detail ?? step}${remedyOf(error?.remedy)}`,
    log: ({ level, host, text }) => {
      if (level === 'debug') return undefined;
      const line = `${at(host)}${text}`;
      if (level === 'error') return paint.red(line);
      return level === 'warn' ? paint.yellow(`! ${line}`) : line;
    },
    'file.changed': ({ path, action, planned, diff, detail }) =>
      `${fileMarks[action]} ${planned && action !== 'left' ? `${paint.dim('would be')} ` : ''}${action} ${path}${detail === undefined ? '' : paint.dim(` — ${detail}`)}${diff === undefined ? '' : `\n${diffLines(diff, paint)}`}`,
    sighting: ({ sighting }) =>
      sighting.isPi
        ? `${paint.green('●')} ${sighting.address}  ${sighting.mac ?? ''}  ${sighting.name ?? ''}`.trimEnd()
        : undefined,
    forward: ({ host, port, url }) => `${paint.green('●')} ${url}  is port ${port} of ${host}`,
    check: ({ host, name, status, detail, why, remedy }) =>
      `${checkMarks[status]} ${at(host)}${name}: ${detail}${
        status === 'ok' || why === undefined ? '' : `\n  ${why}`
      }${status === 'ok' ? '' : remedyOf(remedy)}`,
    'run.finished': ({ status, summary, undone, error }) =>
      [
        error === undefined ? `${marks[status]} ${summary}` : reportText(error, paint),
        ...undone.map((sentence) => paint.yellow(`  undone: ${sentence}`)),
      ].join('\n'),
  };
}

/** The line of an event by the table of its kind. */
export function lineOf<K extends EventKind>(
  event: EventBody & { readonly kind: K },
  lines: { readonly [P in K]?: (event: EventOf<P>) => string | undefined },
): string | undefined {
  // `event` is of kind K, which the compiler does not carry from the tag to the union's member.
  return lines[event.kind]?.(event as unknown as EventOf<K>);
}

/** An error as a person reads it: what happened, then what to do about it. */
export function reportText(report: ErrorReport, paint: Paint): string {
  const head = `${paint.red('✗')} ${report.message}`;
  const code = paint.dim(`[${report.code}]`);
  return report.remedy === undefined ? `${head} ${code}` : `${head} ${code}\n  → ${report.remedy}`;
}

function remedyOf(remedy: string | undefined): string {
  return remedy === undefined ? '' : `\n  → ${remedy}`;
}

function diffLines(diff: string, paint: Paint): string {
  return diff
    .trimEnd()
    .split('\n')
    .filter((line) => !/^(Index:|=+$|\\ No newline)/.test(line))
    .map((line) => {
      if (line.startsWith('+')) return paint.green(`  ${line}`);
      if (line.startsWith('-')) return paint.red(`  ${line}`);
      return `  ${line}`;
    })
    .join('\n');
}
