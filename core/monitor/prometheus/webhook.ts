/** Alertmanager's webhook over HTTP: of this machine where no other address is named, by a token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { RpiError, reportOf } from '../../errors.ts';
import { listenAt, type ListenAddress } from '../listen.ts';
import { webhookMessage, type WebhookMessage } from './alerts.ts';

export type WebhookTools = {
  /** What has to be sent; read anew each time. May throw an RpiError: then nobody is let in. */
  readonly token: () => Promise<string>;
  /** True once it is kept. May throw an RpiError: Alertmanager is to send it again. */
  readonly take: (message: WebhookMessage) => Promise<boolean>;
};

export type Webhook = AsyncDisposable & {
  /** Listens where it does not yet; what keeps it from its work, in words. */
  readonly listen: () => Promise<string | undefined>;
};

export const WEBHOOK_PATH = '/alertmanager';

/** Bytes; an alert has about one thousand. */
const LONGEST_BODY = 4 * 1024 * 1024;
const CONNECTIONS = 16;

/** Listens from the first `listen` on, until it is disposed. */
export function createWebhook(address: ListenAddress, tools: WebhookTools): Webhook {
  let server: Server | undefined;
  let trouble: string | undefined;
  return {
    listen: async () => {
      if (server !== undefined) return trouble;
      const made = serverOf(tools, (what) => {
        trouble = what;
      });
      const failed = await listenAt(made, address);
      if (failed === undefined) server = made;
      const { host, port } = address;
      return failed === undefined
        ? undefined
        : `No webhook at ${host}:${port}: ${failed}. Change monitor.prometheus.webhook in rpi.yml.`;
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

function serverOf(tools: WebhookTools, tell: (trouble: string | undefined) => void): Server {
  const limits = { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 10_000 };
  const server = createServer(limits, (request, response) => {
    void answer(request, tools, tell).then(({ status, text, headers }) => {
      // Who was not read to the end is not listened to any longer.
      const ended = request.complete ? {} : { Connection: 'close' };
      response.writeHead(status, { 'Content-Type': 'text/plain', ...ended, ...headers });
      response.end(`${text}\n`);
    });
  });
  server.maxConnections = CONNECTIONS;
  return server;
}

type Reply = {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Never rejects. */
async function answer(
  request: IncomingMessage,
  { token, take }: WebhookTools,
  tell: (trouble: string | undefined) => void,
): Promise<Reply> {
  try {
    if (request.url !== WEBHOOK_PATH) return { status: 404, text: `See ${WEBHOOK_PATH}` };
    if (request.method !== 'POST') {
      return { status: 405, text: 'POST it', headers: { Allow: 'POST' } };
    }
    if (!isSame(request.headers.authorization ?? '', `Bearer ${await token()}`)) {
      tell('Alertmanager’s webhook was called with a wrong token, or with none.');
      return { status: 401, text: 'a wrong token', headers: { 'WWW-Authenticate': 'Bearer' } };
    }
    const body = await bodyOf(request);
    if (body === undefined) return { status: 413, text: 'too long' };
    const message = webhookMessage.safeParse(valueOf(body)).data;
    if (message === undefined) {
      tell('Alertmanager’s webhook was sent what is no message of version 4.');
      return { status: 400, text: 'not a message of version 4' };
    }
    if (!(await take(message))) return { status: 507, text: 'too many alerts' };
    tell(
      message.truncatedAlerts > 0
        ? `Alertmanager left ${message.truncatedAlerts} alerts out: take max_alerts out of its webhook.`
        : undefined,
    );
    return { status: 200, text: 'taken' };
  } catch (error) {
    // A connection that broke off, a file that can't be read or written: nothing was taken.
    tell(RpiError.is(error) ? reportOf(error).message : undefined);
    return { status: 503, text: 'not now' };
  }
}

/** By hashes: how long it takes says nothing of how much was right. */
function isSame(given: string, wanted: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(wanted));
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > LONGEST_BODY) return undefined;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const each of request) {
    const chunk: unknown = each;
    if (!Buffer.isBuffer(chunk)) continue; // without an encoding there is nothing else
    length += chunk.length;
    if (length > LONGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
