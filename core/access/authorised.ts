/** Whose keys every Pi gets: the project's own, and those of the users in rpi.yml. */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { RpiError } from '../errors.ts';
import { parsePublicKey, sameKey, type PublicKey } from '../formats/ssh-key.ts';
import type { Project } from '../project/project.ts';
import type { SetupCall } from './setup-script.ts';

export type AuthorisedUser = {
  readonly name: string;
  readonly sudo: boolean;
  readonly keys: readonly PublicKey[];
};

/**
 * The users of rpi.yml with their keys; a user without keys of its own gets the project's. Throws
 * `access.identity` for what is neither a public key nor a file of them.
 */
export async function authorisedUsers(
  project: Pick<Project, 'root' | 'config'>,
  projectKeys: readonly PublicKey[],
): Promise<AuthorisedUser[]> {
  return Promise.all(
    project.config.access.users.map(async ({ name, sudo, authorized }) => {
      const keys = (
        await Promise.all(authorized.map((entry) => readKeys(project.root, entry)))
      ).flat();
      return { name, sudo, keys: keys.length === 0 ? projectKeys : distinct(keys) };
    }),
  );
}

/** What the setup script is to do for the user that logs in, for root and for the others. */
export function setupCalls(
  login: string,
  projectKeys: readonly PublicKey[],
  users: readonly AuthorisedUser[],
  options: { readonly root: boolean },
): SetupCall[] {
  const accounts = options.root ? [...new Set([login, 'root'])] : [login];
  return [
    ...accounts.map((user): SetupCall => ({ do: 'authorise', user, keys: projectKeys })),
    ...users.flatMap(({ name, sudo, keys }): SetupCall[] => [
      { do: 'user', user: name, sudo },
      { do: 'authorise', user: name, keys },
    ]),
    { do: 'facts' },
  ];
}

/** Takes old keys of the project from those who got them; what is a user's own by rpi.yml stays. */
export function withdrawalCalls(
  accounts: readonly string[],
  oldKeys: readonly PublicKey[],
  users: readonly AuthorisedUser[],
): SetupCall[] {
  return [...new Set(accounts)].flatMap((user): SetupCall[] => {
    const own = users.filter(({ name }) => name === user).flatMap(({ keys }) => keys);
    const keys = oldKeys.filter((old) => !own.some((key) => sameKey(key, old)));
    return keys.length === 0 ? [] : [{ do: 'withdraw', user, keys }];
  });
}

/** One entry of `authorized`: a key as it stands, or a file with one key a line. */
async function readKeys(root: string, entry: string): Promise<PublicKey[]> {
  const literal = parsePublicKey(entry);
  if (literal !== undefined) return [literal];
  const path = isAbsolute(entry) ? entry : join(root, entry);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw notKeys(entry, 'is neither a public key nor a file that can be read', cause);
  });
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const keys = lines.map((line) => parsePublicKey(line));
  if (keys.length === 0 || keys.includes(undefined)) {
    throw notKeys(entry, 'holds something else than public keys, one a line');
  }
  return keys.filter((key) => key !== undefined);
}

function notKeys(entry: string, why: string, cause?: unknown): RpiError {
  const name = entry.length > 60 ? `${entry.slice(0, 60)}…` : entry;
  return new RpiError('access.identity', `access.users in rpi.yml: “${name}” ${why}.`, {
    remedy: 'Name a .pub file of the project, or give the key itself: ssh-ed25519 AAAA… name',
    cause,
  });
}

function distinct(keys: readonly PublicKey[]): PublicKey[] {
  return keys.filter((key, index) => keys.findIndex((other) => sameKey(other, key)) === index);
}
