/** Events as lines for a person, with one live line of what is under way on a terminal. */
import type { Event, EventBody, EventKind, EventOf, ResultStatus } from '../../core/runs/event.ts';
import type { EventQueue, Gap } from '../../core/runs/queue.ts';
import colors from 'picocolors';
import { createLiveLine, type LiveLine } from './live-line.ts';
import { print } from './stdout.ts';
import { renderReport } from './report.ts';

/** A line (or lines) for an event of one kind; undefined shows nothing. */
type Renderer<K extends EventKind> = (event: EventOf<K>) => string | undefined;

/** What a subcommand shows otherwise than the table below. */
export type Rendering = {
  readonly lines?: { readonly [K in EventKind]?: Renderer<K> };
};

const MARKS: Readonly<Record<ResultStatus, string>> = {
  ok: colors.green('✓'),
  changed: colors.yellow('✓'),
  failed: colors.red('✗'),
  skipped: colors.dim('–'),
  refused: colors.red('⊘'),
  cancelled: colors.yellow('⊘'),
};

const CHECK_MARKS = {
  ok: colors.green('✓'),
  warning: colors.yellow('!'),
  failed: colors.red('✗'),
  skipped: colors.dim('–'),
} as const;

/** One line a kind. A kind that is missing here shows nothing by itself. */
const LINES: { readonly [K in EventKind]?: Renderer<K> } = {
  plan: ({ title, items }) =>
    [
      colors.bold(title),
      ...items.map(
        ({ action, target, detail }) =>
          `  ${action} ${target}${detail === undefined ? '' : colors.dim(` — ${detail}`)}`,
      ),
    ].join('\n'),
  'host.finished': ({ host, status, summary, error }) =>
    `${MARKS[status]} ${colors.bold(host)}  ${summary}${remedyOf(error?.remedy)}`,
  'step.started': ({ host, title }) => (host === undefined ? colors.cyan(`▸ ${title}`) : undefined),
  'step.intended': ({ host, what }) => colors.yellow(`! ${at(host)}${what}`),
  'step.finished': ({ host, status, detail, error, step }) =>
    status === 'ok' && detail === undefined
      ? undefined
      : host !== undefined && status !== 'failed'
        ? undefined
        : `${MARKS[status]} ${at(host)}${detail ?? step}${remedyOf(error?.remedy)}`,
  log: ({ level, host, text }) => {
    if (level === 'debug') return undefined;
    const line = `${at(host)}${text}`;
    if (level === 'error') return colors.red(line);
    return level === 'warn' ? colors.yellow(`! ${line}`) : line;
  },
  'file.changed': ({ path, action, planned, diff, detail }) =>
    `${FILE_MARKS[action]} ${planned && action !== 'left' ? `${colors.dim('would be')} ` : ''}${action} ${path}${detail === undefined ? '' : colors.dim(` — ${detail}`)}${diff === undefined ? '' : `\n${renderDiff(diff)}`}`,
  sighting: ({ sighting }) =>
    sighting.isPi
      ? `${colors.green('●')} ${sighting.address}  ${sighting.mac ?? ''}  ${sighting.name ?? ''}`.trimEnd()
      : undefined,
  forward: ({ host, port, url }) => `${colors.green('●')} ${colors.bold(url)}  ${host}, port ${port}`,
  check: ({ host, name, status, detail, why, remedy }) =>
    `${CHECK_MARKS[status]} ${at(host)}${name}: ${detail}${
      status === 'ok' || why === undefined ? '' : `\n  ${why}`
    }${status === 'ok' ? '' : remedyOf(remedy)}`,
  'run.finished': ({ status, summary, undone, error }) =>
    [
      error === undefined ? `${MARKS[status]} ${summary}` : renderReport(error),
      ...undone.map((sentence) => colors.yellow(`  undone: ${sentence}`)),
    ].join('\n'),
};

const FILE_MARKS = {
  created: colors.green('+'),
  updated: colors.yellow('~'),
  left: colors.dim('='),
  removed: colors.red('-'),
} as const;

/** Renders events to stdout until the run ends. A reader that has gone (EPIPE) stops nothing. */
export async function renderTerminal(events: EventQueue, rendering: Rendering = {}): Promise<void> {
  const live = createLiveLine(process.stderr);
  const started = Date.now();
  try {
    for await (const event of events) await show(event, rendering, live, started);
  } finally {
    live.end();
  }
}

/** One event, as renderTerminal shows it; also for journals that are read back. */
export async function show(
  event: Event | Gap,
  rendering: Rendering,
  live: LiveLine,
  started: number,
): Promise<void> {
  if (event.kind === 'gap') {
    await write(live, colors.dim(`… ${event.dropped} lines left out; the journal has them …`));
    return;
  }
  live.follow(event);
  if (event.kind === 'output') {
    live.hide();
    await print(event.host === undefined ? event.text : linesOf(event.host, event));
    if (event.host !== undefined) live.show();
    return;
  }
  const line = lineOf(event, { ...LINES, ...rendering.lines });
  if (line === undefined) return;
  const took =
    event.kind === 'run.finished' && Date.now() - started > 1000
      ? colors.dim(` (${((Date.now() - started) / 1000).toFixed(1)} s)`)
      : '';
  await write(live, line + took);
}

/** What a host printed, with its name before each line; what stands on stderr is marked. */
function linesOf(host: string, { stream, text }: EventOf<'output'>): string {
  const mark = stream === 'stderr' ? colors.yellow('!') : colors.dim('│');
  const lines = text.replace(/\n$/, '').split('\n');
  return lines.map((line) => `${colors.cyan(host)} ${mark} ${line}\n`).join('');
}

/** The line of an event by the table of its kind. */
function lineOf<K extends EventKind>(
  event: EventBody & { readonly kind: K },
  lines: { readonly [P in K]?: Renderer<P> },
): string | undefined {
  // `event` is of kind K, which the compiler does not carry from the tag to the union's member.
  return lines[event.kind]?.(event as unknown as EventOf<K>);
}

async function write(live: LiveLine, line: string): Promise<void> {
  live.hide();
  await print(`${line}\n`);
  live.show();
}

function at(host: string | undefined): string {
  return host === undefined ? '' : `${colors.bold(host)}  `;
}

function remedyOf(remedy: string | undefined): string {
  return remedy === undefined ? '' : `\n  → ${remedy}`;
}

function renderDiff(diff: string): string {
  return diff
    .trimEnd()
    .split('\n')
    .filter((line) => !/^(Index:|=+$|\\ No newline)/.test(line))
    .map((line) => {
      if (line.startsWith('+')) return colors.green(`  ${line}`);
      if (line.startsWith('-')) return colors.red(`  ${line}`);
      return `  ${line}`;
    })
    .join('\n');
}
