import { RpiError } from '../../errors.ts';
import { loadInventory } from '../../inventory/load.ts';
import type { Check } from '../check.ts';

export const inventoryCheck: Check = {
  name: 'inventory',
  why: 'Every command but detect works on the hosts it lists.',
  find: async ({ project, env, signal }) => {
    if (project === undefined) return { status: 'skipped', detail: 'not in a project' };
    try {
      const { hosts } = await loadInventory(project, { env, signal });
      return { status: 'ok', detail: `${hosts.length} host${hosts.length === 1 ? '' : 's'}` };
    } catch (error) {
      if (!RpiError.is(error)) throw error;
      return { status: 'failed', detail: error.message, remedy: error.remedy };
    }
  },
};
