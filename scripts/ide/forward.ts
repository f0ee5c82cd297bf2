/**
 * A loopback port in front of a Unix socket. The socket is a file, so whoever listens on it may be
 * in another network namespace (the lab's) while the browser stays in this one.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export type Forward = AsyncDisposable & {
  /** As in `http://127.0.0.1:41234/`. */
  readonly url: string;
};

/**
 * Listens on 127.0.0.1 only, on the first port that is free; 0 is any. It ends with
 * `Symbol.asyncDispose`.
 */
export async function forward(
  socketPath: string,
  ports: readonly number[] = [0],
): Promise<Forward> {
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ path: socketPath, allowHalfOpen: true });
    for (const socket of [client, target]) {
      open.add(socket);
      socket.setNoDelay(true);
      socket.once('close', () => open.delete(socket));
    }
    client.on('error', () => target.destroy());
    target.on('error', () => client.destroy());
    client.pipe(target).pipe(client);
  });
  const port = await listen(server, ports);
  return {
    url: `http://127.0.0.1:${port}/`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: Server, [port = 0, ...others]: readonly number[]): Promise<number> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    if (others.length === 0) throw error;
    return listen(server, others);
  }
  const address = server.address();
  return address === null || typeof address === 'string' ? port : address.port;
}
