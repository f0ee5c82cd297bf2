import type { Command } from 'commander';
import colors from 'picocolors';
import { RpiError } from '../../core/errors.ts';
import { personalState, socketFolder } from '../../core/project/paths.ts';
import { systemClock } from '../../core/runs/clock.ts';
import { askControl } from '../../core/runs/control.ts';
import { findRun, followRun } from '../../core/runs/reader.ts';
import { openRunIndex } from '../../core/runs/run-index.ts';
import type { RunSummary } from '../../core/runs/run-summary.ts';
import { invocationOf, projectOf, type Invocation } from '../execute.ts';
import { createLiveLine } from '../render/live-line.ts';
import { printable } from '../render/printable.ts';
import { renderTable } from '../render/table.ts';
import { show } from '../render/terminal.ts';

/** `rpi runs`: past and running operations, read from their journals. */
export function addRuns(program: Command): void {
  const runs = program.command('runs').description('past and running operations');
  runs
    .command('list')
    .description('the runs of this project, newest first')
    .option('-n, --number <count>', 'how many', '20')
    .action(async (options: { number: string }, command: Command) => {
      await list(invocationOf(command), countOf(options.number));
    });
  runs
    .command('show')
    .description('one run from its beginning (ID, the end of one, or last)')
    .argument('[id]', 'which run', 'last')
    .action(async (id: string, _options: unknown, command: Command) => {
      await read(invocationOf(command), id, false);
    });
  runs
    .command('follow')
    .description(
      'one run from its beginning, and on as long as it lives (live: the newest that does)',
    )
    .argument('[id]', 'which run', 'live')
    .action(async (id: string, _options: unknown, command: Command) => {
      await read(invocationOf(command), id, true);
    });
  runs
    .command('cancel')
    .description('asks a live run to stop in a consistent state')
    .argument('<id>', 'which run')
    .action(async (id: string, _options: unknown, command: Command) => {
      await control(invocationOf(command), id, { verb: 'cancel' });
    });
  runs
    .command('answer')
    .description(
      'answers an open question of a live run (not secrets: the command line shows them)',
    )
    .argument('<id>', 'which run')
    .argument('<question>', 'its number, as in q1')
    .argument('<value>', 'the answer')
    .action(
      async (id: string, question: string, value: string, _options: unknown, command: Command) => {
        await control(invocationOf(command), id, { verb: 'answer', id: question, value });
      },
    );
}

function countOf(text: string): number {
  if (/^[1-9][0-9]*$/.test(text)) return Number(text);
  throw new RpiError('input.invalid', `--number takes a count, and not “${text}”.`);
}

async function folderOf(invocation: Invocation): Promise<string> {
  return ((await projectOf(invocation)) ?? personalState(process.env)).runs;
}

async function list(invocation: Invocation, count: number): Promise<void> {
  const index = openRunIndex(await folderOf(invocation));
  await index.refresh();
  const runs = index.runs().slice(0, count);
  if (invocation.json) {
    for (const run of runs) process.stdout.write(`${JSON.stringify(summary(run))}\n`);
    return;
  }
  if (runs.length === 0) {
    process.stdout.write('No runs yet.\n');
    return;
  }
  const rows = runs.map((run) => {
    const { id, command, state, seconds, says } = summary(run);
    return [id, command, coloured(state), `${seconds.toFixed(1)} s`, says];
  });
  process.stdout.write(
    `${printable(renderTable(['RUN', 'COMMAND', 'STATE', 'TOOK', 'RESULT'], rows))}\n`,
  );
}

function summary(run: RunSummary): {
  id: string;
  command: string;
  state: string;
  started: string;
  seconds: number;
  says: string;
} {
  return {
    id: run.id,
    command: run.command,
    state: run.status ?? run.state,
    started: run.startedAt,
    seconds: (Date.parse(run.lastAt) - Date.parse(run.startedAt)) / 1000,
    says: run.summary?.split('\n')[0] ?? '',
  };
}

function coloured(state: string): string {
  if (state === 'ok') return colors.green(state);
  return state === 'live' ? colors.cyan(state) : colors.red(state);
}

async function read(invocation: Invocation, id: string, follow: boolean): Promise<void> {
  const run = await findRun(await folderOf(invocation), id);
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  const events = follow
    ? followRun(run.path, { signal: controller.signal, clock: systemClock })
    : run.events;
  const live = createLiveLine(process.stderr);
  // Of a run that is followed it turns out last.
  let isInterrupted = follow || run.state === 'interrupted';
  for await (const event of events) {
    if (event.kind === 'run.finished') isInterrupted = false;
    if (invocation.json) process.stdout.write(`${JSON.stringify(event)}\n`);
    else await show(event, {}, live, Date.now());
  }
  live.end();
  if (isInterrupted && !controller.signal.aborted && !invocation.json) {
    const next = run.started.command.startsWith('install')
      ? 'rpi install status says how it stands, and what to do.'
      : 'Run the command again.';
    process.stdout.write(
      `${colors.red('✗')} interrupted: its process ended without a word. ${next}\n`,
    );
  }
}

async function control(
  invocation: Invocation,
  id: string,
  message: Parameters<typeof askControl>[2],
): Promise<void> {
  const run = await findRun(await folderOf(invocation), id);
  const reply = await askControl(socketFolder(process.env), run.id, message);
  if (!reply.ok) {
    throw new RpiError('input.invalid', reply.message, {
      remedy: `rpi runs show ${run.id} shows its open questions.`,
    });
  }
  process.stdout.write(invocation.json ? `${JSON.stringify(reply)}\n` : `${reply.message}\n`);
}
