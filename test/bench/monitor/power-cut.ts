/**
 * How soon a Pi whose power is cut is judged as failed: on the lab, from the order to cut it until
 * `rpi monitor` says so, beyond what its settings ask for.
 */
import { once } from 'node:events';
import {
  adoptAll,
  hostsLab,
  printed,
  settings,
  startTestLab,
} from '../../integration/lab-fixture.ts';
import { alone, type BenchRow } from '../row.ts';

const [INTERVAL, TIMEOUT, FAILURES] = [4, 2, 3];
/** At worst the cut comes just after a look; then come the bad ones, the last with its timeout. */
const WINDOW = FAILURES * INTERVAL + TIMEOUT;
const CUTS = 4;

/** Needs root, and what the lab needs. */
export async function benchmark(): Promise<BenchRow[]> {
  if (!hostsLab) {
    process.stdout.write('  power cut: not measured, because this machine can’t host the lab.\n');
    return [];
  }
  await using test = await startTestLab([
    { name: 'alpha', login: 'key' },
    { name: 'bravo', login: 'key' },
  ]);
  const detection = `{failures: ${FAILURES}, window: ${FAILURES}, recover: 1, flaps: 100}`;
  const limits = 'memory: 101, disk: 101, temperature: 199';
  const project = await test.project({
    'rpi.yml': settings([
      `monitor: {interval: ${INTERVAL}, timeout: ${TIMEOUT}, ${limits}, detection: ${detection}}`,
    ]),
    'inventory/hosts.yml': 'ungrouped:\n  hosts:\n',
  });
  await adoptAll(test, project);
  const monitor = await project.start(['monitor']);
  const ends = once(monitor, 'close');
  await printed(monitor, /alpha.*judged healthy/);
  const took: number[] = [];
  for (let n = 0; n < CUTS; n += 1) {
    const failed = printed(monitor, /alpha.*judged failed/);
    const began = performance.now();
    await test.cut('alpha');
    await failed;
    took.push((performance.now() - began) / 1000);
    const healthy = printed(monitor, /alpha.*judged healthy/);
    await test.plug('alpha');
    await healthy;
  }
  monitor.kill('SIGINT');
  await ends;
  return [
    alone({
      name: `power cut → failed, the slowest of ${CUTS} (interval ${INTERVAL} s, timeout ${TIMEOUT} s, ${FAILURES} failures: a window of ${WINDOW} s)`,
      value: Math.max(...took),
      unit: 's',
      limit: WINDOW + 1,
    }),
    alone({ name: 'the same, the fastest', value: Math.min(...took), unit: 's' }),
  ];
}
