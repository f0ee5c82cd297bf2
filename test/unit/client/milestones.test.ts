import { expect, test } from 'vitest';
import { milestonesOf } from '../../../client/milestones.ts';
import type { FleetPi } from '../../../core/fleet/fleet.ts';
import { run } from './sample-run.ts';

const fleet = (...pis: Partial<FleetPi>[]) => ({
  pis: new Map(pis.map((pi, index) => [String(index), pi as FleetPi])), // of which little is read
});
const host = (status: 'ok' | 'changed' | 'failed') => ({
  host: 'kitchen',
  status,
  summary: undefined,
  error: undefined,
  steps: [],
});

test('nothing is done in a fleet without Pis', () => {
  expect(milestonesOf([fleet()], [])).toEqual({
    hasAdopted: false,
    hasEnrolled: false,
    hasDeployed: false,
  });
});

test('a Pi that stands in an inventory is adopted, by whatever way', () => {
  expect(milestonesOf([fleet(), fleet({})], [])).toMatchObject({
    hasAdopted: true,
    hasEnrolled: false,
  });
});

test('one Pi that was enrolled is enough, in whatever run', () => {
  expect(milestonesOf([fleet({ serial: '1000' })], []).hasEnrolled).toBe(true);
  const enroll = (status: 'changed' | 'failed', dryRun = false) =>
    run({
      command: 'access enroll',
      status: 'failed',
      dryRun,
      hosts: [host('failed'), host(status)],
    });
  expect(milestonesOf([], [enroll('changed')]).hasEnrolled).toBe(true);
  expect(milestonesOf([], [enroll('failed'), enroll('changed', true)]).hasEnrolled).toBe(false);
});

test('a deployment counts when it has ended well and was none for show', () => {
  const deploy = (status: 'ok' | 'failed', dryRun: boolean) =>
    run({ command: 'deploy', status, dryRun });
  expect(milestonesOf([], [deploy('ok', false)]).hasDeployed).toBe(true);
  expect(milestonesOf([], [deploy('failed', false), deploy('ok', true)]).hasDeployed).toBe(false);
});
