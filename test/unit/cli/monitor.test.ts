import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { renderRound } from '../../../cli/render/health.ts';
import type { HostHealth } from '../../../core/monitor/round.ts';

const pi = (host: string, vitals: HostHealth['vitals']): HostHealth => ({
  host,
  address: '10.0.0.1',
  state: 'healthy',
  reasons: [],
  vitals,
  error: undefined,
});

test('the table of a round tells a Pi that is not throttled from one that could not be asked', () => {
  const table = renderRound({
    status: 'ok',
    summary: '',
    hosts: [
      pi('fine', { throttled: 0, underVoltage: false }),
      pi('unasked', { temperature: 40 }),
      pi('weak', { throttled: 0x50001, underVoltage: true }),
      pi('better', { throttled: 0x40000, underVoltage: false }),
      pi('gone', undefined),
    ],
  });
  const [head = '', ...rows] = stripVTControlCharacters(table).split('\n');
  const power = head.indexOf('POWER');
  const up = head.indexOf('UP');
  expect(rows.map((row) => row.slice(power, up).trim())).toEqual([
    'ok',
    '–',
    'now: under-voltage',
    'earlier: throttled',
    '–',
  ]);
});
