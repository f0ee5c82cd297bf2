/** The system's neighbour (ARP) table, filled by the nudge and read until the scan ends. */
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { runCommand } from '../../command/run.ts';
import { RpiError } from '../../errors.ts';
import {
  addressesInProcNetArp,
  parseArpTable,
  parseProcNetArp,
  type Neighbour,
} from '../../formats/arp.ts';
import { formatAddress, hostsOf } from '../../formats/ipv4.ts';
import type { Scan, Source } from '../source.ts';
import { isAlive, nudge, UNRESOLVED_LEAVE } from './nudge.ts';

/** Linux's `gc_thresh3`: what the neighbour table of a system holds; less is never the default. */
const TABLE_ENTRIES = 1024;
/** Linux's `gc_thresh2`: with fewer addresses the table can't overflow. */
const SURE_ENTRIES = 512;
/** How often, at most, addresses that the table had no room for are asked again. */
const FURTHER_PASSES = 3;

export const neighbours: Source = {
  name: 'neighbours',
  title: 'the neighbour (ARP) table, after one byte by UDP to every address',
  onRequest: false,
  sweep: async (scan) => {
    const read = tableReader(scan);
    const before = new Map((await read.now()).map(({ address, mac }) => [address, mac]));
    for (const [address, mac] of before) {
      if (scan.isTarget(address)) remembered(scan, address, mac);
    }
    const stopped = poll(scan, read, before);
    stopped.catch(() => undefined); // raced below; the scan may end first
    const asked = askAll(scan);
    await Promise.race([asked, stopped]);
    await asked;
  },
};

/**
 * Nudges every address. A table that overflows refuses entries without a word: in large networks,
 * addresses that never got one are asked again, as long as that helps.
 */
async function askAll(scan: Scan): Promise<void> {
  const linked = linkedAddresses(scan);
  const watch = linked.length > SURE_ENTRIES ? watchEntries(scan) : undefined;
  await nudge([...linked, ...scan.hosts], { ...scan, burst: TABLE_ENTRIES });
  let left = watch?.without(linked) ?? [];
  for (let pass = 0; pass < FURTHER_PASSES && left.length > 0; pass++) {
    await scan.clock.sleep(UNRESOLVED_LEAVE, scan.signal).catch(() => undefined);
    if (scan.signal.aborted) return;
    await nudge(left, { ...scan, burst: 0 });
    const before = left.length;
    left = watch?.without(left) ?? [];
    if (left.length === before) return;
  }
}

/** Collects the addresses that get an entry, resolved or not, until the scan ends. */
function watchEntries(scan: Scan):
  | {
      /** Those of the addresses that had no entry so far. */
      readonly without: (addresses: readonly string[]) => string[];
    }
  | undefined {
  if (platform() !== 'linux') return undefined; // other systems show resolved ones only
  const entered = new Set<string>();
  const look = (): void => {
    for (const address of addressesInProcNetArp(readTable())) entered.add(address);
  };
  const timer = setInterval(look, 250); // unresolved entries live for seconds
  scan.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return {
    without: (addresses) => {
      look();
      return addresses.filter((address) => !entered.has(address));
    },
  };
}

function linkedAddresses(scan: Scan): string[] {
  const linked = scan.networks.filter((target) => target.reach === 'link');
  const own = new Set(linked.map((target) => target.from));
  const addresses = linked.flatMap(({ network }) => [...hostsOf(network)].map(formatAddress));
  return addresses.filter((address) => !own.has(address));
}

/** An entry from before the scan may be of a device that was switched off since. */
function remembered(scan: Scan, address: string, mac: string): void {
  scan.report({ address, mac, answered: false });
  void isAlive(address, scan.signal).then((alive) => {
    if (alive) scan.report({ address, mac, answered: true });
  });
}

/** Reads the table until the scan ends and reports what is new in it. */
async function poll(
  scan: Scan,
  read: TableReader,
  before: ReadonlyMap<string, string>,
): Promise<void> {
  const seen = new Map(before);
  while (!scan.signal.aborted) {
    const table = await read.now();
    for (const { address, mac } of table) {
      if (seen.get(address) === mac || !scan.isTarget(address)) continue;
      seen.set(address, mac);
      scan.report({ address, mac, answered: true });
    }
    await scan.clock.sleep(read.interval, scan.signal).catch(() => undefined);
  }
}

/** Synchronous, as the kernel has it ready: a turn through the thread pool takes longer. */
function readTable(): string {
  return readFileSync('/proc/net/arp', 'latin1');
}

type TableReader = {
  readonly now: () => Promise<readonly Neighbour[]>;
  /** Milliseconds between two readings. */
  readonly interval: number;
};

function tableReader(scan: Scan): TableReader {
  return { now: () => readNeighbourTable(scan), interval: platform() === 'linux' ? 10 : 200 };
}

/** The resolved entries of the system's table; none once the signal has aborted. */
export async function readNeighbourTable(
  options: Pick<Scan, 'env' | 'signal'>,
): Promise<readonly Neighbour[]> {
  if (platform() === 'linux') return parseProcNetArp(readTable());
  const args = platform() === 'win32' ? ['-a'] : ['-an'];
  try {
    return parseArpTable((await runCommand({ command: 'arp', args }, options)).stdout);
  } catch (error) {
    if (RpiError.is(error, 'run.cancelled')) return []; // the scan has ended
    throw error;
  }
}
