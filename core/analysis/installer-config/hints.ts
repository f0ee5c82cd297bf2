/** The default that an empty value takes, shown where the value would stand. */
import { effectiveSetting } from '../../formats/installer-config/effective.ts';
import type { Hint } from '../features.ts';
import type { InstallerFacts } from './facts.ts';

export function hints({ dialect, settings, end }: InstallerFacts): Hint[] {
  const found: Hint[] = [];
  for (const [name, assignment] of settings.assignments) {
    const option = dialect.option(name);
    if (option === undefined || assignment.value !== '' || assignment.append) continue;
    if (end !== undefined && assignment.range.start >= end.at) continue;
    const { value, origin } = effectiveSetting(settings, dialect, option);
    if (origin.kind === 'file' || value === undefined || value === '') continue;
    found.push({
      at: assignment.valueRange.end,
      label: value,
      tooltip:
        origin.kind === 'other'
          ? `${origin.name} decides: the installer takes this value.`
          : 'It is empty, so the installer takes its default.',
    });
  }
  return found.sort((a, b) => a.at - b.at);
}
