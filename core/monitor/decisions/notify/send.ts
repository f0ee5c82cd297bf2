/** Tells one receiver. Addresses and tokens may be secrets: they stand in no error. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cancelled, RpiError, systemCode } from '../../../errors.ts';
import type { Notifier } from '../../../project/monitor-policy.ts';
import { deadline } from '../../../runs/deadline.ts';
import type { Notification } from './notification.ts';
import type { Message, Receiver } from './sender.ts';
import { SENDERS } from './senders.ts';

/** Milliseconds for one try. */
const PATIENCE = 10_000;
export type SendContext = {
  readonly signal: AbortSignal;
  /** The project's folder, which files are relative to, and its id. */
  readonly root: string;
  readonly project: string;
};

export type Answer =
  | { readonly type: 'ok' }
  /** `again`: it may take it later. */
  | { readonly type: 'failed'; readonly why: string; readonly again: boolean };

/**
 * Tries once. Throws `file.not-readable` and `config.invalid` for a file of the policy, and
 * `run.cancelled`.
 */
export async function send(
  notifier: Notifier,
  notification: Notification,
  context: SendContext,
): Promise<Answer> {
  const to = await receiverOf(notifier, context);
  return post(SENDERS[notifier.type].messageOf(notification, to), context.signal);
}

/** Where and as whom it is told, its files read. Throws `file.not-readable`, `config.invalid`. */
export async function receiverOf(
  notifier: Notifier,
  { root, project }: Pick<SendContext, 'root' | 'project'>,
): Promise<Receiver> {
  const address = notifier.url ?? (await contentOf(root, notifier.url_file ?? ''));
  const token =
    notifier.token_file === undefined ? undefined : await contentOf(root, notifier.token_file);
  if (!/^https?:/.test(address) || !URL.canParse(address)) {
    throw new RpiError('config.invalid', `${notifier.url_file ?? ''} holds no address.`, {
      remedy: 'One line is wanted there, as in https://ntfy.example/topic',
    });
  }
  return { url: new URL(address), token, project };
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

async function post({ url, headers, body }: Message, signal: AbortSignal): Promise<Answer> {
  using late = deadline(signal, PATIENCE);
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      // Elsewhere the token must not go.
      redirect: 'error',
      signal: late.signal,
    });
    await response.body?.cancel();
    if (response.ok) return { type: 'ok' };
    const again = response.status >= 500 || response.status === 429;
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
