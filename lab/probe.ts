/** What answers on a machine's ssh port. */
import { connect } from 'node:net';

export type Answer =
  { kind: 'banner'; text: string } | { kind: 'silent' | 'refused' | 'unreachable' };

/** Connects and reads the greeting; `silent` when the connection stands and says nothing for two seconds. */
export async function probe(address: string, signal?: AbortSignal, port = 22): Promise<Answer> {
  return await new Promise<Answer>((resolve) => {
    const socket = connect({ host: address, port });
    let connected = false;
    let text = '';
    const finish = (answer: Answer) => {
      socket.destroy();
      signal?.removeEventListener('abort', stop);
      resolve(answer);
    };
    const stop = () => finish({ kind: 'unreachable' });
    signal?.addEventListener('abort', stop);
    socket.setTimeout(2000, () => finish({ kind: connected ? 'silent' : 'unreachable' }));
    socket.on('connect', () => (connected = true));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      finish({ kind: error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable' }),
    );
    socket.on('close', () => finish({ kind: 'unreachable' }));
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      const line = /^(SSH-[^\r\n]*)\r?\n/m.exec(text)?.[1];
      if (line !== undefined) finish({ kind: 'banner', text: line });
    });
  });
}
