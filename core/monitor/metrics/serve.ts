/** `/metrics` over HTTP: read-only, for whoever reaches the address of `monitor.metrics`. */
import { createServer, type Server } from 'node:http';
import { systemCode } from '../../errors.ts';
import { CONTENT_TYPE } from './exposition.ts';

export type MetricsAddress = { readonly host: string; readonly port: number };

/** `9117`, `127.0.0.1:9117` or `[::1]:9117`: a port alone is of this machine only. */
export function metricsAddress(given: string | number): MetricsAddress {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d+)$/.exec(String(given)) ?? [];
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

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
  address: MetricsAddress | undefined,
  text: () => string,
): MetricsServer {
  let server: Server | undefined;
  return {
    listen: async () => {
      if (address === undefined || server !== undefined) return undefined;
      const made = serverOf(text);
      const failed = await started(made, address);
      if (failed === undefined) server = made;
      return failed;
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

function serverOf(text: () => string): Server {
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
    if (request.method !== 'GET') {
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

async function started(
  server: Server,
  { host, port }: MetricsAddress,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.on('error', (error) => {
      const why = systemCode(error) === 'EADDRINUSE' ? 'the port is in use' : error.message;
      resolve(`No metrics at ${host}:${port}: ${why}. Change monitor.metrics in rpi.yml.`);
    });
    server.listen(port, host, () => {
      server.unref();
      resolve(undefined);
    });
  });
}
