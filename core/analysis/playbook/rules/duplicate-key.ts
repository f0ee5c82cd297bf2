/** A key that is there twice: the last one counts. */
import type { Entry, YamlNode } from '../../../formats/playbook/node.ts';
import type { Draft } from '../../rule.ts';
import { removeEntry } from '../edits.ts';
import type { TaskFileRule } from '../items.ts';

export const duplicateKey: TaskFileRule = {
  code: 'duplicate-key',
  check({ roots, text }) {
    const drafts: Draft[] = [];
    for (const root of roots) collect(root, text, drafts);
    return drafts;
  },
};

/** Not a generator: it goes through every node of the document. */
function collect(node: YamlNode, text: string, drafts: Draft[]): void {
  if (node.kind === 'sequence') {
    for (const item of node.items) collect(item, text, drafts);
  }
  if (node.kind !== 'map') return;
  const seen = new Map<string, Entry>();
  for (const entry of node.entries) {
    const { key, name, value } = entry;
    collect(value, text, drafts);
    if (key.kind !== 'scalar' || key.end === key.start || name === '<<') continue;
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, entry);
      continue;
    }
    const { start, end } = first.key;
    drafts.push({
      start: key.start,
      end: key.end,
      related: [{ message: 'the first one', start, end }],
      message: `“${name}” is there twice: only this one counts.`,
      ...removal(text, first),
    });
  }
}

/**
 * To take away what is lost changes nothing of what runs. It is nobody's “fix all”: both may have
 * been meant, as of two conditions.
 */
function removal(text: string, lost: Entry): Pick<Draft, 'fixes'> {
  const { value } = lost;
  const isBlock = value.kind === 'scalar' && ['literal', 'folded'].includes(value.style);
  const edit = isBlock || value.kind === 'sequence' ? undefined : removeEntry(text, lost);
  if (edit === undefined) return {};
  return { fixes: [{ title: 'Remove the first one, which is lost', edits: [edit] }] };
}
