/**
 * Replacing the project's key. The next key is authorised beside the present one on every Pi and
 * proved; only when all of the inventory have it does it become the project's key, and only then
 * is the old one withdrawn. Each step leaves a file that says how far it came, so that a run that
 * was interrupted is continued by the next one:
 *
 *   id_ed25519.next   being authorised; not yet the project's
 *   id_ed25519.old    replaced; still to be withdrawn here and there
 */
import { readFile, rename, unlink } from 'node:fs/promises';
import ssh2 from 'ssh2';
import { RpiError, systemCode } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { formatPublicKey, publicKeyFromBlob, sameKey, type PublicKey } from '../formats/ssh-key.ts';
import type { Project } from '../project/project.ts';
import { createIdentity, type Identity } from '../ssh/identity.ts';

export type StoredKey = { readonly privateKey: string; readonly publicKey: PublicKey };

export type Rotation = {
  readonly next: StoredKey | undefined;
  readonly old: StoredKey | undefined;
};

const nextFile = (project: Project): string => `${project.identity}.next`;
const oldFile = (project: Project): string => `${project.identity}.old`;

/** How far an earlier rotation came. With `begin`, a next key is made where there is none. */
export async function openRotation(
  project: Project,
  identity: Identity,
  begin: boolean,
): Promise<Rotation> {
  if (project.config.access.identity !== 'generate') {
    if (begin) throw onlyGenerated();
    return { next: undefined, old: undefined };
  }
  const isPresent = (stored: StoredKey): boolean =>
    identity.publicKeys.some((key) => sameKey(key, stored.publicKey));
  const replaced = await readKey(oldFile(project));
  // Kept by a run that ended before it put the next key in its place: it is the one in use.
  const old = replaced === undefined || isPresent(replaced) ? undefined : replaced;
  const next = await readKey(nextFile(project));
  if (next !== undefined && isPresent(next)) {
    // It had become the project's key, and the run ended before this file was removed.
    await removePair(nextFile(project));
    return { next: undefined, old };
  }
  if (next !== undefined || !begin) return { next, old };
  const comment = identity.publicKeys[0]?.comment ?? 'rpi';
  await createIdentity(nextFile(project), comment);
  return { next: await readKey(nextFile(project)), old };
}

/** The error of a project whose key is a person's own or the agent's. */
export function onlyGenerated(): RpiError {
  return new RpiError('access.identity', 'Only a key that rpi generated can be rotated.', {
    remedy:
      'With your own key or agent: authorise the new one through access.users, then name it as access.identity.',
  });
}

/** Makes the next key the project's. From here on the old one is only to be withdrawn. */
export async function switchToNext(project: Project, next: StoredKey): Promise<void> {
  const present = await readFile(project.identity, 'utf8');
  await writeFileAtomic(oldFile(project), present, { mode: 0o600 });
  await rename(`${project.identity}.pub`, `${oldFile(project)}.pub`).catch(() => undefined);
  await writeFileAtomic(project.identity, next.privateKey, { mode: 0o600 });
  await writeFileAtomic(`${project.identity}.pub`, `${formatPublicKey(next.publicKey)}\n`, {
    mode: 0o644,
  });
  await removePair(nextFile(project));
}

/** Forgets the old key, once it is withdrawn everywhere. */
export async function forgetOld(project: Project): Promise<void> {
  await removePair(oldFile(project));
}

async function readKey(path: string): Promise<StoredKey | undefined> {
  const privateKey = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (privateKey === undefined) return undefined;
  const parsed = ssh2.utils.parseKey(privateKey);
  const publicKey =
    parsed instanceof Error ? undefined : publicKeyFromBlob(parsed.getPublicSSH(), parsed.comment);
  if (publicKey === undefined) {
    throw new RpiError('access.identity', `${path} is not a key.`, { remedy: 'Remove the file.' });
  }
  return { privateKey, publicKey };
}

async function removePair(path: string): Promise<void> {
  for (const file of [path, `${path}.pub`]) {
    await unlink(file).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw error;
    });
  }
}
