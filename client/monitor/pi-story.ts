/** What a Pi's own page shows: its history from the monitor that runs, the rest from the journals. */
import { RpiError } from '../../core/errors.ts';
import { monitorChart, type MonitorStatus } from '../../core/monitor/daemon/control.ts';
import { readRecords } from '../../core/monitor/decisions/recorded.ts';
import { storyOf, type StoryLine } from '../../core/monitor/decisions/story.ts';
import { monitorFolder } from '../../core/monitor/watch/journal.ts';
import { socketFolder } from '../../core/project/paths.ts';
import type { Project } from '../../core/project/project.ts';
import type {
  ChartPoint,
  ChartRange,
  ChartSignal,
  PageEvent,
  PageRun,
  PiMessage,
} from '../../webview/messages.ts';
import type { OpenProject } from '../open-project.ts';
import { lookOfRun, titleOfRun } from '../runs/nodes.ts';

/** Seconds. */
const RANGES: Readonly<Record<ChartRange, number>> = {
  hour: 3600,
  day: 86_400,
  week: 7 * 86_400,
  month: 30 * 86_400,
};
const POINTS = 240;
const EVENTS = 100;
const RUNS = 10;
const TIMELINE = 500;

export type PiQuestion = {
  readonly open: OpenProject;
  readonly host: string;
  readonly range: ChartRange;
  /** What the project's monitor saw last; undefined where none watches it. */
  readonly watched: MonitorStatus | undefined;
  /** What the journal tells of the last month. */
  readonly story: readonly StoryLine[];
};

export async function piStory(question: PiQuestion): Promise<PiMessage> {
  const { open, host, range, watched, story } = question;
  const seen = watched?.hosts.find((each) => each.host === host);
  return {
    type: 'pi',
    host,
    range,
    charts: await chartsOf(question),
    checks: seen?.checks ?? [],
    events: story
      .filter(({ about }) => about === host)
      .slice(-EVENTS)
      .reverse()
      .map(({ at, text, tone }) => ({ at, tone, text: withoutName(text, host) })),
    runs: await runsOf(open, host),
  };
}

/** The journal of the last month as sentences; of all Pis, because reading it is what takes long. */
export function storyOfMonth(open: OpenProject, now: number): Promise<StoryLine[]> {
  return storySince(open, now - RANGES.month * 1000, now);
}

/** What happened in the fleet within the last day, the newest first. */
export async function timelineOf(open: OpenProject, now: number): Promise<PageEvent[]> {
  const from = now - RANGES.day * 1000;
  const story = await storySince(open, from, now);
  return story
    .filter(({ at }) => Date.parse(at) >= from)
    .slice(-TIMELINE)
    .reverse()
    .map(({ at, text, tone }) => ({ at, text, tone }));
}

async function storySince(open: OpenProject, from: number, to: number): Promise<StoryLine[]> {
  const project = await open.project();
  if (project === undefined) return [];
  return storyOf(await readRecords(monitorFolder(project.data), { from, to }));
}

/** Undefined where no monitor runs, or ended meanwhile. */
async function chartsOf({ open, host, range, watched }: PiQuestion): Promise<PiMessage['charts']> {
  const project = await open.project();
  if (project === undefined || watched === undefined) return undefined;
  const to = Math.floor(Date.now() / 1000) + 1;
  const from = to - RANGES[range];
  const points = (signal: ChartSignal): Promise<ChartPoint[]> =>
    pointsOf(project, { host, signal, from, to, points: POINTS });
  try {
    const [temperature, load, memory, disk] = await Promise.all([
      points('temperature'),
      points('load'),
      points('memory'),
      points('disk'),
    ]);
    // A chart of an hour has finer parts than the monitor looks.
    const step = Math.max((to - from) / POINTS, watched.interval);
    return { from, to, step, points: { temperature, load, memory, disk } };
  } catch (error) {
    if (RpiError.is(error, 'monitor.not-running', 'monitor.version', 'input.invalid'))
      return undefined;
    throw error;
  }
}

function pointsOf(
  project: Project,
  chart: Parameters<typeof monitorChart>[2],
): Promise<ChartPoint[]> {
  return monitorChart(socketFolder(process.env), project, chart);
}

async function runsOf(open: OpenProject, host: string): Promise<PageRun[]> {
  const runs = await open.runs();
  return runs
    .filter(
      ({ hosts, command }) => command !== 'monitor' && hosts.some((each) => each.host === host),
    )
    .slice(0, RUNS)
    .map((run) => ({
      id: run.id,
      title: titleOfRun(run),
      words: lookOfRun(run).words,
      startedAt: run.startedAt,
    }));
}

/** On its own page a Pi needs no name before each sentence. */
function withoutName(text: string, host: string): string {
  const name = `${host}: `;
  return text.startsWith(name) ? text.slice(name.length) : text;
}
