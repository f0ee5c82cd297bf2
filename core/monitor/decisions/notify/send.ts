/** Tells one receiver, once. Addresses and tokens may be secrets: they stand in no error. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cancelled, RpiError, systemCode } from '../../../errors.ts';
import type { Notifier } from '../../../project/monitor-policy.ts';
import { deadline } from '../../../runs/deadline.ts';
import type { Clock } from '../../../runs/operation.ts';
import type { Notification } from './notification.ts';
import type { Message, Receiver } from './sender.ts';
import { SENDERS } from './senders.ts';

/** Milliseconds for one try. */
const PATIENCE = 10_000;
/** Too early, too slow, too often: not what a refusal is. */
const AGAIN = new Set([408, 425, 429]);

export type SendContext = {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** The project's folder, which files are relative to, and its id. */
  readonly root: string;
  readonly project: string;
  /** Milliseconds for the try; ten seconds. */
  readonly patience?: number;
};

/** Why a receiver was not told, and whether another try may help. */
export type NotTold = { readonly error: RpiError; readonly again: boolean };

/**
 * One try, of ten seconds at most; undefined once the receiver has it. A file of the policy that
 * can't be used may be mended meanwhile: that is worth another try. Throws `run.cancelled`.
 */
export async function send(
  notifier: Notifier,
  notification: Notification,
  context: SendContext,
): Promise<NotTold | undefined> {
  const to = await receiverOf(notifier, context).catch((error: unknown) => {
    if (!RpiError.is(error)) throw error;
    return error;
  });
  if (RpiError.is(to)) return { error: to, again: true };
  const answer = await post(SENDERS[notifier.type].messageOf(notification, to), context);
  if (answer.type === 'ok') return undefined;
  const error = new RpiError('monitor.not-told', `${notifier.type} was not told: ${answer.why}.`, {
    remedy: 'Check monitor.notify in rpi.yml, and that the receiver can be reached from here.',
  });
  return { error, again: answer.again };
}

/**
 * Where a receiver is, and the token for it, read from its files. Throws `file.not-readable` and
 * `config.invalid` for a file that holds no address, or no token.
 */
async function receiverOf(
  notifier: Notifier,
  { root, project }: Pick<SendContext, 'root' | 'project'>,
): Promise<Receiver> {
  const address = notifier.url ?? (await contentOf(root, notifier.url_file ?? ''));
  const token =
    notifier.token_file === undefined ? undefined : await contentOf(root, notifier.token_file);
  // What has no place in a header would fail there, and be told as a missing connection.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new RpiError('config.invalid', `${notifier.token_file ?? ''} holds no token.`, {
      remedy: 'One line is wanted there, the token alone: letters, digits and signs.',
    });
  }
  if (!/^https?:/.test(address) || !URL.canParse(address)) {
    throw new RpiError('config.invalid', `${notifier.url_file ?? ''} holds no address.`, {
      remedy: 'One line is wanted there, as in https://ntfy.example/topic',
    });
  }
  return { url: new URL(address), token, project };
}

/** What is wrong with the files that rpi.yml names for a receiver; undefined where nothing is. */
export async function receiverFault(
  receiver: Notifier,
  about: { readonly root: string; readonly project: string },
): Promise<RpiError | undefined> {
  try {
    await receiverOf(receiver, about);
    return undefined;
  } catch (error) {
    if (!RpiError.is(error)) throw error;
    return error;
  }
}

async function contentOf(root: string, path: string): Promise<string> {
  try {
    return (await readFile(resolve(root, path), 'utf8')).trim();
  } catch (error) {
    throw new RpiError('file.not-readable', `Can't read ${path} (${systemCode(error) ?? '?'}).`, {
      remedy: 'monitor.notify in rpi.yml names it; it is relative to rpi.yml.',
    });
  }
}

type Answer =
  | { readonly type: 'ok' }
  | { readonly type: 'failed'; readonly why: string; readonly again: boolean };

async function post(
  { url, headers, body }: Message,
  { signal, patience = PATIENCE }: SendContext,
): Promise<Answer> {
  using late = deadline(signal, patience);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      // Elsewhere the token must not go.
      redirect: 'manual',
      signal: late.signal,
    });
    await response.body?.cancel();
    if (response.ok) return { type: 'ok' };
    // A portal that wants a login does this, too: it may be gone in a while.
    if (response.status >= 300 && response.status < 400) {
      return { type: 'failed', why: `it sends elsewhere (${response.status})`, again: true };
    }
    const again = response.status >= 500 || AGAIN.has(response.status);
    return { type: 'failed', why: `it answers ${response.status}`, again };
  } catch (error) {
    if (signal.aborted) throw cancelled();
    return { type: 'failed', why: reasonOf(error), again: true };
  }
}

/** fetch wraps what happened; its own message names nothing. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = systemCode(cause) ?? systemCode(error);
  if (code !== undefined) return code;
  return error instanceof Error && error.name === 'TimeoutError'
    ? 'no answer in time'
    : 'no connection';
}
