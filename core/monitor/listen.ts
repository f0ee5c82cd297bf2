/** Where the monitor's small HTTP servers listen. */
import type { Server } from 'node:http';
import { isIPv4 } from 'node:net';
import { systemCode } from '../errors.ts';

export type ListenAddress = { readonly host: string; readonly port: number };

/** `9117`, `127.0.0.1:9117` or `[::1]:9117`: a port alone is of this machine only. */
export function listenAddress(given: string | number): ListenAddress {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d+)$/.exec(String(given)) ?? [];
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

/**
 * Whether a request may be answered by its Host header. One who listens on this machine alone is
 * called by an address of it or `localhost`: another name is a web page's, which has let its own
 * name point here to read what its reader's browser can reach (DNS rebinding). Where others are
 * let in anyway, any name may be right.
 */
export function isMeant(host: string | undefined, { host: listening }: ListenAddress): boolean {
  if (!isLocal(listening)) return true;
  const name = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host ?? '')?.[1] ?? '';
  return (
    name.toLowerCase() === listening.toLowerCase() || isLocal(name.replace(/^\[(.*)\]$/, '$1'))
  );
}

function isLocal(host: string): boolean {
  return (
    /^localhost\.?$/i.test(host) || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
  );
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
