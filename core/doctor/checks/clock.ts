import type { Check } from '../check.ts';

/** This version of rpi was not yet written then. */
const EARLIEST = Date.UTC(2025, 0, 1);

export const clockCheck: Check = {
  name: 'clock',
  why: 'With a wrong clock signatures of packages look invalid, and runs are sorted wrongly.',
  find: ({ now }) => {
    const shown = new Date(now).toISOString().slice(0, 16);
    return Promise.resolve(
      now < EARLIEST
        ? { status: 'failed', detail: `it says ${shown}`, remedy: 'sudo timedatectl set-ntp true' }
        : { status: 'ok', detail: `${shown} UTC` },
    );
  },
};
