import { RpiError } from '../../errors.ts';
import { findServiceNode } from '../../monitor/service/node.ts';
import type { Check } from '../check.ts';

export const serviceNodeCheck: Check = {
  name: 'service node',
  why: 'rpi monitor service install runs the monitor on it, also when no editor is open.',
  find: async ({ env, signal, platform }) => {
    if (platform.system !== 'linux') return { status: 'skipped', detail: 'for systemd alone' };
    try {
      const { path, version } = await findServiceNode({ env, signal });
      return { status: 'ok', detail: `${version} (${path})` };
    } catch (error) {
      if (!RpiError.is(error, 'node.too-old')) throw error;
      return { status: 'warning', detail: error.message, remedy: error.remedy };
    }
  },
};
