import { setTimeout as delay } from 'node:timers/promises';
import { cancelled } from '../errors.ts';
import type { Clock } from './operation.ts';

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (milliseconds, signal) => {
    try {
      await delay(milliseconds, undefined, { signal });
    } catch {
      throw cancelled();
    }
  },
};
