/** 1,000 Pis every 10 s: every one is looked at in each interval, and what it costs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MonitorStatus } from '../../../core/monitor/daemon/control.ts';
import { canRunSshd } from '../../integration/sshd.ts';
import { alone, type BenchRow } from '../row.ts';
import { cpuOf, INTERVAL, memoryOf, watchLoopback } from './loopback-fleet.ts';

const HOSTS = 1000;
/** Milliseconds: the sshds of all of them share this machine, and each login costs it some 30 ms. */
const UNTIL_ALL = 300_000;
const MEASURED = 60_000;

/** Needs root, sshd, and dist/ as it is built. */
export async function benchmark(): Promise<BenchRow[]> {
  if (!canRunSshd) {
    process.stdout.write('  1,000 hosts: not measured; it needs root and sshd.\n');
    return [];
  }
  await using stack = new AsyncDisposableStack();
  const began = performance.now();
  const { monitor, status } = await watchLoopback(stack, HOSTS);
  await untilAllAreMeasured(status, began + UNTIL_ALL);
  const all = (performance.now() - began) / 1000;
  // Those that were logged in to last have had a whole interval by then.
  await sleep(2 * INTERVAL * 1000);
  const [cpu, started] = [await cpuOf(monitor), performance.now()];
  let oldest = 0;
  while (performance.now() - started < MEASURED) {
    const { hosts } = await status();
    if (!isMeasured(hosts)) throw new Error('A Pi that was measured is not any more.');
    oldest = Math.max(oldest, Date.now() - Math.min(...hosts.map(({ at }) => at)));
    await sleep(2000);
  }
  const share = ((await cpuOf(monitor)) - cpu) / ((performance.now() - started) / 1000);
  const name = `1,000 hosts every ${INTERVAL} s`;
  return [
    alone({
      name: `${name}: the oldest look at any time`,
      value: oldest / 1000,
      unit: 's',
      limit: 2 * INTERVAL,
    }),
    alone({ name: `${name}: all are logged in to after`, value: all, unit: 's' }),
    alone({ name: `${name}: CPU of one core`, value: share * 100, unit: '%' }),
    alone({ name: `${name}: resident memory`, value: await memoryOf(monitor), unit: 'MB' }),
  ];
}

function isMeasured(hosts: MonitorStatus['hosts']): boolean {
  return hosts.length === HOSTS && hosts.every(({ vitals }) => vitals !== undefined);
}

async function untilAllAreMeasured(
  status: () => Promise<MonitorStatus>,
  deadline: number,
): Promise<void> {
  for (;;) {
    const hosts = await status().then(
      (all) => all.hosts,
      () => [], // it is not up yet
    );
    if (isMeasured(hosts)) return;
    if (performance.now() > deadline) {
      const why = hosts.find(({ vitals }) => vitals === undefined)?.reasons.join(' ');
      throw new Error(`Not all 1,000 were measured in time: ${why ?? 'the monitor is not up'}`);
    }
    await sleep(1000);
  }
}
