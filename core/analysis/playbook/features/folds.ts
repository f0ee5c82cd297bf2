/** Plays, tasks, and what stands below a key; comments of several lines. */
import { nodesOf, type Range } from '../../../formats/playbook/node.ts';
import type { Fold } from '../../features.ts';
import { placed, type PlaybookFacts } from '../facts.ts';

export function folds(facts: PlaybookFacts): Fold[] {
  const { text } = facts;
  const found: Fold[] = [];
  const add = ({ start, end }: Range): void => {
    const last = start + text.slice(start, end).trimEnd().length;
    if (text.slice(start, last).includes('\n')) found.push({ start, end: last, kind: 'region' });
  };
  for (const play of facts.plays) add(play.range);
  for (const { item, start } of facts.items) {
    for (const task of item.tasks) add(placed(task, start));
    for (const root of item.roots) {
      for (const node of nodesOf(root)) {
        if (node.kind !== 'map') continue;
        for (const { key, value } of node.entries) {
          add(placed({ start: key.start, end: Math.max(key.end, value.end) }, start));
        }
      }
    }
  }
  for (const match of text.matchAll(/^[ \t]*#.*(?:\r?\n[ \t]*#.*)+/gm)) {
    found.push({ start: match.index, end: match.index + match[0].length, kind: 'comment' });
  }
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}
