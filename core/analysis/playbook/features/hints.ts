/** How many hosts a play is for. */
import { RpiError } from '../../../errors.ts';
import type { Inventory } from '../../../inventory/host.ts';
import { selectHosts } from '../../../inventory/select.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import type { Hint } from '../../features.ts';
import type { PlaybookFacts } from '../facts.ts';
import { extractOf } from '../rules/project/project.ts';

const SHOWN = 20;

export function hints(facts: PlaybookFacts, project: AnsibleProject | undefined): Hint[] {
  if (project === undefined || !project.hosts.isComplete) return [];
  const { inventories } = project.hosts;
  return extractOf(facts).hosts.flatMap(({ end, pattern, isDynamic }): Hint[] => {
    if (isDynamic || pattern.trim() === 'localhost') return [];
    const names = new Set(inventories.flatMap((inventory) => selected(inventory, pattern)));
    if (names.size === 0) return [];
    const shown = [...names].slice(0, SHOWN).join(', ');
    return [
      {
        at: end,
        label: names.size === 1 ? '1 host' : `${names.size} hosts`,
        tooltip: names.size > SHOWN ? `${shown} and ${names.size - SHOWN} more` : shown,
      },
    ];
  });
}

function selected(inventory: Inventory, pattern: string): string[] {
  try {
    return selectHosts(inventory, pattern).map(({ name }) => name);
  } catch (error) {
    // It matches nothing, or is no pattern: a rule says so.
    if (error instanceof RpiError) return [];
    throw error;
  }
}
