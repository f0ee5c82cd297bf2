/** Keys of a person that let us in where the project's own does not yet: as Imager put them there. */
import { isAbsolute, join, resolve } from 'node:path';
import { homedir } from 'node:os';
import { askSecret } from '../askpass/secret.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { loadKeyFile } from '../ssh/identity.ts';
import type { SshLogin } from '../ssh/session.ts';

/** The person's own keys for a host: those that were named, and the inventory's for this host. */
export type OwnKeys = (host: InventoryHost) => readonly SshLogin[];

/**
 * Reads `files` (relative to the working directory) and what `ansible_ssh_private_key_file` of
 * the hosts names (relative to the project). A passphrase is asked for once. Throws
 * `access.identity` for a file that can't be read or is no private key.
 */
export async function loadOwnKeys(
  files: readonly string[],
  hosts: readonly InventoryHost[],
  context: ProjectContext,
): Promise<OwnKeys> {
  const { project, env } = context;
  const passphrase = (file: string): Promise<string> => askSecret(context, `Passphrase of ${file}`);
  const loaded = new Map<string, SshLogin>();
  const load = async (path: string): Promise<SshLogin> => {
    const before = loaded.get(path);
    if (before !== undefined) return before;
    const { login } = await loadKeyFile(path, passphrase);
    loaded.set(path, login);
    return login;
  };
  const named: SshLogin[] = [];
  for (const file of files) named.push(await load(resolve(expandHome(file, env))));
  const ofHost = new Map<string, SshLogin>();
  for (const host of hosts) {
    const file = host.variables['ansible_ssh_private_key_file'];
    if (typeof file !== 'string' || file === '') continue;
    const path = expandHome(file, env);
    ofHost.set(host.name, await load(isAbsolute(path) ? path : join(project.root, path)));
  }
  return ({ name }) => {
    const own = ofHost.get(name);
    return own === undefined ? named : [own, ...named.filter((login) => login !== own)];
  };
}

function expandHome(path: string, env: ProjectContext['env']): string {
  return path.replace(/^~(?=\/|$)/, () => env['HOME'] ?? homedir());
}
