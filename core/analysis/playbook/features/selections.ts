/** Ranges around a place, from the word to the document. */
import { nodesOf, type Range } from '../../../formats/playbook/node.ts';
import { placed, type PlaybookFacts } from '../facts.ts';
import { itemAt } from './around.ts';

export function selections(facts: PlaybookFacts, offset: number): Range[] {
  const whole = { start: 0, end: facts.text.length };
  const at = itemAt(facts, offset);
  const ranges: Range[] = [whole];
  const add = (range: Range): void => {
    if (range.start <= offset && offset <= range.end)
      ranges.push({ start: range.start, end: range.end });
  };
  for (const play of facts.plays) add(play.range);
  if (at !== undefined) {
    for (const root of at.item.roots) {
      for (const node of nodesOf(root)) {
        add(placed(node, at.start));
        if (node.kind !== 'map') continue;
        for (const { key, value } of node.entries) {
          add(placed({ start: key.start, end: Math.max(key.end, value.end) }, at.start));
        }
      }
    }
  }
  const word = /[\w.]*$/.exec(facts.text.slice(Math.max(0, offset - 200), offset))?.[0].length ?? 0;
  const rest = /^[\w.]*/.exec(facts.text.slice(offset, offset + 200))?.[0].length ?? 0;
  if (word + rest > 0) add({ start: offset - word, end: offset + rest });
  ranges.sort((a, b) => a.end - a.start - (b.end - b.start));
  // Each within the next, and none twice.
  const nested: Range[] = [];
  for (const range of ranges) {
    const inner = nested.at(-1);
    const isWider =
      inner === undefined ||
      (range.start <= inner.start &&
        inner.end <= range.end &&
        range.end - range.start > inner.end - inner.start);
    if (isWider) nested.push(range);
  }
  return nested;
}
