import { stat } from 'node:fs/promises';
import { RpiError } from '../../errors.ts';
import { identityFile, loadIdentity } from '../../ssh/identity.ts';
import type { Check, Finding } from '../check.ts';

export const identityCheck: Check = {
  name: 'identity',
  why: 'The key that Pis let this project in by. ssh refuses one that others may read.',
  find: async ({ project, env, platform }): Promise<Finding> => {
    if (project === undefined) return { status: 'skipped', detail: 'not in a project' };
    const file = identityFile(project, env);
    try {
      const identity = await loadIdentity(project, env);
      if (identity === undefined) {
        return { status: 'warning', detail: 'not made yet', remedy: 'rpi access enroll makes it.' };
      }
      if (file === undefined) {
        return { status: 'ok', detail: `${identity.publicKeys.length} of the ssh agent` };
      }
    } catch (error) {
      if (!RpiError.is(error)) throw error;
      return { status: 'failed', detail: error.message, remedy: error.remedy };
    }
    const { mode } = await stat(file);
    return platform.system !== 'win32' && (mode & 0o077) !== 0
      ? {
          status: 'failed',
          detail: `others may read ${file} (mode ${(mode & 0o777).toString(8)})`,
          remedy: `chmod 600 ${file}`,
        }
      : { status: 'ok', detail: file };
  },
};
