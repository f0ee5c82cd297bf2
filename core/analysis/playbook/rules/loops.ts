/** Loops over a name instead of what it stands for, and two loops in a task. */
import { resolved, type ScalarNode, type YamlNode } from '../../../formats/playbook/node.ts';
import { replace } from '../edits.ts';
import type { TaskFileRule } from '../items.ts';
import { tasksIn } from '../tasks.ts';

/** Their value is data, not the name of a file or a command. */
const OVER_DATA = new Set(
  [
    'items',
    'list',
    'dict',
    'nested',
    'together',
    'subelements',
    'flattened',
    'indexed_items',
    'random_choice',
    'cartesian',
  ].map((name) => `with_${name}`),
);

export const bareLoopVariable: TaskFileRule = {
  code: 'bare-loop-variable',
  *check(item) {
    for (const { keywords } of tasksIn(item)) {
      for (const [name, { value }] of keywords) {
        if (!OVER_DATA.has(name) && name !== 'loop') continue;
        const scalar = bareWord(value);
        if (scalar === undefined) continue;
        const { start, end, text } = scalar;
        const fixed = `"{{ ${text} }}"`;
        const fixes = [
          { title: `Write ${fixed}`, edits: [replace(scalar, fixed)], preferred: true },
        ];
        yield {
          start,
          end,
          fixes,
          message: `This loops over the word “${text}”: a variable needs {{ }}.`,
        };
      }
    }
  },
};

/** A value without quotes and braces that reads like the name of a variable. */
export function bareWord(value: YamlNode): ScalarNode | undefined {
  const node = resolved(value);
  if (node.kind !== 'scalar' || node.style !== 'plain' || node.unreadable === true)
    return undefined;
  const isName = /^[A-Za-z_]\w*(?:\.\w+|\[[^\]]*\])*$/.test(node.text);
  return isName && typeof node.value === 'string' ? node : undefined;
}

export const twoLoops: TaskFileRule = {
  code: 'two-loops',
  *check(item) {
    for (const { keywords } of tasksIn(item)) {
      const loops = [...keywords].filter(([name]) => name === 'loop' || name.startsWith('with_'));
      const [first] = loops;
      for (const [name, { key }] of loops.slice(1)) {
        if (first === undefined) continue;
        const related = [{ message: first[0], start: first[1].key.start, end: first[1].key.end }];
        yield {
          start: key.start,
          end: key.end,
          related,
          message: `“${name}” is a second loop: a task has one.`,
        };
      }
    }
  },
};
