/** What rpi lays over a person's installer-config.txt for one host. */
import type { AuthorisedUser } from '../access/authorised.ts';
import { RpiError } from '../errors.ts';
import { parseInstallerConfig } from '../formats/installer-config/parse.ts';
import { settingsOf, type Settings } from '../formats/installer-config/settings.ts';
import { formatPublicKey, parsePublicKey, type PublicKey } from '../formats/ssh-key.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { Config } from '../project/config.ts';
import { DEFAULT_USER } from '../ssh/project-session.ts';
import { accountsOf, type Accounts } from './accounts.ts';

export type HostSettingsInput = {
  readonly host: InventoryHost;
  readonly config: Config;
  /** The base installer-config.txt and its path, for messages. */
  readonly base: string;
  readonly basePath: string;
  readonly projectKeys: readonly PublicKey[];
  readonly users: readonly AuthorisedUser[];
};

export type HostSettings = {
  readonly settings: ReadonlyMap<string, unknown>;
  readonly accounts: Accounts;
};

/**
 * The settings of a host, by rising rank: what follows from inventory and access policy,
 * `create.settings` of rpi.yml, `rpi_install` of the host's variables. Keys that a person has set
 * are authorised besides the policy's. Throws `create.*`.
 */
export function hostSettings(input: HostSettingsInput): HostSettings {
  const { host, config } = input;
  const own = settingsOf(parseInstallerConfig(input.base));
  const explicit = explicitSettings(config, host);
  const set = (name: string): string | undefined => settingOf(name, own, explicit, input.basePath);
  const accounts = accountsOf({
    host: host.name,
    login: host.user ?? DEFAULT_USER,
    projectKeys: input.projectKeys,
    users: input.users,
    rootByKey: config.access.root,
    username: set('username'),
    userKeys: keyIn('user_ssh_pubkey', set('user_ssh_pubkey')),
    rootKeys: keyIn('root_ssh_pubkey', set('root_ssh_pubkey')),
  });
  const settings = new Map<string, unknown>();
  if (!explicit.has('hostname')) for (const entry of nameSettings(host)) settings.set(...entry);
  if (config.access.password_login === 'off') {
    settings.set('ssh_pwlogin', '0').set('root_ssh_pwlogin', '0');
  }
  for (const [name, value] of explicit) settings.set(name, value);
  for (const entry of accountSettings(accounts)) settings.set(...entry);
  if (accounts.others.some(({ sudo }) => sudo) && accounts.first?.sudo !== true) {
    settings.set('packages', withPackage(set('packages'), 'sudo'));
  }
  return { settings, accounts };
}

/** The installer authorises one key a variable; the rest come by files. */
function accountSettings({ root, first }: Accounts): [string, string][] {
  const settings: [string, string][] = [];
  if (root[0] !== undefined) settings.push(['root_ssh_pubkey', formatPublicKey(root[0])]);
  if (first === undefined) return settings;
  settings.push(['username', first.name]);
  if (first.keys[0] !== undefined) {
    settings.push(['user_ssh_pubkey', formatPublicKey(first.keys[0])]);
  }
  if (first.sudo) settings.push(['userperms_admin', '1']);
  return settings;
}

/** `create.settings`, then `rpi_install` of the host over it. */
function explicitSettings(config: Config, host: InventoryHost): Map<string, unknown> {
  const settings = new Map<string, unknown>(Object.entries(config.create.settings));
  const own = host.variables['rpi_install'];
  if (own === undefined || own === null) return settings;
  if (typeof own !== 'object' || Array.isArray(own)) {
    throw new RpiError('create.invalid-setting', `rpi_install of ${host.name} is no mapping.`, {
      remedy: 'Write it as in: rpi_install: {timezone: Europe/Berlin}',
    });
  }
  for (const [name, value] of Object.entries(own)) {
    if (typeof value === 'string' && value.includes('{{')) {
      throw new RpiError(
        'create.invalid-setting',
        `rpi_install.${name} of ${host.name} is a Jinja expression, which only Ansible evaluates.`,
        {
          remedy: 'Write the value itself.',
        },
      );
    }
    if (value === undefined || value === null) settings.delete(name);
    else settings.set(name, value);
  }
  return settings;
}

/** What a person has set, or undefined; the empty value is the installer's for unset. */
function settingOf(
  name: string,
  own: Settings,
  explicit: ReadonlyMap<string, unknown>,
  path: string,
): string | undefined {
  const value = explicit.get(name);
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (!own.values.has(name)) return undefined;
  const written = own.values.get(name);
  if (written === undefined) {
    throw new RpiError(
      'create.invalid-config',
      `${path}: ${name} depends on the shell that reads it.`,
      {
        remedy: `Write a plain value: rpi has to know it, as keys and users depend on it.`,
      },
    );
  }
  return written === '' ? undefined : written;
}

function keyIn(name: string, value: string | undefined): PublicKey[] {
  if (value === undefined) return [];
  const key = parsePublicKey(value);
  if (key === undefined) {
    throw new RpiError('create.invalid-setting', `${name} is not a public key.`, {
      remedy: 'Give the key itself, in quotes; name files of keys under access.users in rpi.yml.',
    });
  }
  return [key];
}

/** `kitchen.example.org` is the host name kitchen of the domain example.org; `.local` is mDNS’s. */
function nameSettings(host: InventoryHost): [string, string][] {
  const [hostname = '', ...domain] = host.name.split('.');
  if (
    !/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(hostname) ||
    /^[\d.]+$/.test(host.name)
  ) {
    throw new RpiError('create.invalid-setting', `“${host.name}” can't be a host name.`, {
      remedy: 'Say what it is to be called, in the inventory: rpi_install: {hostname: NAME}',
    });
  }
  const domainname = domain.join('.');
  return [
    ['hostname', hostname],
    ...(domainname === '' || domainname === 'local'
      ? []
      : [['domainname', domainname] as [string, string]]),
  ];
}

function withPackage(packages: string | undefined, name: string): string {
  const listed = (packages ?? '').split(/[ ,]+/).filter((each) => each !== '');
  return [...new Set([...listed, name])].join(',');
}
