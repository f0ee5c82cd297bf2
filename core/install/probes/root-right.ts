import type { MachineInput, Probe } from '../probe.ts';

export const rootRightProbe: Probe<MachineInput> = {
  name: 'root',
  why: 'Only root writes to the boot partition and reboots; nobody is there to type a password.',
  find: ({ host, facts }) =>
    facts.root
      ? { status: 'ok', detail: `${host.user ?? 'the user'} is root, or becomes it by sudo` }
      : {
          status: 'failed',
          detail: `${host.user ?? 'the user'} can’t become root without a password`,
          remedy: `Log in as one who can (ansible_user), or give sudo: rpi access enroll ${host.name}`,
        },
};
