/**
 * `rpi monitor`: watches the project's Pis until it is ended. What it measures goes into the
 * history, what changes into the journal, and how things stand to whoever asks its socket.
 */
import { join } from 'node:path';
import { reportOf, RpiError } from '../../errors.ts';
import { acquireLock } from '../../files/lock.ts';
import { ownIdentity } from '../../files/process-identity.ts';
import { socketFolder } from '../../project/paths.ts';
import type { EventBody } from '../../runs/event.ts';
import type { Outcome, ProjectContext } from '../../runs/operation.ts';
import { VERSION } from '../../version.ts';
import { startExecutor } from '../remedies/executor.ts';
import { factsOfJobs } from '../remedies/jobs.ts';
import { createReadiness } from '../remedies/readiness.ts';
import { createTeller } from '../decisions/notify/teller.ts';
import { exposition } from '../metrics/exposition.ts';
import { familiesOf } from '../metrics/families.ts';
import { createLookDurations } from '../metrics/look-durations.ts';
import { listenAddress } from '../listen.ts';
import { createMetricsServer } from '../metrics/serve.ts';
import { openBackend } from '../backends.ts';
import { openHistory, type SetAside } from '../history/history.ts';
import { appendRecords, JOURNAL_VERSION, monitorFolder } from '../watch/journal.ts';
import type { Observation } from '../watch/observation.ts';
import { newsOf, NOTHING_KNOWN, type Known, type News } from '../watch/tell.ts';
import { watchFleet, type Watched, type WatchInput } from '../watch/watch.ts';
import { serveMonitor, type MonitorStatus } from './control.ts';
import { answerers, proposalsNow } from './answers.ts';
import { createDecider } from './decider.ts';
import { decisionEvents, eventsOf } from './events.ts';
import { modesForNobody, watchSettings } from './settings.ts';

/** Where the history of a project is: it may be deleted. */
export function historyPath(state: string): string {
  return join(state, 'monitor.db');
}

/**
 * Watches until it is cancelled, which is its ordinary end (status ok). Its events tell changes
 * alone. Throws `lock.held` where another one watches the project, and what watchFleet throws.
 */
