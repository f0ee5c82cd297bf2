import { createServer, type AddressInfo } from 'node:net';

/** `wanted` where it is free on 127.0.0.1 and may be had, else a port that is. */
export async function freePort(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? (await tryPort(0)) ?? wanted;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const bound = server.address() as AddressInfo; // of a TCP server that listens
      server.close(() => resolve(bound.port));
    });
  });
}
