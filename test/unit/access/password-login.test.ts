import { afterEach, describe, expect, it, vi } from 'vitest';
import { switchPasswordsOff } from '../../../core/access/password-login.ts';
import { cancelled, RpiError } from '../../../core/errors.ts';
import { generateKeyPair } from '../../../core/formats/ssh-key.ts';
import { systemClock } from '../../../core/runs/clock.ts';
import type { SshSession } from '../../../core/ssh/session.ts';

/** A Pi whose open session goes on, and what was done by it. */
function piThatDoes(done: string[]): SshSession {
  return {
    target: { host: 'pi1', address: '10.0.0.1', port: 22, user: 'root' },
    hostKey: generateKeyPair('').publicKey,
    login: { type: 'password', password: '' },
    methods: [],
    exec: (_command, { stdin = '', signal }) => {
      if (signal.aborted) return Promise.reject(cancelled());
      const main = stdin.slice(stdin.lastIndexOf('main() {'));
      done.push(/^ {2}(passwords_\w+)/m.exec(main)?.[1] ?? '');
      return Promise.resolve({ code: 0, stdout: 'rpi:begin\nrpi:done\n', stderr: '' });
    },
    dialogue: () => Promise.reject(new Error('nothing is kept running')),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const until = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const stop = (): void => reject(cancelled());
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop);
  });

afterEach(() => {
  vi.restoreAllMocks();
});

describe('switching passwords off', () => {
  it('is taken back at once where the Pi takes no new connection any more', async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 1000));
    const done: string[] = [];
    let first = true;
    const reconnect = (signal: AbortSignal): Promise<readonly string[]> => {
      if (!first) return until(signal);
      first = false;
      return Promise.resolve(['publickey', 'password']);
    };
    const result = switchPasswordsOff(
      piThatDoes(done),
      'root',
      { type: 'is-root' },
      reconnect,
      systemClock,
    );
    await expect(result).rejects.toMatchObject({ code: 'access.setup-failed' });
    await expect(result).rejects.toSatisfy((error) => RpiError.is(error));
    expect(done).toEqual(['passwords_off', 'passwords_restore']);
  });

  it('calls off the guard of an earlier run where passwords are off already', async () => {
    const done: string[] = [];
    const reconnect = () => Promise.resolve(['publickey']);
    await switchPasswordsOff(piThatDoes(done), 'root', { type: 'is-root' }, reconnect, systemClock);
    expect(done).toEqual(['passwords_keep_off']);
  });
});
