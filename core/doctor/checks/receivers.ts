import { receiverFault } from '../../monitor/decisions/notify/send.ts';
import type { Check } from '../check.ts';

export const receiversCheck: Check = {
  name: 'notifications',
  why: 'Whom the monitor can’t tell learns of no failure.',
  find: async ({ project }) => {
    if (project === undefined) return { status: 'skipped', detail: 'no project here' };
    const receivers = project.config.monitor.notify;
    if (receivers.length === 0) return { status: 'ok', detail: 'nobody is to be told' };
    const about = { root: project.root, project: project.config.id };
    const faults = await Promise.all(receivers.map((each) => receiverFault(each, about)));
    const [fault] = faults.filter((each) => each !== undefined);
    return fault === undefined
      ? { status: 'ok', detail: `the files of monitor.notify can be used (${receivers.length})` }
      : { status: 'warning', detail: fault.message, remedy: fault.remedy };
  },
};
