/** Marks values that are secret, and those that only say what is the default anyway. */
import type { Token } from '../features.ts';
import type { InstallerFacts } from './facts.ts';

export function tokens({ dialect, statements }: InstallerFacts): Token[] {
  return statements.flatMap((statement): Token[] => {
    if (statement.kind !== 'assignment') return [];
    const { name, value, valueRange } = statement;
    const option = dialect.option(name);
    if (option === undefined || valueRange.start === valueRange.end) return [];
    const isDefault = value !== undefined && value === option.default;
    if (option.secret !== true && !isDefault) return [];
    return [
      {
        ...valueRange,
        type: option.secret === true ? 'rpiSecret' : 'rpiValue',
        modifiers: isDefault ? ['rpiDefault'] : [],
      },
    ];
  });
}
