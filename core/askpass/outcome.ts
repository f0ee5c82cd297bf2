/** Whether the secrets of a run were right: read from its journal, when it has ended. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCode } from '../errors.ts';
import { parseEvent, type Event, type EventBody } from '../runs/event.ts';
import type { Clock } from '../runs/operation.ts';
import { followRun } from '../runs/reader.ts';

/** `unproven`: the run failed before a secret could be shown to be right, or by something else. */
export type SecretOutcome = 'accepted' | 'refused' | 'unproven';

/** Errors of ours that a wrong password or passphrase ends in. */
const REFUSED: ReadonlySet<ErrorCode> = new Set([
  'ssh.refused-login',
  'access.locked',
  'access.identity',
]);

/**
 * Ansible tells a wrong password in words only: become plugins say “Incorrect sudo password” or
 * “Missing sudo password”, sudo itself “1 incorrect password attempt” or “Sorry, try again”, the
 * vault “Decryption failed (no vault secrets were found that could decrypt)”.
 */
const REFUSED_BY_ANSIBLE =
  /\b(?:Incorrect|Missing) \w+ password\b|incorrect password attempt|Sorry, try again|Decryption failed/;

/** What one event says of the run's secrets. */
export function refusesSecret(event: EventBody): boolean {
  switch (event.kind) {
    case 'host.finished':
    case 'step.finished':
    case 'run.finished':
      return event.error !== undefined && REFUSED.has(event.error.code);
    case 'ansible.result':
      return REFUSED_BY_ANSIBLE.test(event.message ?? '');
    case 'output':
      return event.stream === 'stderr' && REFUSED_BY_ANSIBLE.test(event.text);
    default:
      return false;
  }
}

/**
 * Follows the run of the process `pid` to its end. `runs` is the folder of the journals. A run
 * that is not found, or is interrupted, is `unproven`.
 */
export async function secretOutcome(
  runs: string,
  pid: number,
  options: { readonly signal: AbortSignal; readonly clock: Clock },
): Promise<SecretOutcome> {
  const path = await journalOf(runs, pid);
  if (path === undefined) return 'unproven';
  let refused = false;
  let last: Event | undefined;
  for await (const event of followRun(path, options)) {
    refused ||= refusesSecret(event);
    last = event;
  }
  if (refused) return 'refused';
  return last?.kind === 'run.finished' && last.status === 'ok' ? 'accepted' : 'unproven';
}

/** How many of the newest journals are looked at: the run has only just begun. */
const NEWEST = 20;

async function journalOf(runs: string, pid: number): Promise<string | undefined> {
  const names = (await readdir(runs).catch(() => [])).filter((name) => name.endsWith('.jsonl'));
  for (const name of names.sort().reverse().slice(0, NEWEST)) {
    const path = join(runs, name);
    const first = parseEvent(await firstLine(path));
    if (first?.kind === 'run.started' && first.pid === pid) return path;
  }
  return undefined;
}

async function firstLine(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return '';
  try {
    for await (const line of file.readLines()) return line;
    return '';
  } finally {
    await file.close().catch(() => undefined); // readLines may have closed it
  }
}
