import { cancelled } from '../../../../core/errors.ts';
import type { Notification } from '../../../../core/monitor/decisions/notify/notification.ts';

const AT = '2026-11-22T08:00:00.000Z';

/** Time that passes only by hand: whoever sleeps is woken by `wake`. */
export function handClock() {
  const sleepers: (() => void)[] = [];
  const pauses: number[] = [];
  let now = Date.parse(AT);
  return {
    pauses,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    wake: () => sleepers.splice(0).forEach((each) => each()),
    clock: {
      now: () => now,
      sleep: (milliseconds: number, signal: AbortSignal) =>
        new Promise<void>((resolve, reject) => {
          pauses.push(milliseconds);
          sleepers.push(resolve);
          signal.addEventListener('abort', () => reject(cancelled()), { once: true });
        }),
    },
  };
}

/** That a Pi has failed, or is healthy again. */
export function alertOf(host: string, status: Notification['status']): Notification {
  return {
    ...{ kind: 'failed', status, title: `${host}: ${status}`, text: '', at: AT },
    alerts: [{ key: `failed ${host}`, kind: 'failed', host, summary: '', startsAt: AT }],
  };
}
