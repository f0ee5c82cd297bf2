import { findAnsible, isAtLeast, OLDEST_ANSIBLE } from '../../ansible/find.ts';
import { RpiError } from '../../errors.ts';
import type { Check, Finding } from '../check.ts';
import { installCommand } from '../platform.ts';

export const ansibleCheck: Check = {
  name: 'ansible-playbook',
  why: 'rpi provision and rpi deploy run it.',
  find: async ({ project, env, platform }): Promise<Finding> => {
    const install = installCommand(platform, {
      any: 'ansible',
      apt: 'ansible-core',
      dnf: 'ansible-core',
    });
    try {
      const found = await findAnsible(project, env);
      if (found === undefined) {
        return {
          status: 'failed',
          detail: 'not found in a venv, by pipx or on the PATH',
          remedy: install,
        };
      }
      const where = `${found.version} (${found.playbook}, by ${found.source})`;
      return isAtLeast(found.version, OLDEST_ANSIBLE)
        ? { status: 'ok', detail: where }
        : {
            status: 'failed',
            detail: `${where} is older than ${OLDEST_ANSIBLE}`,
            remedy: 'pipx install ansible-core',
          };
    } catch (error) {
      if (!RpiError.is(error)) throw error;
      return { status: 'failed', detail: error.message, remedy: error.remedy };
    }
  },
};
