/** When a Pi that could not be logged in to is tried again. */
import type { ErrorCode } from '../../errors.ts';

const SECOND = 1000;

/**
 * Milliseconds before the first further try, and at most. Since OpenSSH 9.8 a failed login costs a
 * penalty of some seconds, and penalties that add up shut this machine out for up to ten minutes:
 * who tries on keeps them alive. A Pi that is gone costs its sshd nothing.
 */
const PATIENCE: Partial<Record<ErrorCode, { readonly first: number; readonly most: number }>> = {
  'ssh.penalised': { first: 60 * SECOND, most: 600 * SECOND },
  'ssh.refused-login': { first: 60 * SECOND, most: 600 * SECOND },
  'ssh.host-key-unknown': { first: 60 * SECOND, most: 600 * SECOND },
  'ssh.host-key-changed': { first: 60 * SECOND, most: 600 * SECOND },
  'ssh.known-hosts-invalid': { first: 60 * SECOND, most: 600 * SECOND },
  'ssh.too-much-output': { first: 60 * SECOND, most: 600 * SECOND },
  'monitor.no-answer': { first: 60 * SECOND, most: 600 * SECOND },
};
const USUAL = { first: 5 * SECOND, most: 120 * SECOND };

/**
 * How long to wait after the `failures`th failure in a row (1, 2 …); `random` in [0, 1) spreads
 * out by a quarter those that failed together.
 */
export function backoff(code: ErrorCode, failures: number, random: number): number {
  const { first, most } = PATIENCE[code] ?? USUAL;
  const wait = Math.min(most, first * 2 ** Math.min(20, Math.max(0, failures - 1)));
  return wait * (0.75 + random / 2);
}

/** Whether the port may be knocked at meanwhile: not where every knock counts as an offence. */
export function mayKnock(code: ErrorCode): boolean {
  return code !== 'ssh.penalised';
}
