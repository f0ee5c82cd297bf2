/** `/metrics` over HTTP: read-only, for whoever reaches the address of `monitor.metrics`. */
import { createServer, type Server } from 'node:http';
import { isMeant, listenAt, type ListenAddress } from '../listen.ts';
import { CONTENT_TYPE } from './exposition.ts';

export type MetricsServer = AsyncDisposable & {
  /** Listens where it does not yet; what keeps it from that, in words. */
  readonly listen: () => Promise<string | undefined>;
};

/** A scraper keeps one connection; a page may be open beside it. */
const CONNECTIONS = 16;
/** The text is made at most once in this time; milliseconds. */
const FRESH = 1000;

/** Serves what `text` gives, from the first `listen` on, until it is disposed. */
export function createMetricsServer(
  address: ListenAddress | undefined,
  text: () => string,
): MetricsServer {
  let server: Server | undefined;
  return {
    listen: async () => {
      if (address === undefined || server !== undefined) return undefined;
      const made = serverOf(address, text);
      const failed = await listenAt(made, address);
      if (failed === undefined) server = made;
      const { host, port } = address;
      return failed === undefined
        ? undefined
        : `No metrics at ${host}:${port}: ${failed}. Change monitor.metrics in rpi.yml.`;
    },
    [Symbol.asyncDispose]: async () => {
      const open = server;
      if (open === undefined) return;
      open.closeAllConnections();
      await new Promise<void>((resolve) => {
        open.close(() => {
          resolve();
        });
      });
    },
  };
}

function serverOf(address: ListenAddress, text: () => string): Server {
  let made: { readonly at: number; readonly body: Buffer } | undefined;
  const bodyNow = (): Buffer => {
    const at = performance.now();
    if (made === undefined || at - made.at > FRESH) made = { at, body: Buffer.from(text()) };
    return made.body;
  };
  const limits = { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 5000 };
  const server = createServer({ ...limits, keepAliveTimeout: 120_000 }, (request, response) => {
    request.resume(); // a body is not read
    const path = request.url?.split('?')[0];
    if (!isMeant(request.headers.host, address)) {
      const text = 'Ask by 127.0.0.1 or localhost.\n';
      response.writeHead(421, { 'Content-Type': 'text/plain', Connection: 'close' }).end(text);
    } else if (request.method !== 'GET') {
      response.writeHead(405, { Allow: 'GET', Connection: 'close' }).end();
    } else if (path === '/metrics') {
      const body = bodyNow();
      const headers = { 'Content-Type': CONTENT_TYPE, 'Content-Length': body.length };
      response.writeHead(200, headers).end(body);
    } else {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('See /metrics\n');
    }
  });
  server.maxConnections = CONNECTIONS;
  return server;
}
