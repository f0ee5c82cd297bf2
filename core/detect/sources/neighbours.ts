/** The system's neighbour (ARP) table, filled by the nudge and read until the scan ends. */
import { readFileSync } from 'node:fs';
import { platform } from 'node:os';
import { runCommand } from '../../command/run.ts';
import { RpiError } from '../../errors.ts';
import { parseArpTable, parseProcNetArp, type Neighbour } from '../../formats/arp.ts';
import { formatAddress, hostsOf } from '../../formats/ipv4.ts';
import type { Scan, Source } from '../source.ts';
import { isAlive, nudge } from './nudge.ts';

/** Linux's `gc_thresh3`: what the neighbour table of a system holds; less is never the default. */
const TABLE_ENTRIES = 1024;
const TABLE_RESERVE = 16;

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
    const burst = Math.max(TABLE_RESERVE, TABLE_ENTRIES - TABLE_RESERVE - before.size);
    const sent = nudge(addressesOf(scan), { ...scan, burst });
    await Promise.race([sent, stopped]);
    await sent;
  },
};

function addressesOf(scan: Scan): string[] {
  const linked = scan.networks.filter((target) => target.reach === 'link');
  const own = new Set(linked.map((target) => target.from));
  const addresses = linked.flatMap(({ network }) => [...hostsOf(network)].map(formatAddress));
  return [...addresses.filter((address) => !own.has(address)), ...scan.hosts];
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

type TableReader = {
  readonly now: () => Promise<readonly Neighbour[]>;
  /** Milliseconds between two readings. */
  readonly interval: number;
};

function tableReader(scan: Scan): TableReader {
  if (platform() === 'linux') {
    // Reading it at once takes less than a turn through the thread pool: the kernel has it ready.
    const read = (): string => readFileSync('/proc/net/arp', 'latin1');
    return { now: () => Promise.resolve(parseProcNetArp(read())), interval: 10 };
  }
  const args = platform() === 'win32' ? ['-a'] : ['-an'];
  return {
    now: async () => {
      try {
        return parseArpTable((await runCommand({ command: 'arp', args }, scan)).stdout);
      } catch (error) {
        if (RpiError.is(error, 'run.cancelled')) return []; // the scan has ended
        throw error;
      }
    },
    interval: 200,
  };
}
