import { powerOf } from '../../monitor/judge.ts';
import type { MachineInput, Probe } from '../probe.ts';

export const powerProbe: Probe<MachineInput> = {
  name: 'power',
  why: 'A Pi with too little voltage corrupts its card when it writes much, as an installation does.',
  find: ({ vitals = {} }) => {
    const { state, what } = powerOf(vitals);
    switch (state) {
      case 'unknown':
        return {
          status: 'skipped',
          detail: 'neither its firmware nor a sensor tells of its voltage',
        };
      case 'ok':
        return { status: 'ok', detail: 'no under-voltage since it was started' };
      case 'earlier':
        return {
          status: 'warning',
          detail: `since it was started: ${what.join(', ')}`,
          remedy: 'A stronger power supply or a shorter cable; rpi monitor --once shows it.',
        };
      case 'now':
        return what.includes('under-voltage')
          ? {
              status: 'failed',
              detail: `now: ${what.join(', ')}`,
              remedy: 'Give it a stronger power supply or a shorter cable, then try again.',
            }
          : { status: 'warning', detail: `now: ${what.join(', ')}`, remedy: 'Let it cool down.' };
    }
  },
};
