import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { projectData } from '../../project/paths.ts';
import type { Check, Finding } from '../check.ts';

export const dataFolderCheck: Check = {
  name: 'data folder',
  why: 'Keys and known hosts are kept there: it must be writable, and yours alone.',
  find: async ({ project, env, platform }): Promise<Finding> => {
    const folder = project?.data ?? dirname(projectData('any', env).data);
    const existing = await nearestExisting(folder);
    try {
      await access(existing, constants.W_OK | constants.X_OK);
    } catch {
      return {
        status: 'failed',
        detail: `${existing} is not writable`,
        remedy: `Make it yours (sudo chown "$USER" ${existing}), or set XDG_DATA_HOME.`,
      };
    }
    if (existing !== folder) return { status: 'ok', detail: `${folder} (made when it is needed)` };
    const { mode } = await stat(folder);
    return platform.system !== 'win32' && (mode & 0o022) !== 0
      ? {
          status: 'failed',
          detail: `others may write to ${folder} (mode ${(mode & 0o777).toString(8)})`,
          remedy: `chmod 700 ${folder}`,
        }
      : { status: 'ok', detail: folder };
  },
};

async function nearestExisting(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      await stat(folder);
      return folder;
    } catch {
      if (dirname(folder) === folder) return folder;
    }
  }
}
