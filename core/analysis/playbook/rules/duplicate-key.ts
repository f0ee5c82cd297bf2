/** A key that is there twice: the last one counts. */
import { nodesOf } from '../../../formats/playbook/node.ts';
import type { TaskFileRule } from '../items.ts';

export const duplicateKey: TaskFileRule = {
  code: 'duplicate-key',
  *check({ roots }) {
    for (const root of roots) {
      for (const node of nodesOf(root)) {
        if (node.kind !== 'map') continue;
        const seen = new Map<string, { readonly start: number; readonly end: number }>();
        for (const { key, name } of node.entries) {
          const first = seen.get(name);
          if (first !== undefined && name !== '<<') {
            const { start, end } = key;
            const related = [{ message: 'the first one', start: first.start, end: first.end }];
            yield {
              start,
              end,
              related,
              message: `“${name}” is there twice: only this one counts.`,
            };
          }
          if (key.kind === 'scalar' && key.end > key.start) seen.set(name, first ?? key);
        }
      }
    }
  },
};
