/** What the monitor proposes, with its evidence and a button for each answer. */
import type { PageProposal } from '../messages.ts';
import { element } from './element.ts';
import { make, makeButton } from './make.ts';
import { timeText } from './time-text.ts';

type Answer = 'approve' | 'refuse' | 'snooze';

const ANSWERS: readonly (readonly [Answer, string])[] = [
  ['approve', 'Approve'],
  ['refuse', 'Refuse'],
  ['snooze', 'Snooze …'],
];

let drawn = '';

/** Drawn again only when they have changed: a focused button stays. */
export function drawProposals(
  proposals: readonly PageProposal[],
  onAnswer: (proposal: string, answer: Answer) => void,
): void {
  const key = JSON.stringify(proposals);
  if (key === drawn) return;
  drawn = key;
  const list = element('proposal-list', HTMLElement);
  const hadFocus = list.contains(document.activeElement);
  list.replaceChildren(...proposals.map((proposal) => itemOf(proposal, onAnswer)));
  element('proposals', HTMLElement).hidden = proposals.length === 0;
  if (!hadFocus) return;
  // What was answered is gone: the keyboard goes on with the next one.
  (list.querySelector('button') ?? element('fleet-title', HTMLElement)).focus();
}

function itemOf(
  { id, what, evidence, expires }: PageProposal,
  onAnswer: (proposal: string, answer: Answer) => void,
): HTMLLIElement {
  const buttons = ANSWERS.map(([answer, text]) => {
    const button = makeButton(text, () => onAnswer(id, answer));
    button.ariaLabel = `${text}: ${what}`;
    return button;
  });
  return make(
    'li',
    {},
    make('strong', { textContent: what }),
    make('p', { className: 'words', textContent: evidence.join('; ') }),
    make('p', { className: 'words', textContent: `Open until ${timeText(Date.parse(expires))}.` }),
    make('div', { className: 'buttons' }, ...buttons),
  );
}
