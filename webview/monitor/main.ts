/** The monitor page: a row per Pi, as the editor tells it. */
import type { FleetMessage, FromPage, MonitorRow, RowState, ToPage } from '../messages.ts';
import { registerControls } from '../toolkit.ts';
import { fillChoices, listenToControls, showMeasuring } from './controls.ts';
import { element } from './element.ts';
import { createPiPage, drawEvents } from './pi-page.ts';
import { drawProposals } from './proposals.ts';
import { createTable } from './table.ts';
import { createTiles } from './tiles.ts';
import {
  FIRST_VIEW,
  groupsOf,
  shownRows,
  sortedBy,
  STATE_WORDS,
  STATES,
  summaryOf,
  type ViewState,
} from './view.ts';

/** Given by the editor to each webview, once. */
declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): unknown;
  setState(state: ViewState): void;
};

registerControls();
const editor = acquireVsCodeApi();
// The state is our own, written by setState below; an older page's may lack what is new.
let view: ViewState = { ...FIRST_VIEW, ...(editor.getState() as Partial<ViewState> | undefined) };
let told: FleetMessage | undefined;

const table = createTable(element('table', HTMLTableElement), {
  onSort: (column) => change(sortedBy(view, column)),
  onPi: openPi,
  onTerminal: (host) => editor.postMessage({ type: 'ssh', host }),
});

const tiles = createTiles(element('tiles', HTMLUListElement), openPi);
for (const layout of ['table', 'tiles'] as const) {
  element(`as-${layout}`, HTMLElement).addEventListener('click', () => change({ ...view, layout }));
}

const piPage = createPiPage({
  onBack: closePi,
  onRange: (range) => {
    change({ ...view, range });
    askForPi();
  },
  post: (message) => editor.postMessage(message),
});

listenToControls({
  onFilter: (text) => change({ ...view, text }),
  onGroup: (group) => change({ ...view, group }),
  onState: (state) => change({ ...view, state: STATES.find((each) => each === state) ?? '' }),
  onProject: (project) => {
    change({ ...view, project, pi: undefined });
    editor.postMessage({ type: 'project', project });
  },
  onMeasure: () => editor.postMessage({ type: 'measure' }),
  onClear: () => change({ ...view, text: '', group: '', state: '' }),
});

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  if (data.type === 'pi') {
    piPage.tell(data);
    return;
  }
  if (data.type === 'timeline') {
    drawEvents('timeline-events', data.events, 'Nothing happened in the last day.');
    return;
  }
  told = data;
  view = { ...view, project: data.project };
  draw();
});

editor.postMessage({ type: 'ready', project: view.project });
askForPi();

const timeline = element('timeline', HTMLDetailsElement);
timeline.addEventListener('toggle', () => {
  if (timeline.open) editor.postMessage({ type: 'timeline' });
});

function askForPi(): void {
  if (view.pi !== undefined) editor.postMessage({ type: 'pi', host: view.pi, range: view.range });
}

function openPi(host: string): void {
  change({ ...view, pi: host });
  window.scrollTo(0, 0);
  askForPi();
}

/** Back to the fleet, with the keyboard where it was. */
function closePi(): void {
  const host = view.pi;
  change({ ...view, pi: undefined });
  editor.postMessage({ type: 'pi', range: view.range });
  const names = document.querySelectorAll<HTMLButtonElement>(`#${view.layout} button[data-pi]`);
  const name = [...names].find(({ dataset }) => dataset['pi'] === host);
  (name ?? element('fleet-title', HTMLElement)).focus();
}

function change(next: ViewState): void {
  view = next;
  editor.setState(view);
  draw();
}

function draw(): void {
  if (told === undefined) return;
  const { rows, measuring, faults, projects } = told;
  const { pi } = view;
  element('fleet', HTMLElement).hidden = pi !== undefined;
  if (pi === undefined) piPage.hide();
  else
    piPage.show(
      pi,
      view.range,
      rows.find(({ name }) => name === pi),
    );
  const shown = shownRows(rows, view);
  showChoices(rows, projects);
  setText('summary', summaryOf(rows));
  setText('faults', faults.join('\n'));
  showMeasuring(measuring, newest(rows));
  tiles.remember(rows);
  const isEmpty = shown.length === 0;
  const isTable = view.layout === 'table';
  if (isTable) table.draw(shown, view);
  else tiles.draw(shown);
  element('as-table', HTMLElement).ariaPressed = String(isTable);
  element('as-tiles', HTMLElement).ariaPressed = String(!isTable);
  element('table-region', HTMLElement).hidden = isEmpty || !isTable;
  element('tiles', HTMLElement).hidden = isEmpty || isTable;
  drawProposals(told.proposals, (proposal, answer) =>
    editor.postMessage({ type: 'answer', proposal, answer }),
  );
  element('none', HTMLElement).hidden = !isEmpty;
  element('clear', HTMLElement).hidden = rows.length === 0;
  setText(
    'none-text',
    rows.length === 0
      ? 'No Pi is in the inventory yet. Adopt the ones that were detected: in the Fleet view, right-click one under Discovered.'
      : 'No Pi fits the filters.',
  );
}

function showChoices(rows: readonly MonitorRow[], projects: readonly string[]): void {
  const named = (values: readonly string[]): [string, string][] => values.map((v) => [v, v]);
  fillChoices('group', [['', 'All groups'], ...named(groupsOf(rows))], view.group);
  const states = STATES.map((state): [RowState, string] => [state, STATE_WORDS[state]]);
  fillChoices('state', [['', 'All states'], ...states], view.state);
  fillChoices('project', named(projects), view.project ?? '');
  element('project-choice', HTMLElement).hidden = projects.length < 2;
}

/** Only where it differs: a screen reader reads a live region again whenever it is written. */
function setText(id: string, text: string): void {
  const target = element(id, HTMLElement);
  if (target.textContent !== text) target.textContent = text;
  if (id === 'faults') target.hidden = text === '';
}

function newest(rows: readonly MonitorRow[]): string | undefined {
  return rows
    .flatMap(({ measuredAt }) => measuredAt ?? [])
    .sort()
    .at(-1);
}
