import { expect, it } from 'vitest';
import { maintenanceOf } from '../../../core/monitor/watch/maintenance.ts';
import { policyOf, run, said, seen, states, tickAt } from './decisions/world.ts';

it.each([
  [true, 'maintenance'],
  ['yes', 'maintenance'],
  [' new case ', 'maintenance: new case'],
  [false, undefined],
  ['False', undefined],
  ['', undefined],
  [undefined, undefined],
  [['new case'], undefined],
])('rpi_maintenance: %j is %j', (label, wanted) => {
  expect(maintenanceOf({ variables: { rpi_maintenance: label } })).toBe(wanted);
});

it('nothing is held against a Pi with the label, however long it is away', () => {
  const planned = maintenanceOf({ variables: { rpi_maintenance: 'new case' } });
  const ticks = Array.from({ length: 40 }, (_, number) =>
    tickAt(number, [seen('a', 'gone', planned === undefined ? {} : { planned })]),
  );
  const { records } = run(ticks, policyOf());
  expect(said(records)).toEqual([]);
  expect(states(records)).toEqual(['a planned']);
});
