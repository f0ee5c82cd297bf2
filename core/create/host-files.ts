/** Everything that goes to a host's medium under raspberrypi-ua-netinst/, as paths and contents. */
import { overlaySettings } from '../formats/installer-config/overlay.ts';
import { formatPublicKey, type KeyPair, type PublicKey } from '../formats/ssh-key.ts';
import type { Accounts } from './accounts.ts';
import { hostSettings, type HostSettingsInput } from './host-settings.ts';
import { postInstall, USER_FILES } from './post-install.ts';

export type RenderedFile = {
  /** Relative to the host's folder, with slashes. */
  readonly path: string;
  readonly content: string;
};

export type HostFilesInput = HostSettingsInput & {
  readonly postInstall: string;
  readonly hostKey: KeyPair;
  /** Read back over ssh, it proves that what booted is what was installed. */
  readonly nonce: string;
};

/** A file of the new system: `OWNER:GROUP MODE /path` of a list, and what is copied there. */
type SystemFile = {
  readonly owner: string;
  readonly mode: string;
  readonly path: string;
  /** Undefined for a folder. */
  readonly content?: string;
};

/** Where the new system says what it was installed from. */
export const MARKER = '/etc/rpi-install.json';
/** Where the new system has the private half of the host key that was made for it. */
export const HOST_KEY_PATH = '/etc/ssh/ssh_host_ed25519_key';

/** The files of one host, the same for the same input. Throws `create.*`. */
export function hostFiles(input: HostFilesInput): RenderedFile[] {
  const { settings, accounts } = hostSettings(input);
  const system = [...identityFiles(input), ...accountFiles(accounts)];
  return [
    {
      path: 'config/installer-config.txt',
      content: overlaySettings(input.base, settings, {
        path: input.basePath,
        heading: `Set by rpi for ${input.host.name}.`,
      }),
    },
    { path: 'config/post-install.txt', content: postInstall(input.postInstall, accounts.others) },
    { path: 'config/files/rpi.list', content: listOf(system) },
    ...system.flatMap(({ path, content }) =>
      content === undefined ? [] : [{ path: `config/files/root${path}`, content }],
    ),
    ...accounts.others
      .filter(({ keys }) => keys.length > 0)
      .map(({ name, keys }) => ({
        path: `config/files/${USER_FILES}/${name}/authorized_keys`,
        content: keyLines(keys),
      })),
  ];
}

function identityFiles({ host, hostKey, nonce }: HostFilesInput): SystemFile[] {
  const owner = 'root:root';
  const key = HOST_KEY_PATH;
  const marker = `${JSON.stringify({ v: 1, host: host.name, nonce })}\n`;
  return [
    { owner, mode: '0600', path: key, content: hostKey.privateKey },
    { owner, mode: '0644', path: `${key}.pub`, content: `${formatPublicKey(hostKey.publicKey)}\n` },
    { owner, mode: '0644', path: MARKER, content: marker },
  ];
}

function accountFiles({ root, first, others }: Accounts): SystemFile[] {
  const users = first === undefined ? others : [first, ...others];
  return [
    ...(root.length === 0 ? [] : authorisedKeys('root:root', '/root', root)),
    ...(first === undefined || first.keys.length === 0
      ? []
      : authorisedKeys(`${first.name}:${first.name}`, `/home/${first.name}`, first.keys)),
    ...users
      .filter(({ sudo }) => sudo)
      .map(({ name }) => ({
        owner: 'root:root',
        mode: '0440',
        path: `/etc/sudoers.d/rpi-${name}`,
        content: `${name} ALL=(ALL) NOPASSWD: ALL\n`,
      })),
  ];
}

function authorisedKeys(owner: string, home: string, keys: readonly PublicKey[]): SystemFile[] {
  return [
    { owner, mode: '0700', path: `${home}/.ssh` },
    { owner, mode: '0600', path: `${home}/.ssh/authorized_keys`, content: keyLines(keys) },
  ];
}

function keyLines(keys: readonly PublicKey[]): string {
  return keys.map((key) => `${formatPublicKey(key)}\n`).join('');
}

function listOf(files: readonly SystemFile[]): string {
  return files.map(({ owner, mode, path }) => `${owner} ${mode} ${path}\n`).join('');
}
