import type { MachineInput, Probe } from '../probe.ts';

export const packageOperationProbe: Probe<MachineInput> = {
  name: 'packages',
  why: 'A package operation may be writing kernels and boot files at this moment.',
  find: ({ facts }) =>
    facts.busy.length === 0
      ? { status: 'ok', detail: 'no package operation is running' }
      : {
          status: 'failed',
          detail: `${facts.busy.join(', ')} ${facts.busy.length === 1 ? 'is' : 'are'} running`,
          remedy: 'Wait until it is done.',
        },
};
