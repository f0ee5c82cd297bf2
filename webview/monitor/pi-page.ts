/** A Pi's own page: its charts, why it is as it is, its checks, what was decided, its runs. */
import type { ChartRange, FromPage, MonitorRow, PageEvent, PiMessage } from '../messages.ts';
import { element } from './element.ts';
import { make, makeButton } from './make.ts';
import { createPiChart, type PiChart } from './pi-chart.ts';
import { SIGNALS } from './series.ts';
import { STATE_WORDS } from './view.ts';
import { SIGNS } from './table.ts';
import { timeText } from './time-text.ts';

export type PiPage = {
  /** Shows it; the keyboard stands on its title when it was another one before. */
  readonly show: (host: string, range: ChartRange, row: MonitorRow | undefined) => void;
  readonly tell: (message: PiMessage) => void;
  readonly hide: () => void;
};

export type PiPageActions = {
  readonly onBack: () => void;
  readonly onRange: (range: ChartRange) => void;
  readonly post: (message: FromPage) => void;
};

const RANGES: readonly ChartRange[] = ['hour', 'day', 'week', 'month'];

/** Its lists. */
const PARTS = ['pi-checks', 'pi-events', 'pi-runs'];

export function createPiPage({ onBack, onRange, post }: PiPageActions): PiPage {
  const page = element('pi', HTMLElement);
  const title = element('pi-title', HTMLElement);
  let shown: string | undefined;
  let charts: readonly PiChart[] = [];
  const host = (): string => shown ?? '';

  const ranges = RANGES.map((range) => ({
    range,
    button: makeButton(`Last ${range}`, () => onRange(range)),
  }));
  element('pi-ranges', HTMLElement).append(...ranges.map(({ button }) => button));
  element('pi-actions', HTMLElement).append(
    makeButton('Details', () => post({ type: 'details', host: host() })),
    makeButton('SSH Terminal', () => post({ type: 'ssh', host: host() })),
  );
  element('pi-back', HTMLElement).addEventListener('click', onBack);
  element('watch', HTMLElement).addEventListener('click', () => post({ type: 'watch' }));
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && shown !== undefined) onBack();
  });

  const clear = (): void => {
    for (const chart of charts) chart.dispose();
    charts = [];
    element('pi-charts', HTMLElement).replaceChildren();
    for (const id of PARTS) {
      written.delete(id);
      element(id, HTMLElement).replaceChildren();
    }
    element('unwatched', HTMLElement).hidden = true;
    setText('pi-waiting', 'Reading …');
  };

  return {
    show: (next, range, row) => {
      const isOther = shown !== next;
      if (isOther) clear();
      shown = next;
      page.hidden = false;
      setText('pi-title', next);
      page.dataset['state'] = row?.state ?? 'unknown';
      setText('pi-state', stateWords(row));
      setText('pi-notes', row?.notes.join('\n') ?? '');
      for (const each of ranges) each.button.ariaPressed = String(each.range === range);
      if (isOther) title.focus();
    },
    tell: (message) => {
      if (message.host !== shown) return;
      setText('pi-waiting', '');
      const isWatched = message.charts !== undefined;
      element('unwatched', HTMLElement).hidden = isWatched;
      element('pi-legend', HTMLElement).hidden = !isWatched;
      element('pi-ranges', HTMLElement).hidden = !isWatched;
      if (message.charts !== undefined) {
        if (charts.length === 0) {
          charts = SIGNALS.map(createPiChart);
          element('pi-charts', HTMLElement).append(...charts.map((chart) => chart.element));
        }
        for (const chart of charts) chart.draw(message.charts, message.events, timeText);
      } else {
        for (const chart of charts) chart.dispose();
        charts = [];
        element('pi-charts', HTMLElement).replaceChildren();
      }
      list('pi-checks', message.checks, 'It has no checks of its own.', (check) => {
        const words = `${check.ok ? '●' : '✖'} ${check.name}: ${check.ok ? 'fine' : check.detail}`;
        return make('li', { textContent: words, className: check.ok ? 'good' : 'bad' });
      });
      drawEvents('pi-events', message.events, 'Nothing was told of it in the last month.');
      list('pi-runs', message.runs, 'No run has worked on it yet.', (run) => {
        const open = makeButton(run.title, () => post({ type: 'run', id: run.id }), 'link');
        const words = ` ${run.words}, ${timeText(Date.parse(run.startedAt))}`;
        return make('li', {}, open, document.createTextNode(words));
      });
    },
    hide: () => {
      if (shown === undefined) return;
      clear();
      shown = undefined;
      page.hidden = true;
    },
  };
}

export function drawEvents(id: string, events: readonly PageEvent[], none: string): void {
  list(id, events, none, eventItem);
}

function eventItem({ at, text, tone }: PageEvent): HTMLLIElement {
  const time = make('time', { dateTime: at, textContent: timeText(Date.parse(at)) });
  return make('li', { className: tone }, time, make('span', { textContent: text }));
}

const written = new Map<string, string>();

/** Written again only when something has changed: a focused button stays. */
function list<T>(
  id: string,
  values: readonly T[],
  none: string,
  itemOf: (value: T) => HTMLLIElement,
): void {
  const key = JSON.stringify(values);
  if (written.get(id) === key) return;
  written.set(id, key);
  const items =
    values.length === 0
      ? [make('li', { textContent: none, className: 'none' })]
      : values.map(itemOf);
  element(id, HTMLElement).replaceChildren(...items);
}

function stateWords(row: MonitorRow | undefined): string {
  if (row === undefined) return 'It is not in the inventory any more.';
  const { temperature, load, memory, disk, power, uptime } = row.readings;
  const readings = [
    temperature.text,
    `load ${load.text}`,
    `memory ${memory.text}`,
    `disk ${disk.text}`,
    `power ${power.text}`,
    `up ${uptime.text}`,
    ...(row.updates === undefined ? [] : [row.updates]),
  ];
  return [`${SIGNS[row.state]} ${STATE_WORDS[row.state]}`, ...readings].join(' · ');
}

function setText(id: string, text: string): void {
  const target = element(id, HTMLElement);
  if (target.textContent !== text) target.textContent = text;
}
