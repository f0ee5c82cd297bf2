/** Where the monitor's small HTTP servers listen. */
import type { Server } from 'node:http';
import { systemCode } from '../errors.ts';

export type ListenAddress = { readonly host: string; readonly port: number };

/** `9117`, `127.0.0.1:9117` or `[::1]:9117`: a port alone is of this machine only. */
export function listenAddress(given: string | number): ListenAddress {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d+)$/.exec(String(given)) ?? [];
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

/** Resolves with what kept it from listening, in words. It keeps no process alive. */
export async function listenAt(
  server: Server,
  { host, port }: ListenAddress,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.on('error', (error) => {
      resolve(systemCode(error) === 'EADDRINUSE' ? 'the port is in use' : error.message);
    });
    server.listen(port, host, () => {
      server.unref();
      resolve(undefined);
    });
  });
}
