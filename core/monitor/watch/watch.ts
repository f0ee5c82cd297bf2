/** The watching loop: every Pi of the inventory once an interval, for as long as it is read. */
import { stat } from 'node:fs/promises';
import { lockedFor } from '../../files/lock.ts';
import { loadInventory, selectAdopted } from '../../inventory/load.ts';
import type { Inventory, InventoryHost } from '../../inventory/host.ts';
import type { MonitorCheck } from '../../project/monitor-checks.ts';
import type { ProjectContext } from '../../runs/operation.ts';
import { projectSessions } from '../../ssh/project-session.ts';
import { reportOf, RpiError, type ErrorReport } from '../../errors.ts';
import { createChecker, type Checker, type PlannedCheck } from './checks.ts';
import { watchHost, type HostTools, type HostWatch } from './host-watch.ts';
import { knock } from './knock.ts';
import { maintenanceOf } from './maintenance.ts';
import type { CheckResult, Interval, Observation } from './observation.ts';
import { selfTools, watchSelf } from './self.ts';
import { OWN_SIGHT, type Sight, type Survey } from './sight.ts';
import {
  askBefore,
  askWitnesses,
  isSilent,
  withWitnesses,
  WITNESSES,
  type Witness,
} from './witnesses.ts';

export type WatchInput = {
  /** An Ansible host pattern; all hosts without it. */
  readonly limit: string | undefined;
};

/** An interval, with what kept the inventory from being read anew in it, and others from helping. */
export type Watched = Interval & {
  readonly fault: ErrorReport | undefined;
  readonly troubles: Survey['troubles'];
};

/** Milliseconds. Its questions are signs of life; this is for where they are seldom. */
const KEEP_ALIVE = 60_000;

/** Logins at once: a home router and one small CPU bear it. */
const AT_ONCE = 50;

/**
 * Yields an interval as soon as every Pi that needs it has been looked at, which takes `monitor.timeout` at
 * most, and begins one every `monitor.interval`; one that took longer is not made up for. The
 * inventory is read again when its file changes. Ends when the signal aborts. Throws `inventory.*`
 * at first, and `access.identity` where the project has no key.
 */
export async function* watchFleet(
  input: WatchInput,
  context: ProjectContext,
  sight: Sight = OWN_SIGHT,
): AsyncGenerator<Watched, void> {
  const { project, clock, signal } = context;
  const limits = project.config.monitor;
  const monotonic = (): number => performance.now();
  let sessions = await projectSessions(context);
  let keys = await stampOf(project.knownHosts, project.identity);
  const logins = createGate(AT_ONCE);
  let check: Checker = () => Promise.resolve([]);
  const tools: HostTools = {
    // No patience within a look: that Pi is left alone for a minute, and told as what it is.
    open: (host, options) =>
      logins(() => sessions.open(host, { ...options, patience: [], keepAlive: KEEP_ALIVE })),
    knock,
    check: (...args) => check(...args),
    now: clock.now,
    monotonic,
    random: Math.random,
  };
  const watches = new Map<string, { readonly id: string; readonly watch: HostWatch }>();
  const source = createSource(input, context);
  const lookAtSelf = watchSelf(selfTools(context));
  let next = monotonic();
  let before: readonly Observation[] = [];
  try {
    while (!isOver(signal)) {
      const { hosts, checks, fault, isNew } = await source.read();
      const keysNow = await stampOf(project.knownHosts, project.identity);
      if (keysNow !== keys) {
        sessions = await projectSessions(context);
        keys = keysNow;
        for (const { watch } of watches.values()) watch.tryAgain();
      }
      if (isNew) {
        check = createChecker(checks, monotonic);
        await replaceWatches(watches, hosts, tools);
      }
      const [at, began] = [clock.now(), monotonic()];
      const { self, table } = await lookAtSelf(hosts.map(({ address }) => address));
      const timeout = limits.timeout * 1000;
      // Beside the looks, so that no look is later for it: of those that were silent in the last one.
      const testimony = askWitnesses(
        before.filter((each) => isSilent(each) && each.planned === undefined),
        witnessesOf(before, watches),
        { signal, timeout },
      );
      const survey = await sight.survey(hosts, { at, monotonic: began });
      const seen = await Promise.all(
        hosts.map(async (host) => {
          const watch = watches.get(host.name)?.watch;
          if (watch === undefined) return undefined;
          const run = await lockedFor(project.locks, `host ${host.name}`);
          const planned = run ?? maintenanceOf(host);
          const known = survey.seen(host);
          if (known !== undefined) {
            const checked = withChecks(known, await check(host, undefined, signal), planned);
            await watch.rest();
            if (checked.signals.checks !== 'no') return checked;
          }
          const inTable = table?.has(host.address);
          const own = await watch.look({ signal, timeout, limits, inTable, planned });
          return survey.beside(withWitnesses(own, (await testimony).get(host.name) ?? []));
        }),
      );
      const looked = seen.filter((each) => each !== undefined);
      const found =
        limits.detection.failures === 1
          ? await askBefore(looked, witnessesOf(looked, watches), { signal, timeout })
          : looked;
      before = found;
      const asked = survey.source === undefined ? {} : { source: survey.source };
      const own = { at, monotonic: began, ...self, ...asked };
      yield { self: own, hosts: found, fault, troubles: survey.troubles };
      next = Math.max(next + limits.interval * 1000, monotonic());
      await clock.sleep(Math.max(0, next - monotonic()), signal);
    }
  } catch (error) {
    // Aborted in the middle of a look, or while it slept: that is its ordinary end.
    if (!signal.aborted || !RpiError.is(error, 'run.cancelled')) throw error;
  } finally {
    await Promise.allSettled(
      [...watches.values()].map(({ watch }) => watch[Symbol.asyncDispose]()),
    );
  }
}

