/** Inventory files as they may be shown and journaled: without the secrets among the variables. */
import { isAlias, isNode, isScalar, visit, type Node } from 'yaml';
import { parseAnsibleYaml } from '../formats/inventory/ansible-yaml.ts';
import {
  HIDDEN_TEXT,
  hideAfter,
  hideRanges,
  holdsPrivateKey,
  type Range,
} from '../formats/redact.ts';

const SECRET = 'pass(?:word|phrase|wd)?|secret|token|psk';
const SECRET_NAME = new RegExp(SECRET, 'i');

/**
 * Hides the values of variables that are secret by their name, vault texts and private keys in a
 * YAML file. Every line stays a line, so that a diff tells the places of the file.
 */
export function redactInventory(text: string): string {
  const { document, faults } = parseAnsibleYaml(text);
  if (faults.length > 0) return HIDDEN_TEXT;
  const ranges: Range[] = [];
  const hide = (node: Node): void => {
    if (node.range) ranges.push({ start: node.range[0], end: node.range[1] });
  };
  visit(document, {
    Pair: (_key, { key, value }) => {
      if (!isScalar(key) || !SECRET_NAME.test(String(key.value)) || !isNode(value)) return;
      hide(value);
      const source = isAlias(value) ? value.resolve(document) : undefined;
      if (source !== undefined) hide(source);
    },
    Scalar: (_key, node) => {
      const isVault = node.tag === '!vault' || node.tag === '!vault-encrypted';
      if (isVault || holdsPrivateKey(node.source ?? '')) hide(node);
    },
  });
  const lines = withoutOverlaps(ranges).flatMap((range) => contentLines(text, range));
  return hideInComments(hideRanges(text, lines));
}

function contentLines(text: string, { start, end }: Range): Range[] {
  return [...text.slice(start, end).matchAll(/\S.*/g)].map((line) => ({
    start: start + line.index,
    end: start + line.index + line[0].length,
  }));
}

/** One may lie in another, or be hidden for two reasons. */
function withoutOverlaps(ranges: readonly Range[]): Range[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return sorted.filter((range) => {
    if (range.start < end) return false;
    end = range.end;
    return true;
  });
}

function hideInComments(text: string): string {
  return text.replace(/#.*/g, (comment) =>
    hideAfter(comment, `[\\w-]*(?:${SECRET})[\\w-]*["']?`, '\\s*[:=]\\s*', 'i'),
  );
}
