/** The project's known_hosts: read, verified against, appended to under a lock. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RpiError, systemCode } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { acquireLock, type Lock } from '../files/lock.ts';
import { makePrivateFolder } from '../files/private-folder.ts';
import {
  appendHostKey,
  knownHostName,
  knownKeyTypes,
  lookUpHostKey,
  parseKnownHosts,
  removeHost,
  type KnownHostsLine,
} from '../formats/known-hosts.ts';
import type { PublicKey } from '../formats/ssh-key.ts';
import type { Context } from '../runs/operation.ts';
import type { HostKeyVerifier } from './connect.ts';
import {
  hostKeyChanged,
  hostKeyRevoked,
  hostKeyUnknown,
  knownHostsUnreadable,
  type SshTarget,
} from './errors.ts';

/** Where the file is and which folder holds its lock; a Project has both. */
export type KnownHostsPlace = { readonly knownHosts: string; readonly locks: string };

export type KnownHosts = {
  readonly path: string;
  readonly lines: readonly KnownHostsLine[];
};

export type AcceptedKey = {
  readonly address: string;
  readonly port: number;
  readonly key: PublicKey;
};

/** Reads the file; one that does not exist knows nobody. */
export async function readKnownHosts(path: string): Promise<KnownHosts> {
  return { path, lines: parseKnownHosts(await readText(path)) };
}

/** Lets only known keys pass. */
export function strictVerifier(known: KnownHosts, target: SshTarget): HostKeyVerifier {
  return verifierThat(known, target, (key) => {
    throw hostKeyUnknown(target, key);
  });
}

/**
 * As strictVerifier, but `unknown` decides about keys of hosts that are not on record. A changed,
 * revoked or unreadable one is refused without being asked about.
 */
export function verifierThat(
  known: KnownHosts,
  target: SshTarget,
  unknown: (key: PublicKey) => void | Promise<void>,
): HostKeyVerifier {
  const name = knownHostName(target.address, target.port);
  return {
    preferred: knownKeyTypes(known.lines, name),
    verify: (key) => {
      const verdict = lookUpHostKey(known.lines, name, key);
      switch (verdict.type) {
        case 'known':
          return;
        case 'unknown':
          return unknown(key);
        case 'changed':
          throw hostKeyChanged(target, key, verdict.known, known.path);
        case 'revoked':
          throw hostKeyRevoked(target, key, verdict.line);
        case 'unreadable':
          throw knownHostsUnreadable(target, known.path, verdict.line);
      }
    },
  };
}

/**
 * Adds keys a person (or their policy) accepted. A key that another run added meanwhile is not
 * added twice; one that is contradicted by the file by now is left out and the file's is kept.
 */
export async function acceptHostKeys(
  place: KnownHostsPlace,
  accepted: readonly AcceptedKey[],
  context: Pick<Context, 'clock' | 'signal'>,
): Promise<void> {
  await change(place, context, (text) =>
    accepted.reduce((current, { address, port, key }) => {
      const name = knownHostName(address, port);
      const verdict = lookUpHostKey(parseKnownHosts(current), name, key);
      return verdict.type === 'unknown' ? appendHostKey(current, name, key) : current;
    }, text),
  );
}

/**
 * Lets a host that is on record also show `key`: it was made here, for a system that is yet to be
 * started. Until then the old one still answers. One that is not on record stays unknown. Returns
 * whether the key is on record now.
 */
export async function expectHostKey(
  place: KnownHostsPlace,
  { address, port, key }: AcceptedKey,
  context: Pick<Context, 'clock' | 'signal'>,
): Promise<boolean> {
  const name = knownHostName(address, port);
  let isOnRecord = false;
  await change(place, context, (text) => {
    const { type } = lookUpHostKey(parseKnownHosts(text), name, key);
    isOnRecord = type === 'known' || type === 'changed';
    return type === 'changed' ? appendHostKey(text, name, key) : text;
  });
  return isOnRecord;
}

/** Forgets hosts and adds their new keys in one step: for hosts that were installed anew. */
export async function replaceHostKeys(
  place: KnownHostsPlace,
  replaced: readonly AcceptedKey[],
  context: Pick<Context, 'clock' | 'signal'>,
): Promise<void> {
  await change(place, context, (text) => {
    const names = new Set(replaced.map(({ address, port }) => knownHostName(address, port)));
    const without = [...names].reduce(removeHost, text);
    return replaced.reduce(
      (current, { address, port, key }) =>
        appendHostKey(current, knownHostName(address, port), key),
      without,
    );
  });
}

async function change(
  place: KnownHostsPlace,
  context: Pick<Context, 'clock' | 'signal'>,
  edit: (text: string) => string,
): Promise<void> {
  await using _lock = await lockPatiently(place.locks, context);
  const before = await readText(place.knownHosts);
  const after = edit(before);
  if (after === before) return;
  await makePrivateFolder(dirname(place.knownHosts));
  await writeFileAtomic(place.knownHosts, after, { mode: 0o600 });
}

/** The lock is held for one small write; who comes second waits up to 10 s for it. */
async function lockPatiently(
  folder: string,
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
): Promise<Lock> {
  for (const until = clock.now() + 10_000; ;) {
    try {
      return await acquireLock(folder, 'known_hosts', 'adding host keys');
    } catch (error) {
      if (!RpiError.is(error, 'lock.held') || clock.now() > until) throw error;
    }
    await clock.sleep(50, signal);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw new RpiError('file.not-readable', `Can’t read ${path} (${systemCode(error) ?? ''}).`, {
      remedy: 'It holds the host keys you trust: make it readable to you, mode 0600.',
      cause: error,
    });
  }
}
