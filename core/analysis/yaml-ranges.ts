/** What of a YAML text can be folded and selected. */
import { nodesOf, type Range } from '../formats/playbook/node.ts';
import { parseYamlNodes } from '../formats/playbook/yaml-nodes.ts';
import type { Fold, TextRange } from './features.ts';

/** Each key with what stands below it; comments of several lines. */
export function yamlFolds(text: string): Fold[] {
  const found: Fold[] = [...commentFolds(text)];
  for (const range of entriesOf(text)) {
    const end = range.start + text.slice(range.start, range.end).trimEnd().length;
    if (text.slice(range.start, end).includes('\n')) {
      found.push({ start: range.start, end, kind: 'region' });
    }
  }
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}

export function commentFolds(text: string): Fold[] {
  return [...text.matchAll(/^[ \t]*[#;].*(?:\r?\n[ \t]*[#;].*)+/gm)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    kind: 'comment',
  }));
}

/** From the word to the document, each within the next. */
export function yamlSelections(text: string, offset: number): TextRange[] {
  const { roots } = parseYamlNodes(text);
  return nested([...roots.flatMap((root) => [...nodesOf(root)]), ...entriesOf(text)], text, offset);
}

/** Those of the ranges that are around the offset, and the word there. */
export function nested(ranges: Iterable<Range>, text: string, offset: number): TextRange[] {
  const before = /[\w.-]*$/.exec(text.slice(Math.max(0, offset - 200), offset))?.[0].length ?? 0;
  const after = /^[\w.-]*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0;
  const around = [
    { start: offset - before, end: offset + after },
    ...[...ranges].map(({ start, end }) => ({ start, end })),
    { start: 0, end: text.length },
  ]
    .filter(({ start, end }) => start <= offset && offset <= end && start < end)
    .sort((a, b) => a.end - a.start - (b.end - b.start));
  const chain: TextRange[] = [];
  for (const range of around) {
    const inner = chain.at(-1);
    const isWider =
      inner === undefined ||
      (range.start <= inner.start &&
        inner.end <= range.end &&
        range.end - range.start > inner.end - inner.start);
    if (isWider) chain.push(range);
  }
  return chain;
}

/** From each key to the end of its value. */
function* entriesOf(text: string): Generator<Range> {
  for (const root of parseYamlNodes(text).roots) {
    for (const node of nodesOf(root)) {
      if (node.kind !== 'map') continue;
      for (const { key, value } of node.entries) {
        yield { start: key.start, end: Math.max(key.end, value.end) };
      }
    }
  }
}
