import type { Check } from '../check.ts';
import { installCommand } from '../platform.ts';

export const OLDEST_NODE = 20;

export const nodeCheck: Check = {
  name: 'node',
  why: `rpi runs on Node ${OLDEST_NODE} or newer.`,
  find: ({ platform }) => {
    const version = process.versions.node;
    const recent = Number.parseInt(version, 10) >= OLDEST_NODE;
    return Promise.resolve(
      recent
        ? { status: 'ok', detail: `${version} (${process.execPath})` }
        : {
            status: 'failed',
            detail: `${version} is too old`,
            remedy: installCommand(platform, { any: 'nodejs', brew: 'node' }),
          },
    );
  },
};
