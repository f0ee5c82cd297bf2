/** The table: rows are kept by name and changed in place, so that focus and selection stay. */
import type { MonitorRow, RowState } from '../messages.ts';
import { COLUMNS, STATE_WORDS, type Column, type ColumnKey, type ViewState } from './view.ts';

export type TableActions = {
  readonly onSort: (column: ColumnKey) => void;
  readonly onPi: (host: string) => void;
  readonly onTerminal: (host: string) => void;
};

export type Table = { readonly draw: (rows: readonly MonitorRow[], view: ViewState) => void };

/** A shape a state, so that colour is never all there is. */
export const SIGNS: Readonly<Record<RowState, string>> = {
  healthy: '●',
  warning: '▲',
  failing: '✖',
  locked: '■',
  'needs-key': '◆',
  installing: '◐',
  unknown: '○',
};

export function createTable(table: HTMLTableElement, actions: TableActions): Table {
  const titles = COLUMNS.map((column) => titleCell(column, actions));
  const head = table.createTHead().insertRow();
  head.append(...titles.map(({ cell }) => cell), notesTitle());
  const body = table.createTBody();
  const kept = new Map<string, HTMLTableRowElement>();
  return {
    draw: (rows, view) => {
      for (const { column, cell } of titles) {
        cell.ariaSort =
          view.sortBy !== column.key ? 'none' : view.descending ? 'descending' : 'ascending';
      }
      const wanted = new Set(rows.map(({ name }) => name));
      for (const [name, row] of kept) {
        if (wanted.has(name)) continue;
        row.remove();
        kept.delete(name);
      }
      rows.forEach((data, index) => {
        const row = kept.get(data.name) ?? newRow(data.name, actions);
        kept.set(data.name, row);
        fillRow(row, data);
        const there = body.rows[index];
        if (there !== row) body.insertBefore(row, there ?? null);
      });
    },
  };
}

function titleCell(
  column: Column,
  actions: TableActions,
): { readonly column: Column; readonly cell: HTMLTableCellElement } {
  const cell = document.createElement('th');
  cell.scope = 'col';
  cell.classList.toggle('number', column.isNumber);
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = column.title;
  if (column.about !== undefined) button.title = column.about;
  button.addEventListener('click', () => actions.onSort(column.key));
  cell.append(button);
  return { column, cell };
}

function notesTitle(): HTMLTableCellElement {
  const cell = document.createElement('th');
  cell.scope = 'col';
  cell.textContent = 'Note';
  return cell;
}

function newRow(name: string, actions: TableActions): HTMLTableRowElement {
  const row = document.createElement('tr');
  for (const { key, isNumber } of COLUMNS) {
    const cell = document.createElement(key === 'name' ? 'th' : 'td');
    if (key === 'name') cell.setAttribute('scope', 'row');
    cell.dataset['column'] = key;
    cell.classList.toggle('number', isNumber);
    row.append(cell);
  }
  const first = row.cells[0];
  first?.append(
    nameButton(name, actions.onPi),
    action('>_', `SSH terminal on ${name}`, () => actions.onTerminal(name), 'quiet'),
  );
  const notes = row.insertCell();
  notes.dataset['column'] = 'notes';
  return row;
}

/** Opens the Pi's own page, and is found again when that is left. */
export function nameButton(name: string, onPi: (host: string) => void): HTMLButtonElement {
  const button = action(name, `Show ${name}`, () => onPi(name));
  button.dataset['pi'] = name;
  return button;
}

function action(text: string, label: string, run: () => void, kind = ''): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = `link ${kind}`.trim();
  button.textContent = text;
  button.ariaLabel = label;
  button.title = label;
  button.addEventListener('click', run);
  return button;
}

function fillRow(row: HTMLTableRowElement, data: MonitorRow): void {
  row.dataset['state'] = data.state;
  for (const cell of row.cells) {
    const key = cell.dataset['column'];
    if (key === 'name') continue;
    const text = textOf(data, key);
    if (cell.textContent !== text) cell.textContent = text;
    if (key === 'notes') cell.title = text;
    if (key === 'power') cell.dataset['level'] = String(data.readings.power.value ?? 0);
  }
}

function textOf(data: MonitorRow, key: string | undefined): string {
  switch (key) {
    case 'state':
      return `${SIGNS[data.state]} ${STATE_WORDS[data.state]}`;
    case 'model':
      return data.model?.replace(/^Raspberry /, '') ?? '–';
    case 'notes':
      return data.notes.join(' ');
    case 'temperature':
    case 'load':
    case 'memory':
    case 'disk':
    case 'power':
    case 'uptime':
      return data.readings[key].text;
    default:
      return '';
  }
}
