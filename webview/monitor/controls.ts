/** The page's filters and its one button. */
import type { Button, Dropdown, TextField } from '@vscode/webview-ui-toolkit';
import type { Measuring } from '../messages.ts';
import { element } from './element.ts';

export type Controls = {
  readonly onFilter: (text: string) => void;
  readonly onGroup: (group: string) => void;
  readonly onState: (state: string) => void;
  readonly onProject: (project: string) => void;
  readonly onMeasure: () => void;
  readonly onClear: () => void;
};

export function listenToControls(controls: Controls): void {
  const filter = control('filter') as TextField;
  filter.addEventListener('input', () => controls.onFilter(filter.value));
  const listen = (id: string, tell: (value: string) => void): void => {
    const dropdown = control(id) as Dropdown;
    dropdown.addEventListener('change', () => tell(dropdown.value));
  };
  listen('group', controls.onGroup);
  listen('state', controls.onState);
  listen('project', controls.onProject);
  element('measure', HTMLElement).addEventListener('click', controls.onMeasure);
  element('clear', HTMLElement).addEventListener('click', () => {
    filter.value = '';
    controls.onClear();
  });
}

/** Values and words of a dropdown; left alone while they are the same, or an open list would close. */
export function fillChoices(
  id: string,
  choices: readonly (readonly [value: string, text: string])[],
  chosen: string,
): void {
  const dropdown = control(id) as Dropdown;
  const wanted = JSON.stringify(choices);
  if (dropdown.dataset['choices'] !== wanted) {
    dropdown.dataset['choices'] = wanted;
    dropdown.replaceChildren(
      ...choices.map(([value, text]) => {
        const option = document.createElement('vscode-option');
        option.setAttribute('value', value);
        option.textContent = text;
        return option;
      }),
    );
  }
  // The dropdown learns of its new options a moment later.
  requestAnimationFrame(() => {
    if (dropdown.value !== chosen) dropdown.value = chosen;
  });
}

let measuredAt: string | undefined;
let measuringNow: Measuring = { state: 'measuring' };

/** What is being done about measuring, and how old the numbers are. */
export function showMeasuring(measuring: Measuring, at: string | undefined): void {
  measuredAt = at;
  measuringNow = measuring;
  element('ring', HTMLElement).hidden = measuring.state !== 'measuring';
  (control('measure') as Button).disabled = measuring.state === 'measuring';
  showAge();
}

setInterval(showAge, 1000);

function showAge(): void {
  const age =
    measuredAt === undefined ? '' : `Measured ${ago(Date.now() - Date.parse(measuredAt))}`;
  const then =
    measuringNow.state === 'waiting'
      ? `every ${measuringNow.every} s while this page is visible`
      : measuringNow.state === 'stopped'
        ? measuringNow.why
        : 'measuring …';
  const text = age === '' ? then : `${age} · ${then}`;
  const target = element('age', HTMLElement);
  if (target.textContent !== text) target.textContent = text;
}

function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min ago` : `${Math.round(minutes / 60)} h ago`;
}

/** A control of the toolkit by its id; what it is beyond an element, the page's HTML decides. */
function control(id: string): Button | Dropdown | TextField {
  return element(id, HTMLElement) as Button | Dropdown | TextField;
}
