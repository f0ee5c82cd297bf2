/**
 * What this run trusts: the project's known_hosts, and what is accepted on the way. An accepted
 * key is on the disk before anything that follows is sent.
 */
import type { PublicKey } from '../formats/ssh-key.ts';
import {
  appendHostKey,
  knownHostName,
  knownKeyTypes,
  parseKnownHosts,
} from '../formats/known-hosts.ts';
import type { ProjectContext } from '../runs/operation.ts';
import type { HostKeyVerifier } from '../ssh/connect.ts';
import {
  acceptHostKeys,
  readKnownHosts,
  strictVerifier,
  verifierThat,
  type AcceptedKey,
  type KnownHosts,
} from '../ssh/host-keys.ts';
import type { SshTarget } from '../ssh/session.ts';

export type HostTrust = {
  readonly isOnRecord: (target: SshTarget) => boolean;
  /** Lets only known keys pass. */
  readonly strict: (target: SshTarget) => HostKeyVerifier;
  /** Accepts the key of a host that is not on record, and no other. */
  readonly accepting: (target: SshTarget) => HostKeyVerifier;
  /** Lets `unknown` decide about the key of a host that is not on record; nothing is kept. */
  readonly looking: (target: SshTarget, unknown: (key: PublicKey) => void) => HostKeyVerifier;
  /** Accepts a key that a person has confirmed. */
  readonly accept: (target: SshTarget, key: PublicKey) => Promise<void>;
};

export async function openHostTrust(context: ProjectContext): Promise<HostTrust> {
  let known: KnownHosts = await readKnownHosts(context.project.knownHosts);
  let waiting: AcceptedKey[] = [];
  let written: Promise<void> = Promise.resolve();

  /** Keys that come while the file is being written share the next write. */
  const accept = async (target: SshTarget, key: PublicKey): Promise<void> => {
    const { address, port } = target;
    waiting.push({ address, port, key });
    const added = parseKnownHosts(appendHostKey('', knownHostName(address, port), key));
    known = { ...known, lines: [...known.lines, ...added] };
    written = written.then(async () => {
      const batch = waiting;
      waiting = [];
      if (batch.length > 0) await acceptHostKeys(context.project, batch, context);
    });
    await written;
  };
  return {
    isOnRecord: ({ address, port }) =>
      knownKeyTypes(known.lines, knownHostName(address, port)).length > 0,
    strict: (target) => strictVerifier(known, target),
    accepting: (target) => verifierThat(known, target, (key) => accept(target, key)),
    looking: (target, unknown) => verifierThat(known, target, unknown),
    accept,
  };
}
