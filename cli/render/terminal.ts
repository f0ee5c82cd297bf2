/** Events as lines for a person, with one live line of what is under way on a terminal. */
import type { Event, EventOf } from '../../core/runs/event.ts';
import { eventLines, lineOf, type EventLines } from '../../core/runs/event-text.ts';
import type { EventQueue, Gap } from '../../core/runs/queue.ts';
import colors from 'picocolors';
import { createLiveLine, type LiveLine } from './live-line.ts';
import { printable } from './printable.ts';
import { print } from './stdout.ts';

/** What a subcommand shows otherwise than the rest. */
export type Rendering = { readonly lines?: EventLines };

const LINES = eventLines(colors);

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
    await print(event.host === undefined ? printable(event.text) : hostLines(event.host, event));
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

/**
 * What a host printed, with its name before each line; what stands on stderr is marked. Its colours
 * end with its line.
 */
export function hostLines(
  host: string,
  { stream, text }: Pick<EventOf<'output'>, 'stream' | 'text'>,
): string {
  const mark = stream === 'stderr' ? colors.yellow('!') : colors.dim('│');
  const lines = printable(text)
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  return lines
    .map(
      (line) => `${colors.cyan(host)} ${mark} ${line}${line.includes('\x1b') ? '\x1b[0m' : ''}\n`,
    )
    .join('');
}

async function write(live: LiveLine, line: string): Promise<void> {
  live.hide();
  await print(`${printable(line)}\n`);
  live.show();
}
