/** Where the monitor's small HTTP servers listen. */
import type { Server } from 'node:http';
import { systemCode } from '../errors.ts';

export type ListenAddress = { readonly host: string; readonly port: number };

/** `9117`, `127.0.0.1:9117` or `[::1]:9117`: a port alone is of this machine only. */
export function listenAddress(given: string | number): ListenAddress {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d+)$/.exec(String(given)) ?? [];
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

/**
 * Whether a request was meant for it. What listens on this machine alone is asked by an address, or
 * as localhost: any other name is one that a web page has made to mean this machine (DNS rebinding),
 * to read what only this machine may read.
 */
export function isMeant({ host }: ListenAddress, asked: string | undefined): boolean {
  if (!/^(127\.|::1$|localhost$)/.test(host)) return true;
  const name = (asked ?? '').replace(/:\d+$/, '').toLowerCase();
  return /^(\[[\da-f:.]+\]|\d+(\.\d+){3}|(.+\.)?localhost)$/.test(name);
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
