/** What can be done with a playbook, above its plays. */
import type { Lens } from '../../features.ts';
import type { PlaybookFacts } from '../facts.ts';

export function lenses({ kind, plays }: PlaybookFacts): Lens[] {
  if (kind !== 'playbook') return [];
  return plays.flatMap(({ range, keywords }): Lens[] => {
    if (!keywords.has('hosts') && !keywords.has('import_playbook')) return [];
    const at = { start: range.start, end: range.start };
    return [
      { range: at, title: 'Run', runs: 'all' },
      { range: at, title: 'Check', runs: 'check' },
      { range: at, title: 'On a group…', runs: 'group' },
    ];
  });
}
