/** Whether a TCP port opens: no login, and nothing is sent. */
import { connect } from 'node:net';
import { systemCode } from '../../errors.ts';

/** `refused`: the machine itself said that nobody listens, so it is there. */
export type Knock = 'open' | 'refused' | 'silent';

/** Resolves within `timeout` milliseconds; `silent` when the signal aborts. Never rejects. */
export function knock(
  address: string,
  port: number,
  { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal },
): Promise<Knock> {
  if (signal.aborted) return Promise.resolve('silent');
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (result: Knock): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(result);
    };
    const onAbort = (): void => end('silent');
    signal.addEventListener('abort', onAbort, { once: true });
    socket.setTimeout(timeout, () => end('silent'));
    socket.once('connect', () => end('open'));
    socket.once('error', (error) => {
      end(systemCode(error) === 'ECONNREFUSED' ? 'refused' : 'silent');
    });
  });
}
