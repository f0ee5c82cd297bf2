/** What a word is: keyword, module, option, variable, filter. */
import { SECTIONS } from '../../../formats/playbook/keywords.ts';
import type { PlayPart, Task } from '../../../formats/playbook/model.ts';
import type { PlacedItem, PlaybookItem } from '../../../formats/playbook/split.ts';
import { withChildren } from '../../../formats/playbook/model.ts';
import { templateUsesOf } from '../../ansible-project/template-uses.ts';
import type { Token, TokenType } from '../../features.ts';
import { placed, type PlaybookFacts } from '../facts.ts';

const kept = new WeakMap<PlaybookItem, readonly Token[]>();

export function tokens({ items }: PlaybookFacts): Token[] {
  return items.flatMap((placedItem) => {
    const { item, start } = placedItem;
    const own = kept.get(item) ?? tokensOf(placedItem);
    kept.set(item, own);
    return own.map((token) => ({ ...token, ...placed(token, start) }));
  });
}

/** Of one item; ranges count from it. */
function tokensOf({ item }: PlacedItem): Token[] {
  const found: Token[] = [];
  const add = (range: { start: number; end: number }, type: TokenType): void => {
    if (range.end > range.start) {
      found.push({ start: range.start, end: range.end, type, modifiers: [] });
    }
  };
  for (const play of item.plays) ofPlay(play, add);
  for (const task of item.tasks) ofTask(task, add);
  for (const { references, rangeOf } of templateUsesOf(item)) {
    for (const read of references.reads) add(rangeOf(read), 'variable');
    for (const filter of references.filters) add(rangeOf(filter), 'method');
    for (const test of references.tests) add(rangeOf(test), 'method');
  }
  found.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = -1;
  return found.filter((token) => {
    if (token.start < end) return false;
    end = token.end;
    return true;
  });
}

type Add = (range: { start: number; end: number }, type: TokenType) => void;

function ofPlay({ entries, sections }: PlayPart, add: Add): void {
  for (const { key } of entries) add(key, 'keyword');
  for (const section of SECTIONS) for (const task of sections[section] ?? []) ofTask(task, add);
}

function ofTask(root: Task, add: Add): void {
  for (const task of withChildren(root)) {
    for (const { key } of task.keywords.values()) add(key, 'keyword');
    for (const { entry, form, nameRange, args } of task.actions) {
      if (form !== 'module') add(entry.key, 'keyword');
      add(nameRange, 'function');
      for (const { key, written } of args.options) if (written !== 'args') add(key, 'property');
    }
  }
}
