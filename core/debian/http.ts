/** Reading from an archive's server as apt does: redirects followed, an apt cache in between or not. */
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { cancelled, systemCode } from '../errors.ts';

export type Answer =
  | { readonly type: 'ok'; readonly body: AsyncIterable<Uint8Array> & { destroy: () => unknown } }
  | { readonly type: 'status'; readonly status: number }
  /** Of name, connection or time; `why` for people. */
  | { readonly type: 'failed'; readonly why: string };

export type HttpOptions = {
  readonly signal: AbortSignal;
  /** `host:port` of an apt cache that plain http goes through. */
  readonly cache: string | undefined;
};

/** Milliseconds without a byte. */
const PATIENCE = 20_000;
const REDIRECTS = 5;
/** Milliseconds before each further try at who hung up, or is too busy. */
const PAUSES = [300, 1500];

/** Statuses by which a server says that it does not have a file; any other is a fault of its. */
export function isAbsent(status: number): boolean {
  return status === 404 || status === 410 || status === 403;
}

/** Asks for a URL. Throws `run.cancelled` only. */
export async function openUrl(url: string, options: HttpOptions): Promise<Answer> {
  let at = new URL(url);
  for (let turn = 0; turn <= REDIRECTS; turn++) {
    let response: IncomingMessage;
    try {
      response = await askAgain(at, options);
    } catch (error) {
      if (options.signal.aborted) throw cancelled();
      return { type: 'failed', why: reasonOf(error) };
    }
    const { statusCode: status = 0, headers } = response;
    if (status === 200) return { type: 'ok', body: response };
    response.resume();
    if (status < 300 || status >= 400 || headers.location === undefined) {
      return { type: 'status', status };
    }
    if (!URL.canParse(headers.location, at.href)) return { type: 'status', status };
    at = new URL(headers.location, at.href);
  }
  return { type: 'failed', why: 'it sends in circles' };
}

/** The whole text of a small file; undefined with the reason where it can't be had. */
export async function readUrl(
  url: string,
  options: HttpOptions & { readonly largest: number },
): Promise<{ readonly type: 'ok'; readonly text: string } | Exclude<Answer, { type: 'ok' }>> {
  const answer = await openUrl(url, options);
  if (answer.type !== 'ok') return answer;
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of answer.body) {
      parts.push(part);
      size += part.length;
      if (size <= options.largest) continue;
      answer.body.destroy();
      return { type: 'failed', why: 'the file is far too large' };
    }
  } catch (error) {
    if (options.signal.aborted) throw cancelled();
    return { type: 'failed', why: reasonOf(error) };
  }
  return { type: 'ok', text: Buffer.concat(parts).toString('utf8') };
}

/** A connection that was kept may be gone by the time it is used, of ours or between a cache and its mirror. */
async function askAgain(url: URL, options: HttpOptions): Promise<IncomingMessage> {
  for (let turn = 0; ; turn++) {
    const pause = PAUSES[turn];
    try {
      const response = await ask(url, options);
      const { statusCode = 0 } = response;
      if (pause === undefined || (statusCode < 500 && statusCode !== 429)) return response;
      response.resume();
    } catch (error) {
      if (pause === undefined || systemCode(error) !== 'ECONNRESET') throw error;
    }
    await delay(pause, undefined, { signal: options.signal });
  }
}

function ask(url: URL, { signal, cache }: HttpOptions): Promise<IncomingMessage> {
  const headers = { 'user-agent': 'rpi (raspberry-pi-orchestration)', host: url.host };
  return new Promise((resolve, reject) => {
    const options = { signal, headers, timeout: PATIENCE };
    const isCached = cache !== undefined && url.protocol === 'http:';
    const [, host, port] = /^(.*):(\d+)$/.exec(cache ?? '') ?? [];
    const request = isCached
      ? requestHttp({ ...options, host, port, path: url.href })
      : url.protocol === 'https:'
        ? requestHttps(url, options)
        : requestHttp(url, options);
    request.once('response', resolve);
    request.once('error', reject);
    request.once('timeout', () => request.destroy(new Error('no answer in time')));
    request.end();
  });
}

/** Why a request or its body failed, in words. */
export function reasonOf(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name can’t be resolved';
    case 'ECONNREFUSED':
      return 'nobody listens there';
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'there is no way to it';
    case 'ECONNRESET':
      return 'it hung up';
    default:
      return error instanceof Error ? (systemCode(error) ?? error.message) : 'no answer';
  }
}
