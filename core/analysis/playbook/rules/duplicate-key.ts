/** A key that is there twice: the last one counts. */
import type { Range, YamlNode } from '../../../formats/playbook/node.ts';
import type { Draft } from '../../rule.ts';
import type { TaskFileRule } from '../items.ts';

export const duplicateKey: TaskFileRule = {
  code: 'duplicate-key',
  check({ roots }) {
    const drafts: Draft[] = [];
    for (const root of roots) collect(root, drafts);
    return drafts;
  },
};

/** Not a generator: it goes through every node of the document. */
function collect(node: YamlNode, drafts: Draft[]): void {
  if (node.kind === 'sequence') {
    for (const item of node.items) collect(item, drafts);
  }
  if (node.kind !== 'map') return;
  const seen = new Map<string, Range>();
  for (const { key, name, value } of node.entries) {
    collect(value, drafts);
    if (key.kind !== 'scalar' || key.end === key.start || name === '<<') continue;
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, key);
      continue;
    }
    const related = [{ message: 'the first one', start: first.start, end: first.end }];
    const message = `“${name}” is there twice: only this one counts.`;
    drafts.push({ start: key.start, end: key.end, related, message });
  }
}
