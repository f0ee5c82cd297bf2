/** Which rows the page shows and in which order: plain data, no document. */
import type { ChartRange, MonitorRow, RowState } from '../messages.ts';

export type Column = {
  readonly key: ColumnKey;
  readonly title: string;
  /** What a screen reader says of the column beyond its title. */
  readonly about?: string;
  /** Numbers stand at the right. */
  readonly isNumber: boolean;
};

export type ColumnKey =
  'name' | 'state' | 'temperature' | 'load' | 'memory' | 'disk' | 'power' | 'uptime' | 'model';

/** To add a column, add a line here and its value below. */
export const COLUMNS: readonly Column[] = [
  { key: 'name', title: 'Pi', isNumber: false },
  { key: 'state', title: 'State', isNumber: false },
  { key: 'temperature', title: 'Temp', about: 'temperature', isNumber: true },
  { key: 'load', title: 'Load', about: 'one-minute load average', isNumber: true },
  { key: 'memory', title: 'Memory', about: 'memory used', isNumber: true },
  { key: 'disk', title: 'Disk', about: 'root file system used', isNumber: true },
  { key: 'power', title: 'Power', about: 'power supply and throttling', isNumber: false },
  { key: 'uptime', title: 'Up', about: 'time since the last start', isNumber: true },
  { key: 'model', title: 'Model', isNumber: false },
];

/** What the page remembers while it is hidden. */
export type ViewState = {
  readonly project: string | undefined;
  readonly text: string;
  /** Empty: every group, every state. */
  readonly group: string;
  readonly state: RowState | '';
  readonly sortBy: ColumnKey;
  readonly descending: boolean;
  readonly layout: 'table' | 'tiles';
  /** Whose own page is open; undefined for the fleet. */
  readonly pi: string | undefined;
  readonly range: ChartRange;
};

export const FIRST_VIEW: ViewState = {
  project: undefined,
  text: '',
  group: '',
  state: '',
  sortBy: 'name',
  descending: false,
  layout: 'table',
  pi: undefined,
  range: 'day',
};

/** The worst first, where the page is sorted by state. */
export const STATES: readonly RowState[] = [
  'failing',
  'locked',
  'warning',
  'needs-key',
  'installing',
  'unknown',
  'healthy',
];

/** The rows that pass the filters, sorted; rows without a value come last in either direction. */
export function shownRows(rows: readonly MonitorRow[], view: ViewState): MonitorRow[] {
  const words = view.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .filter((row) => view.group === '' || row.groups.includes(view.group))
    .filter((row) => view.state === '' || row.state === view.state)
    .filter((row) => {
      const text = textOf(row);
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => compare(a, b, view) || byName(a, b));
}

/** A click on a column's title: sorts by it, a second one the other way round. */
export function sortedBy(view: ViewState, column: ColumnKey): ViewState {
  const descending = view.sortBy === column && !view.descending;
  return { ...view, sortBy: column, descending };
}

export function groupsOf(rows: readonly MonitorRow[]): string[] {
  return [...new Set(rows.flatMap((row) => row.groups))].sort((a, b) => a.localeCompare(b, 'en'));
}

/** As in `6 Pis: 4 healthy, 1 warning, 1 locked`. */
export function summaryOf(rows: readonly MonitorRow[]): string {
  const counts = STATES.toReversed()
    .map((state) => ({ state, number: rows.filter((row) => row.state === state).length }))
    .filter(({ number }) => number > 0)
    .map(({ state, number }) => `${number} ${wordsFor(state, number)}`);
  const pis = rows.length === 1 ? '1 Pi' : `${rows.length} Pis`;
  return counts.length === 0 ? pis : `${pis}: ${counts.join(', ')}`;
}

function wordsFor(state: RowState, number: number): string {
  return state === 'needs-key' && number > 1 ? 'need a key' : STATE_WORDS[state];
}

export const STATE_WORDS: Readonly<Record<RowState, string>> = {
  healthy: 'healthy',
  warning: 'warning',
  failing: 'failing',
  locked: 'locked',
  'needs-key': 'needs a key',
  installing: 'installing',
  unknown: 'unknown',
};

function textOf({ name, address, groups, model, os, state, notes }: MonitorRow): string {
  const parts = [name, address, ...groups, model, os, STATE_WORDS[state], ...notes];
  return parts.filter(Boolean).join(' ').toLowerCase();
}

type Sortable = string | number | undefined;

function valueOf(row: MonitorRow, column: ColumnKey): Sortable {
  switch (column) {
    case 'name':
      return row.name;
    case 'state':
      return STATES.indexOf(row.state);
    case 'model':
      return row.model;
    default:
      return row.readings[column].value;
  }
}

function compare(a: MonitorRow, b: MonitorRow, { sortBy, descending }: ViewState): number {
  const [x, y] = [valueOf(a, sortBy), valueOf(b, sortBy)];
  if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
  const order =
    typeof x === 'number' && typeof y === 'number' ? x - y : natural(String(x), String(y));
  return descending ? -order : order;
}

function byName(a: MonitorRow, b: MonitorRow): number {
  return natural(a.name, b.name);
}

function natural(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
