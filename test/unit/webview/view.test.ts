import { expect, test } from 'vitest';
import { HEALTH_WORDS } from '../../../core/fleet/health.ts';
import { STATE_WORDS as WORDS_OF_THE_FLEET } from '../../../core/fleet/state-words.ts';
import type { MonitorRow } from '../../../webview/messages.ts';
import {
  FIRST_VIEW,
  shownRows,
  sortedBy,
  STATE_WORDS,
  summaryOf,
} from '../../../webview/monitor/view.ts';

const none = { text: '–' };
const readings = {
  temperature: none,
  load: none,
  memory: none,
  disk: none,
  power: none,
  uptime: none,
};
const pi = (name: string, more: Partial<MonitorRow> = {}): MonitorRow => ({
  name,
  address: '10.0.0.1',
  groups: [],
  state: 'healthy',
  notes: [],
  readings,
  ...more,
});
const hot = (name: string, value: number): MonitorRow =>
  pi(name, { readings: { ...readings, temperature: { value, text: `${value} °C` } } });
const names = (rows: readonly MonitorRow[]): string[] => rows.map(({ name }) => name);

test('rows stand in the order of names, with numbers counted', () => {
  const rows = [pi('pi-10'), pi('pi-2'), pi('attic')];
  expect(names(shownRows(rows, FIRST_VIEW))).toEqual(['attic', 'pi-2', 'pi-10']);
});

test('a click on a title sorts by it, a second click turns it round', () => {
  const rows = [hot('a', 50), hot('b', 9), hot('c', 70)];
  const up = sortedBy(FIRST_VIEW, 'temperature');
  expect(names(shownRows(rows, up))).toEqual(['b', 'a', 'c']);
  expect(names(shownRows(rows, sortedBy(up, 'temperature')))).toEqual(['c', 'a', 'b']);
});

test('a Pi without a value comes last in both directions', () => {
  const rows = [pi('unread'), hot('a', 50), hot('b', 9)];
  const up = sortedBy(FIRST_VIEW, 'temperature');
  expect(names(shownRows(rows, up)).at(-1)).toBe('unread');
  expect(names(shownRows(rows, sortedBy(up, 'temperature'))).at(-1)).toBe('unread');
});

test('the filter looks at every word in names, addresses, groups and notes', () => {
  const rows = [
    pi('kitchen', { groups: ['sensors'], notes: ['disk 95 % full'] }),
    pi('attic', { groups: ['sensors'] }),
  ];
  expect(names(shownRows(rows, { ...FIRST_VIEW, text: 'SENSORS disk' }))).toEqual(['kitchen']);
});

test('group and state narrow the rows down', () => {
  const rows = [pi('a', { groups: ['x'], state: 'locked' }), pi('b', { groups: ['x'] }), pi('c')];
  expect(names(shownRows(rows, { ...FIRST_VIEW, group: 'x' }))).toEqual(['a', 'b']);
  expect(names(shownRows(rows, { ...FIRST_VIEW, group: 'x', state: 'locked' }))).toEqual(['a']);
});

test('sorted by state, what needs somebody comes first', () => {
  const rows = [pi('a'), pi('b', { state: 'warning' }), pi('c', { state: 'failing' })];
  expect(names(shownRows(rows, sortedBy(FIRST_VIEW, 'state')))).toEqual(['c', 'b', 'a']);
});

test('the summary counts the states that occur', () => {
  expect(summaryOf([])).toBe('0 Pis');
  expect(summaryOf([pi('a')])).toBe('1 Pi: 1 healthy');
  expect(summaryOf([pi('a'), pi('b', { state: 'needs-key' }), pi('c')])).toBe(
    '3 Pis: 2 healthy, 1 needs a key',
  );
  expect(summaryOf(['a', 'b'].map((name) => pi(name, { state: 'needs-key' })))).toBe(
    '2 Pis: 2 need a key',
  );
});

test('states are called as in the Fleet view and in the status bar', () => {
  const { reachable: _, ...others } = WORDS_OF_THE_FLEET;
  const { ok: healthy, warning } = HEALTH_WORDS;
  expect(STATE_WORDS).toEqual({ ...others, healthy, warning });
});
