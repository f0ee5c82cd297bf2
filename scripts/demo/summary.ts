import { renderTable } from '../../cli/render/table.ts';
import type { Mark, WalkStep } from './walk.ts';

const SIGNS: Readonly<Record<Mark, string>> = {
  done: '✓',
  failed: '✗',
  skipped: 'skipped',
  locked: 'locked',
};

/** One line a machine and a column a step; below, what took how long and what was skipped. */
export function summary(
  steps: readonly WalkStep[],
  machines: readonly { readonly name: string; readonly what: string }[],
): string {
  const head = ['MACHINE', 'WHAT', ...steps.map(({ title }) => title.toUpperCase())];
  const rows = machines.map(({ name, what }) => [
    name,
    what,
    ...steps.map((step) => {
      if (step.skipped !== undefined) return SIGNS.skipped;
      const mark = step.marks.get(name);
      return mark === undefined ? '–' : SIGNS[mark];
    }),
  ]);
  const times = ['', 'seconds', ...steps.map(({ seconds }) => seconds.toFixed(1))];
  const skipped = steps.flatMap(({ title, skipped: why }) =>
    why === undefined ? [] : [`${title} was skipped: ${why}`],
  );
  return [renderTable(head, [...rows, times]), ...skipped].join('\n');
}