/** Some that were well a moment ago, other ones each time: one of them may be cut off as well. */
function witnessesOf(
  before: readonly Observation[],
  watches: ReadonlyMap<string, { readonly watch: HostWatch }>,
): Witness[] {
  const able = before.flatMap(({ host, signals }): Witness[] => {
    const session = signals.vitals === 'yes' ? watches.get(host)?.watch.session() : undefined;
    return session === undefined ? [] : [{ host, session }];
  });
  const from = Math.floor(Math.random() * able.length);
  return [...able.slice(from), ...able.slice(0, from)].slice(0, WITNESSES);
}

/** The project's own checks are made wherever the rest is known from. */
function withChecks(
  known: Observation,
  results: readonly CheckResult[],
  planned: string | undefined,
): Observation {
  const signals = { ...known.signals };
  if (results.length > 0) signals.checks = results.every(({ ok }) => ok) ? 'yes' : 'no';
  const checks = [...known.checks, ...results];
  return { ...known, signals, checks, ...(planned === undefined ? {} : { planned }) };
}

type Source = {
  readonly read: () => Promise<{
    readonly hosts: readonly InventoryHost[];
    readonly checks: readonly PlannedCheck[];
    readonly fault: ErrorReport | undefined;
    readonly isNew: boolean;
  }>;
};

/** The hosts to watch; what was read last stands where the inventory can't be read any more. */
function createSource({ limit }: WatchInput, context: ProjectContext): Source {
  const { project } = context;
  let stamp: string | undefined;
  let hosts: readonly InventoryHost[] = [];
  let checks: readonly PlannedCheck[] = [];
  let fault: ErrorReport | undefined;
  const load = async (): Promise<void> => {
    const inventory = await loadInventory(project, context);
    hosts = selectAdopted(inventory, limit);
    checks = project.config.monitor.checks.map((check) => {
      return { check, hosts: hostsOf(check, inventory) };
    });
  };
  return {
    read: async () => {
      const now = await stampOf(project.inventory);
      if (now === stamp) return { hosts, checks, fault, isNew: false };
      const isFirst = stamp === undefined;
      stamp = now;
      try {
        await load();
        fault = undefined;
      } catch (error) {
        if (isFirst || !RpiError.is(error) || RpiError.is(error, 'run.cancelled')) throw error;
        fault = reportOf(error);
        return { hosts, checks, fault, isNew: false };
      }
      return { hosts, checks, fault, isNew: true };
    },
  };
}

function hostsOf({ hosts }: MonitorCheck, inventory: Inventory): ReadonlySet<string> {
  try {
    return new Set(selectAdopted(inventory, hosts).map(({ name }) => name));
  } catch (error) {
    if (!RpiError.is(error, 'inventory.no-match')) throw error;
    const { code, message, remedy } = error;
    throw new RpiError(code, `A check under monitor.checks of rpi.yml, hosts: ${message}`, {
      ...(remedy === undefined ? {} : { remedy }),
    });
  }
}

/** Another one when one of the files is. */
async function stampOf(...paths: readonly string[]): Promise<string> {
  const stamps = paths.map((path) =>
    stat(path).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`,
      () => 'none',
    ),
  );
  return (await Promise.all(stamps)).join(', ');
}

/** Keeps the connections of hosts that are reached as before. */
async function replaceWatches(
  watches: Map<string, { readonly id: string; readonly watch: HostWatch }>,
  hosts: readonly InventoryHost[],
  tools: HostTools,
): Promise<void> {
  const wanted = new Map(hosts.map((host) => [host.name, host]));
  const idOf = ({ address, port, user, groups }: InventoryHost): string =>
    JSON.stringify([address, port, user, groups]);
  for (const [name, { id, watch }] of watches) {
    const host = wanted.get(name);
    if (host !== undefined && idOf(host) === id) continue;
    watches.delete(name);
    await watch[Symbol.asyncDispose]();
  }
  for (const [name, host] of wanted) {
    if (!watches.has(name)) watches.set(name, { id: idOf(host), watch: watchHost(host, tools) });
  }
}

/** At most `limit` at a time; the others wait for their turn. */
function createGate(limit: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = limit;
  const queue: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => queue.push(resolve));
    try {
      return await work();
    } finally {
      const turn = queue.shift();
      if (turn === undefined) free++;
      else turn();
    }
  };
}

/** Asked again after a wait: the compiler takes what was false before for false still. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