export async function* monitorDaemon(
  input: WatchInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, Outcome> {
  const { project, clock, env } = context;
  await using _lock = await acquireLock(project.locks, 'monitor', 'rpi monitor');
  const folder = monitorFolder(project.data);
  const journal = createJournal(folder, clock.now);
  await using backend = await openBackend(context);
  using history = openHistory(historyPath(project.state), clock.now());
  const troubles = createTroubles();
  const decider = await createDecider(folder, project.config.monitor, clock.now());
  await using readiness = createReadiness(context);
  await using executor = await startExecutor(decider, context);
  await using teller = await createTeller(context, decider.known());
  let last: Watched | undefined;
  const since = new Date(clock.now()).toISOString();
  const { interval, metrics } = project.config.monitor;
  const statusNow = (): MonitorStatus => ({
    version: VERSION,
    pid: process.pid,
    since,
    interval,
    ...(last === undefined
      ? {}
      : { lookedAt: new Date(last.self.at).toISOString(), self: last.self }),
    hosts: last?.hosts ?? [],
    proposals: proposalsNow(decider.known()),
    faults: troubles.now(),
  });
  await using _control = await serveMonitor(socketFolder(env), project, {
    status: statusNow,
    chart: (request) => backend.chart?.(request) ?? history.chart(request),
    ...answerers(decider, clock.now),
  });
  const settings = watchSettings(project.root, project.config);
  const looks = createLookDurations();
  await using metricsServer = createMetricsServer(
    metrics === undefined ? undefined : listenAddress(metrics),
    () => exposition(familiesOf(statusNow(), looks)),
  );

  journal.append([{ kind: 'watch.started', ...ownIdentity(), version: VERSION, interval }]);
  yield { kind: 'step.started', step: 'watch', title: `Watching, a look every ${interval} s` };
  if (history.setAside !== undefined) yield tellSetAside(history.setAside, journal);

  // Before the first look: who can't be told should be known before there is something to tell.
  for (const [what, message] of teller.troubles()) yield* troubles.tell(what, message);

  const known = new Map<string, Known>();
  for await (const watched of watchFleet(input, context, backend.sight)) {
    last = watched;
    looks.observe((performance.now() - watched.self.monotonic) / 1000);
    yield* troubles.tell('metrics', await metricsServer.listen());
    yield* troubles.tell('settings', await settings());
    const nobody =
      input.limit === undefined ? modesForNobody(project.config.monitor, watched.hosts) : undefined;
    yield* troubles.tell('modes of groups', nobody);
    const news = watched.hosts.flatMap((seen) => take(seen, known, context));
    yield* news.flatMap((each) => eventsOf(each, watched.hosts));
    yield* troubles.tell('inventory', watched.fault?.message);
    for (const [what, message] of watched.troubles) yield* troubles.tell(what, message);
    try {
      journal.append(news);
      const jobs = await factsOfJobs(watched.hosts, context);
      decider.take(watched, [readiness.facts(), jobs]);
      readiness.ask(decider.dueFor('reinstall'));
      await executor.work();
      yield* troubles.tell('journal', undefined);
    } catch (error) {
      if (!RpiError.is(error)) throw error;
      yield* troubles.tell('journal', reportOf(error).message);
    }
    const decided = decider.news();
    yield* decided.flatMap(decisionEvents);
    teller.tell(decided, decider.known());
    for (const [what, message] of teller.troubles()) yield* troubles.tell(what, message);
    if (backend.chart !== undefined) continue; // who draws them keeps the measurements
    try {
      const aside = history.record(watched.self.at, watched.hosts);
      if (aside !== undefined) yield tellSetAside(aside, journal);
      yield* troubles.tell('history', undefined);
    } catch (error) {
      if (!RpiError.is(error)) throw error;
      yield* troubles.tell('history', reportOf(error).message);
    }
  }
  journal.append([{ kind: 'watch.stopped' }]);
  yield { kind: 'step.finished', step: 'watch', status: 'ok' };
  return { status: 'ok', summary: summarise(last) };
}

function take(seen: Observation, known: Map<string, Known>, context: ProjectContext): News[] {
  const before = known.get(seen.host) ?? NOTHING_KNOWN;
  const taken = newsOf(before, seen, context.project.config.monitor);
  known.set(seen.host, taken.known);
  return [...taken.news];
}

type Entry = { readonly kind: `watch.${string}`; readonly [name: string]: unknown };
type Journal = { readonly append: (entries: readonly Entry[]) => void };

function createJournal(folder: string, now: () => number): Journal {
  return {
    append: (entries) => {
      const at = new Date(now()).toISOString();
      appendRecords(
        folder,
        entries.map((entry) => ({ v: JOURNAL_VERSION, at, ...entry })),
        { durable: true },
      );
    },
  };
}

function tellSetAside({ path, why }: SetAside, journal: Journal): EventBody {
  const entry = { kind: 'watch.history', path, why } as const;
  journal.append([entry]);
  return {
    kind: 'log',
    level: 'warn',
    step: 'watch',
    text: `The history was broken (${why}) and begins anew; it is kept as ${path}.`,
  };
}

/** What keeps the monitor from all of its work, told when it begins and when it ends. */
function createTroubles(): {
  readonly tell: (what: string, message: string | undefined) => EventBody[];
  readonly now: () => string[];
} {
  const open = new Map<string, string>();
  const log = (level: 'info' | 'warn', text: string): EventBody[] => [
    { kind: 'log', level, step: 'watch', text },
  ];
  return {
    tell: (what, message) => {
      const before = open.get(what);
      if (message === before) return [];
      if (message === undefined) {
        open.delete(what);
        return log('info', `The ${what} can be used again.`);
      }
      open.set(what, message);
      return log('warn', message);
    },
    now: () => [...open.values()],
  };
}

function summarise(last: Watched | undefined): string {
  const hosts = last?.hosts ?? [];
  const healthy = hosts.filter(({ state }) => state === 'healthy').length;
  return `Watched ${hosts.length} Pi${hosts.length === 1 ? '' : 's'}: ${healthy} healthy at the end.`;
}
