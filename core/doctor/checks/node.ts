import { isAtLeast } from '../../ansible/find.ts';
import type { Check } from '../check.ts';
import { installCommand } from '../platform.ts';

/** As cli/rpi.ts checks it before anything else. */
export const OLDEST_NODE = '22.13';

export const nodeCheck: Check = {
  name: 'node',
  why: `rpi runs on Node ${OLDEST_NODE} or newer.`,
  find: ({ platform }) => {
    const version = process.versions.node;
    const recent = isAtLeast(version, OLDEST_NODE);
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
