import { describe, expect, it } from 'vitest';
import { closedConnection } from '../../../core/ssh/errors.ts';
import type { SshSession } from '../../../core/ssh/session.ts';
import { parseUpdates, watchUpdates } from '../../../core/monitor/watch/updates.ts';

const HOUR = 3_600_000;

/** A Pi that answers so to each count, and a watch over it with a clock of its own. */
function pi(...answers: readonly (string | Error)[]): {
  readonly after: (time: number, isPlanned?: boolean) => Promise<number | undefined>;
  readonly asked: () => number;
} {
  let [time, asked] = [0, 0];
  const exec = (): Promise<unknown> => {
    const answer = answers[asked++] ?? '';
    return typeof answer === 'string'
      ? Promise.resolve({ code: 0, stdout: answer, stderr: '' })
      : Promise.reject(answer);
  };
  const session = { exec } as unknown as SshSession; // nothing else of it is asked for
  const updates = watchUpdates({ monotonic: () => time, random: () => 0 });
  return {
    after: async (more, isPlanned = false) => {
      time += more;
      updates.now(session, isPlanned);
      await new Promise(setImmediate);
      return updates.now(session, isPlanned)?.pending;
    },
    asked: () => asked,
  };
}

describe('the updates of a Pi', () => {
  it('are counted not at once, then every six hours', async () => {
    const { after, asked } = pi('updates 12 0\n', 'updates 0 0\n');
    expect(await after(0)).toBeUndefined();
    expect(asked()).toBe(0);
    expect(await after(HOUR)).toBe(12);
    expect(await after(5 * HOUR)).toBe(12);
    expect(asked()).toBe(1);
    expect(await after(HOUR)).toBe(0);
  });

  it('are counted again after planned work, which may have been the upgrade', async () => {
    const { after } = pi('updates 12 0\n', 'updates 0 0\n');
    expect(await after(HOUR)).toBe(12);
    expect(await after(1000, true)).toBe(12);
    expect(await after(1000)).toBe(0);
  });

  it('are unknown where it does not tell, and asked for again after an hour', async () => {
    const target = { host: 'a', address: '10.0.0.7', port: 22, user: 'pi' };
    const { after, asked } = pi('', closedConnection(target), 'updates 3 0\n');
    expect(await after(HOUR)).toBeUndefined();
    expect(await after(HOUR)).toBeUndefined();
    expect(await after(HOUR)).toBe(3);
    expect(asked()).toBe(3);
  });

  it('are read from whatever comes', () => {
    expect(parseUpdates('motd\r\nupdates 7 2\r\n')).toEqual({ pending: 7, security: 2 });
    for (const text of [
      '',
      'updates',
      'updates x 1',
      'updates 7',
      'updates 12345678 0',
      'no updates 3 0',
    ]) {
      expect(parseUpdates(text)).toBeUndefined();
    }
  });
});
