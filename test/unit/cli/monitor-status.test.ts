import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { renderStatus } from '../../../cli/commands/monitor-status.ts';
import type { MonitorStatus } from '../../../core/monitor/daemon/control.ts';
import { reportOf, RpiError } from '../../../core/errors.ts';
import { VERSION } from '../../../core/version.ts';

const STATUS: MonitorStatus = {
  version: VERSION,
  pid: 7,
  since: '2026-11-22T08:00:00.000Z',
  lookedAt: '2026-11-22T08:00:10.000Z',
  interval: 10,
  hosts: [],
  proposals: [],
  faults: ['The disk is full.'],
};

const told = (status: MonitorStatus): string => stripVTControlCharacters(renderStatus(status));

it('says what keeps the monitor from its work, and that another version of rpi watches', () => {
  expect(told(STATUS)).toMatch(/^The disk is full\.\nWatching since .* as process 7; last look/);
  expect(told({ ...STATUS, version: '0.0.1' })).toContain(
    `The monitor is rpi 0.0.1, and this is ${VERSION}: `,
  );
});

it('says of a Pi that somebody works on it, and not what to do about its silence', () => {
  const gone: MonitorStatus['hosts'][number] = {
    host: 'kitchen',
    address: '10.0.0.7',
    groups: [],
    at: 0,
    monotonic: 0,
    signals: { neighbour: 'no', tcp22: 'no', ssh: 'no', vitals: 'no', checks: 'unknown' },
    checks: [],
    state: 'unreachable',
    reasons: ['no answer'],
    error: reportOf(new RpiError('ssh.timeout', 'no answer', { remedy: 'Switch it on.' })),
  };
  expect(told({ ...STATUS, hosts: [gone] })).toContain('no answer → Switch it on.');
  const planned = { ...gone, planned: 'maintenance: new case' };
  const text = told({ ...STATUS, hosts: [planned] });
  expect(text).toContain('maintenance: new case, no answer');
  expect(text).not.toContain('Switch it on');
});

it('says how many updates wait, of those that have any', () => {
  const pi = (host: string, updates?: number): MonitorStatus['hosts'][number] => ({
    ...{ host, address: '10.0.0.7', groups: [], at: 0, monotonic: 0, checks: [], reasons: [] },
    signals: { neighbour: 'yes', tcp22: 'yes', ssh: 'yes', vitals: 'yes', checks: 'unknown' },
    state: 'healthy',
    signs: updates === undefined ? {} : { updates: { pending: updates, security: 3 } },
  });
  const hosts = [pi('kitchen', 12), pi('attic', 0), pi('cellar'), pi('shed', 3)];
  expect(told({ ...STATUS, hosts })).toContain(
    'kitchen: 12 updates pending, 3 of them for security\nshed: 3 updates pending',
  );
  expect(told({ ...STATUS, hosts: hosts.slice(1, 3) })).not.toContain('updates');
});
