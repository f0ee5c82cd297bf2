import { join } from 'node:path';
import type { Check, Finding } from '../check.ts';

export const projectCheck: Check = {
  name: 'project',
  why: 'rpi.yml says which Pis, playbooks and policies are meant.',
  find: ({ project, projectError }) => {
    const finding: Finding =
      projectError !== undefined
        ? { status: 'failed', detail: projectError.message, remedy: projectError.remedy }
        : project === undefined
          ? { status: 'skipped', detail: 'not in a project', remedy: 'rpi init DIR makes one.' }
          : { status: 'ok', detail: join(project.root, 'rpi.yml') };
    return Promise.resolve(finding);
  },
};
