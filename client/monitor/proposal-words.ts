/** A proposal of the monitor in words. */
import type { OpenProposal } from '../../core/monitor/daemon/control.ts';
import type { Remedy } from '../../core/project/monitor-policy.ts';

export const ANSWERS = { approve: 'Approve', refuse: 'Refuse', snooze: 'Snooze…' } as const;

const DOES: Readonly<Record<Remedy, (host: string) => string>> = {
  restart: (host) => `restart services of ${host}`,
  reboot: (host) => `reboot ${host}`,
  'power-cycle': (host) => `switch ${host} off and on`,
  provision: (host) => `provision ${host}`,
  reinstall: (host) => `erase ${host} and install it anew`,
};

/** What would be done, and why: words of a Pi among them, so for plain text only. */
export function proposalWords({ host, remedy, evidence }: OpenProposal): {
  readonly what: string;
  readonly why: string;
} {
  const why = evidence.join('; ').replace(/\p{Cc}/gu, ' ');
  return { what: DOES[remedy](host), why: why.slice(0, 500) };
}
