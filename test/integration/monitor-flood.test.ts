/** Ten thousand changes at once: journaled, told in few words, and known again by the next monitor. */
import { expect, it } from 'vitest';
import { createDecider } from '../../core/monitor/daemon/decider.ts';
import { decisionEvents } from '../../core/monitor/daemon/events.ts';
import {
  notify,
  type Notification,
  type NotifyState,
} from '../../core/monitor/decisions/notify/notification.ts';
import { readRecords } from '../../core/monitor/decisions/recorded.ts';
import type { Observation } from '../../core/monitor/watch/observation.ts';
import { parseConfig } from '../../core/project/config.ts';
import { createEventQueue } from '../../core/runs/queue.ts';
import { temporaryFolder } from '../temporary.ts';

const HOSTS = Array.from({ length: 1000 }, (_, index) => `pi${index}`);
const SETTINGS = `version: 1
id: floodtest
monitor:
  interval: 1
  detection: {failures: 1, window: 1, recover: 1, settle: 0, flaps: 100}
`;

it('10,000 events in a second are all journaled, told in a few notifications, and lose no reader its end', async () => {
  const parsed = parseConfig(SETTINGS);
  if (!parsed.ok) throw new Error('not a configuration');
  const { monitor } = parsed.config;
  const folder = await temporaryFolder();
  const begin = Date.now();
  const decider = await createDecider(folder, monitor, begin);
  const queue = createEventQueue();
  let held: NotifyState = { alerts: {} };
  const told: Notification[] = [];
  let seq = 0;
  const look = (number: number, isWell: boolean): void => {
    const [at, monotonic] = [begin + number * 100, number * 100];
    const answer = isWell ? 'yes' : 'no';
    const hosts = HOSTS.map((host): Observation => ({
      ...{ host, address: '10.0.0.1', groups: [], at, monotonic, checks: [], reasons: [] },
      state: isWell ? 'healthy' : 'unreachable',
      signals: { neighbour: answer, tcp22: answer, ssh: answer, vitals: answer, checks: 'unknown' },
    }));
    decider.take({ self: { at, monotonic, link: 'yes', gateway: 'yes' }, hosts });
    const news = decider.news();
    for (const body of news.flatMap(decisionEvents)) {
      queue.push({ v: 1, run: 'flood', seq: seq++, at: new Date(at).toISOString(), ...body });
    }
    const result = notify(held, news, decider.known(), 300);
    held = result.state;
    told.push(...result.notifications);
  };
  // They change together, ten times within a second; then they stay as they are.
  for (let number = 0; number < 10; number++) look(number, number % 2 === 0);
  for (let number = 10; number < 16; number++) look(number, false);
  queue.end();

  const records = await readRecords(folder);
  expect(records.filter(({ kind }) => kind === 'decision.state')).toHaveLength(10_000);
  expect(told.map(({ kind, status, alerts }) => `${kind} ${status} ${alerts.length}`)).toEqual([
    'failed firing 1000',
  ]);
  let read = 0;
  for await (const event of queue) read += event.kind === 'gap' ? event.dropped : 1;
  expect(read).toBe(seq);
  const next = await createDecider(folder, monitor, begin + 2000);
  expect(next.known().hosts).toEqual(decider.known().hosts);
});
