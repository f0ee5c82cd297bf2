/**
 * The fleet as it is known: inventory, sightings and journals, read and never asked. No Pi is
 * contacted, and no program is waited for: where `programs` is given, it asks beside.
 */
import { stat } from 'node:fs/promises';
import { loadSightings, type SeenDevice } from '../detect/sightings.ts';
import { systemCode, type RpiError } from '../errors.ts';
import { hostAt } from '../inventory/adopt-plan.ts';
import { filesOnDisk, type InventoryFiles } from '../inventory/files.ts';
import type { InventoryGraph } from '../inventory/graph.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { readInventory, type LoadedInventory } from '../inventory/load.ts';
import type { ProgramAnswers } from '../inventory/programs.ts';
import { recognise } from '../inventory/recognise.ts';
import { warningsOf } from '../monitor/judge.ts';
import type { Project } from '../project/project.ts';
import type { RunIndex } from '../runs/run-index.ts';
import type { RunSummary } from '../runs/run-summary.ts';
import { faultsOf } from './faults.ts';
import type { DiscoveredPi, Fleet, FleetFault, FleetGroup, FleetPi } from './fleet.ts';
import type { HostNews } from './host-news.ts';
import { stateOf } from './pi-state.ts';

export type FleetSources = {
  /** It is refreshed here. */
  readonly runs: RunIndex;
  /** Texts of files that an editor has not saved yet; the disk's without it. */
  readonly files?: InventoryFiles | undefined;
  /** What inventories that are programs say; without it, each of them is a fault. */
  readonly programs?: ProgramAnswers | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** Reads the fleet anew each time, and only what has changed. */
export type FleetReader = {
  /**
   * Never throws for a source that can't be read: that is a fault of it. An inventory that can't be
   * read leaves the hosts as they were.
   */
  readonly read: (sources: FleetSources) => Promise<Fleet>;
};

/** For who reads again and again. */
export function openFleet(project: Project): FleetReader {
  const readHosts = cachedInventory(project);
  const readDevices = cachedSightings(project);
  let lastGood: LoadedInventory | undefined;
  let lastDevices: readonly SeenDevice[] = [];
  return {
    read: async ({ runs, files = filesOnDisk, programs, now }) => {
      const faults: FleetFault[] = [];
      const fault =
        (source: FleetFault['source']) =>
        (error: unknown): undefined => {
          faults.push(...faultsOf(source, error));
        };
      const [loaded, devices] = await Promise.all([
        readHosts(files, programs).catch(fault('inventory')),
        readDevices().catch(fault('sightings')),
        runs.refresh().catch(fault('runs')),
      ]);
      for (const error of loaded?.leftOut ?? []) fault('inventory')(error);
      lastGood = loaded?.inventory ?? lastGood;
      lastDevices = devices ?? lastDevices;
      return fleetOf(project, lastGood, lastDevices, runs, faults, now);
    },
  };
}

type ReadHosts = {
  readonly inventory: LoadedInventory;
  /** Of programs that were not run; the other files of the inventory were read. */
  readonly leftOut: readonly RpiError[];
};

type CachedInventory = (
  files: InventoryFiles,
  programs: ProgramAnswers | undefined,
) => Promise<ReadHosts>;

/** The inventory is resolved anew only when a file of it reads differently. */
function cachedInventory(project: Project): CachedInventory {
  let last:
    | { readonly seen: Recording; readonly answers: number | undefined; readonly hosts: ReadHosts }
    | undefined;
  return async (files, programs) => {
    // Before the files are read: an answer that comes meanwhile is another version.
    const answers = programs?.version();
    if (last !== undefined && last.answers === answers && (await last.seen.isSame(files))) {
      return last.hosts;
    }
    const seen = record(files);
    const leftOut: RpiError[] = [];
    const inventory = await readInventory(project, {
      files: seen.files,
      answers: programs,
      leftOut: (error) => leftOut.push(error),
    });
    last = { seen, answers, hosts: { inventory, leftOut } };
    return last.hosts;
  };
}

type Recording = {
  readonly files: InventoryFiles;
  /** Whether these files answer as the recorded ones did. */
  readonly isSame: (files: InventoryFiles) => Promise<boolean>;
};

function record(files: InventoryFiles): Recording {
  const texts = new Map<string, string | undefined>();
  const listings = new Map<string, string>();
  return {
    files: {
      ...files,
      read: async (path) => {
        const text = await files.read(path);
        texts.set(path, text);
        return text;
      },
      list: async (folder) => {
        const entries = await files.list(folder);
        listings.set(folder, JSON.stringify(entries));
        return entries;
      },
    },
    isSame: async (now) => {
      const same = await Promise.all([
        ...[...texts].map(async ([path, text]) => (await now.read(path)) === text),
        ...[...listings].map(
          async ([folder, entries]) => JSON.stringify(await now.list(folder)) === entries,
        ),
      ]).catch(() => [false]);
      return same.every(Boolean);
    },
  };
}

/** The document is replaced as a whole, so that its time and inode tell whether it is another. */
function cachedSightings(project: Project): () => Promise<readonly SeenDevice[]> {
  let last: { readonly mark: string; readonly devices: readonly SeenDevice[] } | undefined;
  return async () => {
    const mark = await stat(project.sightings, { bigint: true }).then(
      ({ mtimeNs, ino, size }) => [mtimeNs, ino, size].join(' '),
      (error: unknown) => {
        if (systemCode(error) === 'ENOENT') return 'none';
        throw error;
      },
    );
    if (last?.mark !== mark) last = { mark, devices: await loadSightings(project) };
    return last.devices;
  };
}

function fleetOf(
  project: Project,
  loaded: LoadedInventory | undefined,
  devices: readonly SeenDevice[],
  runs: RunIndex,
  faults: readonly FleetFault[],
  now: number,
): Fleet {
  const hosts = loaded?.inventory.hosts ?? [];
  const recognition = recognise(hosts, devices);
  const seen = new Map(
    recognition.recognised.map(({ host, devices: of }) => [host.name, of[0]?.lastSeen]),
  );
  const news = runs.hostNews();
  const work = liveWork(runs.runs());
  const directly = loaded === undefined ? new Map<string, string[]>() : groupsOf(loaded.graph);
  const pis = hosts.map((host) =>
    piOf(host, project, {
      groups: directly.get(host.name) ?? [],
      news: news.get(host.name),
      seenAt: seen.get(host.name),
      live: work.get(host.name),
    }),
  );
  const discovered = recognition.unknown
    .filter((device) => device.isPi && now - Date.parse(device.lastSeen) < SHOWN)
    .filter((device) => hostAt(device, hosts, recognition) === undefined)
    .map(discoveredOf)
    .sort((a, b) => a.address.localeCompare(b.address, 'en', { numeric: true }));
  return {
    ...(loaded === undefined ? { roots: [], groups: new Map() } : groupTree(loaded.graph)),
    pis: new Map(pis.map((pi) => [pi.name, pi])),
    discovered,
    faults,
  };
}

/** Milliseconds after which a device that was not seen again is no longer “on the network”. */
const SHOWN = 7 * 24 * 60 * 60 * 1000;

type KnownOfPi = {
  readonly groups: readonly string[];
  readonly news: HostNews | undefined;
  readonly seenAt: string | undefined;
  readonly live: FleetPi['run'];
};

function piOf(host: InventoryHost, project: Project, known: KnownOfPi): FleetPi {
  const { news, seenAt, live } = known;
  const vitals = news?.vitals?.vitals;
  const times = [seenAt, news?.letIn?.at].filter((time) => time !== undefined).sort();
  const last = news?.run;
  return {
    name: host.name,
    address: host.address,
    port: host.port,
    user: host.user,
    groups: known.groups,
    macs: host.macs,
    serial: host.serial,
    model: host.model ?? vitals?.model,
    os: vitals?.os,
    ...stateOf(host, news, { seenAt, liveCommand: live?.command }),
    lastSeen: times.at(-1),
    vitals,
    vitalsAt: news?.vitals?.at,
    warnings: vitals === undefined ? [] : warningsOf(vitals, project.config.monitor),
    run:
      live ??
      (last === undefined ? undefined : { id: last.id, command: last.command, isLive: false }),
  };
}

/** Which live run works on a host: the newest that has not finished with it. */
function liveWork(runs: readonly RunSummary[]): Map<string, NonNullable<FleetPi['run']>> {
  const work = new Map<string, NonNullable<FleetPi['run']>>();
  for (const { id, command, state, hosts } of runs) {
    if (state !== 'live') continue;
    for (const { host, status } of hosts) {
      if (status === undefined && !work.has(host)) work.set(host, { id, command, isLive: true });
    }
  }
  return work;
}

function groupsOf(graph: InventoryGraph): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const group of graph.groups.values()) {
    if (group.name === 'all') continue;
    for (const host of group.hosts) {
      const names = groups.get(host);
      if (names === undefined) groups.set(host, [group.name]);
      else names.push(group.name);
    }
  }
  return groups;
}

/** Without `all`: it is the fleet itself. `ungrouped` comes last, and only with hosts in it. */
function groupTree(graph: InventoryGraph): Pick<Fleet, 'roots' | 'groups'> {
  const shown = [...graph.groups.values()].filter(
    ({ name, hosts }) => name !== 'all' && (name !== 'ungrouped' || hosts.size > 0),
  );
  const groups = shown.map(({ name, hosts, children }): [string, FleetGroup] => [
    name,
    { name, hosts: [...hosts], children: [...children] },
  ]);
  const isTop = (parents: ReadonlySet<string>): boolean =>
    [...parents].every((parent) => parent === 'all');
  const roots = shown.filter(({ parents }) => isTop(parents)).map(({ name }) => name);
  return {
    roots: [...roots].sort((a, b) => Number(a === 'ungrouped') - Number(b === 'ungrouped')),
    groups: new Map(groups),
  };
}

function discoveredOf(device: SeenDevice): DiscoveredPi {
  const { address, mac, name, banner, evidence, firstSeen, lastSeen } = device;
  return { key: mac ?? address, address, mac, name, banner, evidence, firstSeen, lastSeen };
}
