/** The fleet as tiles. Tiles are kept by name, and only what has changed is written. */
import type { MonitorRow } from '../messages.ts';
import { make } from './make.ts';
import { nameButton, SIGNS } from './table.ts';
import { KEPT, lineOf, trendWith, type Trend } from './trend.ts';
import { STATE_WORDS } from './view.ts';

export type Tiles = {
  /** The temperatures of these, also of the ones that are not shown. */
  readonly remember: (rows: readonly MonitorRow[]) => void;
  readonly draw: (rows: readonly MonitorRow[]) => void;
};

type Tile = {
  readonly element: HTMLLIElement;
  readonly state: Text;
  readonly readings: Text;
  readonly line: SVGPolylineElement;
  trend: Trend | undefined;
};

const SVG = 'http://www.w3.org/2000/svg';

export function createTiles(list: HTMLUListElement, onPi: (host: string) => void): Tiles {
  const kept = new Map<string, Tile>();
  const trends = new Map<string, Trend>();
  return {
    remember: (rows) => {
      const names = new Set(rows.map(({ name }) => name));
      for (const name of trends.keys()) if (!names.has(name)) trends.delete(name);
      for (const row of rows) {
        const trend = trendWith(trends.get(row.name), row);
        if (trend !== undefined) trends.set(row.name, trend);
      }
    },
    draw: (rows) => {
      const wanted = new Set(rows.map(({ name }) => name));
      for (const [name, { element }] of kept) {
        if (wanted.has(name)) continue;
        element.remove();
        kept.delete(name);
      }
      rows.forEach((row, index) => {
        const tile = kept.get(row.name) ?? newTile(row.name, onPi);
        kept.set(row.name, tile);
        fill(tile, row, trends.get(row.name));
        const there = list.children[index];
        if (there !== tile.element) list.insertBefore(tile.element, there ?? null);
      });
    },
  };
}

function newTile(name: string, onPi: (host: string) => void): Tile {
  const state = document.createTextNode('');
  const readings = document.createTextNode('');
  const line = document.createElementNS(SVG, 'polyline');
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `-1 -1 ${KEPT + 1} 22`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const title = document.createElementNS(SVG, 'title');
  title.textContent = 'Its temperature, as long as this page has watched it';
  svg.append(title, line);
  const element = make(
    'li',
    { className: 'tile' },
    nameButton(name, onPi),
    make('p', { className: 'state' }, state),
    make('p', { className: 'words' }, readings),
    svg,
  );
  return { element, state, readings, line, trend: undefined };
}

function fill(tile: Tile, row: MonitorRow, trend: Trend | undefined): void {
  const { element, state, readings } = tile;
  if (element.dataset['state'] !== row.state) element.dataset['state'] = row.state;
  write(state, `${SIGNS[row.state]} ${STATE_WORDS[row.state]}`);
  const { temperature, load, memory } = row.readings;
  const notes = row.notes.join(' ');
  const isMeasured = [temperature, load, memory].some(({ value }) => value !== undefined);
  const measured = `${temperature.text} · load ${load.text} · mem ${memory.text}`;
  // Three dashes tell nothing.
  write(readings, isMeasured ? measured : notes);
  if (element.title !== notes) element.title = notes;
  if (trend === undefined || trend === tile.trend) return;
  tile.trend = trend;
  tile.line.setAttribute('points', lineOf(trend));
}

function write(target: Text, text: string): void {
  if (target.data !== text) target.data = text;
}
