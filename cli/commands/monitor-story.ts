/** `rpi monitor explain | simulate`: what the monitor's journal tells. Both only read. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import colors from 'picocolors';
import { RpiError, systemCode } from '../../core/errors.ts';
import type { MonitorRecord } from '../../core/monitor/decisions/record.ts';
import type { Simulation } from '../../core/monitor/decisions/simulate.ts';
import { storyOf, type StoryLine } from '../../core/monitor/decisions/story.ts';
import { readConfig } from '../../core/project/config.ts';
import { policySchema, type Policy } from '../../core/project/monitor-policy.ts';
import { noProject, type Project } from '../../core/project/project.ts';
import { invocationOf, projectOf } from '../execute.ts';
import { printable } from '../render/printable.ts';
import { refuseOptionsBefore } from './parent-options.ts';

type Days = { readonly from?: string; readonly to?: string };

export function addMonitorStory(monitor: Command): void {
  monitor
    .command('explain')
    .description('what happened to a Pi, what was decided about it, and why')
    .argument('<host>', 'its name in the inventory')
    .option('--from <day>', 'from this day on (UTC), as in 2026-11-22')
    .option('--to <day>', 'up to this day, and with it')
    .action(async (host: string, days: Days, command: Command) => {
      refuseOptionsBefore(command);
      const { json } = invocationOf(command);
      const project = await mustHaveProject(command);
      const story = storyOf(await recordsOf(project, days), host);
      // What concerns no Pi alone is context, not a story.
      const isKnown = story.some(({ about }) => about === host);
      if (!isKnown) throw untold(host);
      process.stdout.write(json ? linesOf(story) : `${printable(renderStory(story))}\n`);
    });
  monitor
    .command('simulate')
    .description('what another policy would have done about what was recorded')
    .option('--policy <file>', 'an rpi.yml with another policy (default: the project’s own)')
    .option('--from <day>', 'from this day on (UTC), as in 2026-11-22')
    .option('--to <day>', 'up to this day, and with it')
    .addHelpText(
      'after',
      '\nA remedy is taken as done at once, and changes nothing of what was recorded: whether it' +
        '\nwould have helped nobody can know. Nothing is done to any Pi.',
    )
    .action(async ({ policy, ...days }: Days & { policy?: string }, command: Command) => {
      refuseOptionsBefore(command);
      const { json } = invocationOf(command);
      const project = await mustHaveProject(command);
      const rules = policy === undefined ? ofProject(project) : await policyOf(policy);
      const { simulate } = await import('../../core/monitor/decisions/simulate.ts');
      const simulation = simulate(await recordsOf(project, days), rules);
      if (json) process.stdout.write(linesOf(simulation.records));
      else process.stdout.write(`${printable(renderSimulation(simulation))}\n`);
    });
}

async function mustHaveProject(command: Command): Promise<Project> {
  const project = await projectOf(invocationOf(command));
  if (project === undefined) throw noProject(process.cwd());
  return project;
}

async function recordsOf({ data }: Project, days: Days): Promise<MonitorRecord[]> {
  const range = rangeOf(days);
  const { readRecords } = await import('../../core/monitor/decisions/recorded.ts');
  const { monitorFolder } = await import('../../core/monitor/watch/journal.ts');
  return readRecords(monitorFolder(data), range);
}

function ofProject({ config }: Project): Policy {
  return policySchema.parse(config.monitor);
}

async function policyOf(path: string): Promise<Policy> {
  const text = await readFile(resolve(path), 'utf8').catch((error: unknown) => {
    throw new RpiError(
      'file.not-readable',
      `Can't read ${path} (${systemCode(error) ?? 'unknown'}).`,
      { remedy: 'Name a copy of rpi.yml with the policy to try.', cause: error },
    );
  });
  return policySchema.parse(readConfig(path, text).monitor);
}

/** Whole days, UTC. */
function rangeOf({ from, to }: Days): { from?: number; to?: number } {
  // Days as they are written stand in their order.
  if (from !== undefined && to !== undefined && from > to) {
    dayOf('--from', from);
    throw new RpiError('input.invalid', `--from ${from} is after --to ${to}.`, {
      remedy: 'Name the earlier day by --from.',
    });
  }
  return {
    ...(from === undefined ? {} : { from: dayOf('--from', from) }),
    ...(to === undefined ? {} : { to: dayOf('--to', to) + 86_400_000 }),
  };
}

function dayOf(option: string, text: string): number {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(day)) return day;
  throw new RpiError('input.invalid', `${option} takes a day as in 2026-11-22, not “${text}”.`);
}

function untold(host: string): RpiError {
  return new RpiError('input.invalid', `The monitor’s journal tells nothing of ${host}.`, {
    remedy: 'Check the name (rpi inventory list) and the days, and that rpi monitor was running.',
  });
}

function linesOf(values: readonly unknown[]): string {
  return values.map((each) => `${JSON.stringify(each)}\n`).join('');
}

const TONES = {
  plain: (text: string) => text,
  good: colors.green,
  bad: colors.red,
} as const;

/** A line each: when (UTC), and what. */
export function renderStory(story: readonly StoryLine[]): string {
  return story
    .map(({ at, text, tone }) => {
      const when = at.slice(0, 19).replace('T', ' ');
      // What a Pi said stands in it: nothing may move the cursor.
      return `${colors.dim(when)}  ${TONES[tone](text.replace(/\p{Cc}/gu, ' '))}`;
    })
    .join('\n');
}

/** The story of what it would have done, and how often next to what was done. */
export function renderSimulation({ from, to, pis, records, recorded }: Simulation): string {
  if (from === undefined || to === undefined) return 'Nothing was recorded in this time.';
  const story = storyOf(records.filter((entry) => !isPlay(entry)));
  return [
    ...(story.length === 0 ? [] : [renderStory(story), '']),
    `${counted(pis, 'Pi', 'Pis')}, ${from.slice(0, 16)} to ${to.slice(0, 16)} (UTC).`,
    `With this policy: ${tally(records)}.`,
    `As recorded:      ${tally(recorded)}.`,
  ].join('\n');
}

/** Remedies that were only played, and Pis that are healthy from the beginning. */
function isPlay(entry: MonitorRecord): boolean {
  return (
    entry.kind.startsWith('remedy.') ||
    (entry.kind === 'decision.state' && entry.from === 'unknown' && entry.to === 'healthy')
  );
}

function tally(records: readonly MonitorRecord[]): string {
  const count = (verdict: string): number =>
    records.filter((each) => each.kind === 'decision.made' && each.verdict === verdict).length;
  return [
    counted(count('act'), 'remedy', 'remedies'),
    counted(count('propose'), 'proposal', 'proposals'),
    counted(count('refuse'), 'refusal', 'refusals'),
  ].join(', ');
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
