/** Whether the secrets of a run were right: read from its journal, when it has ended. */
import type { ErrorCode } from '../errors.ts';
import type { Event, EventBody } from '../runs/event.ts';
import type { Clock } from '../runs/operation.ts';
import { journalOfProcess } from '../runs/journal-of-process.ts';
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
  const path = await journalOfProcess(runs, pid);
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
