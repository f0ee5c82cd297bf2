/**
 * The ssh host key of a system that is yet to be installed. Made once and kept outside of the
 * project, so that the new system is known before it first answers.
 */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import ssh2 from 'ssh2';
import { RpiError, systemCode } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { makePrivateFolder } from '../files/private-folder.ts';
import {
  formatPublicKey,
  generateKeyPair,
  publicKeyFromBlob,
  type KeyPair,
} from '../formats/ssh-key.ts';
import type { Project } from '../project/project.ts';
import { folderName } from './folder-name.ts';

/** `kept`: it is on disk and will be the same the next time. */
export type HostKeyPair = KeyPair & { readonly kept: boolean };

export function hostKeyFile(project: Pick<Project, 'hosts'>, host: string): string {
  return join(project.hosts, folderName(host), 'ssh_host_ed25519_key');
}

/**
 * The kept key of `host`; a new one where there is none, kept unless `keep` is false. Throws
 * `file.not-readable` for a file that holds no key: overwriting it might lose a key in use; and
 * `file.not-writable`, `file.disk-full`.
 */
export async function hostKeyOf(
  project: Pick<Project, 'hosts'>,
  host: string,
  options: { readonly keep: boolean },
): Promise<HostKeyPair> {
  const file = hostKeyFile(project, host);
  const privateKey = await readFile(file, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw unreadable(file, error);
  });
  if (privateKey !== undefined) return keyPair(file, host, privateKey);
  const pair = generateKeyPair(`root@${host}`);
  if (!options.keep) return { ...pair, kept: false };
  await makePrivateFolder(dirname(file));
  await writeFileAtomic(`${file}.pub`, `${formatPublicKey(pair.publicKey)}\n`, { mode: 0o644 });
  await writeFileAtomic(file, pair.privateKey, { mode: 0o600 });
  return { ...pair, kept: true };
}

/** The public half is computed from the private one: the two can't disagree. */
function keyPair(file: string, host: string, privateKey: string): HostKeyPair {
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error || !parsed.isPrivateKey()) throw unreadable(file, parsed);
  const publicKey = publicKeyFromBlob(parsed.getPublicSSH(), `root@${host}`);
  if (publicKey === undefined) throw unreadable(file, undefined);
  return { privateKey, publicKey, kept: true };
}

function unreadable(file: string, cause: unknown): RpiError {
  return new RpiError('file.not-readable', `Can't read the host key ${file}.`, {
    remedy: 'Restore it from a backup, or move it away to have a new one made.',
    cause,
  });
}
