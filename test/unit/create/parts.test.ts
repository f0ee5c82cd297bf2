import { describe, expect, it } from 'vitest';
import { accountsOf, type AccountsInput } from '../../../core/create/accounts.ts';
import { folderName } from '../../../core/create/folder-name.ts';
import { redact } from '../../../core/create/redact.ts';
import { isInstallable } from '../../../core/data/installer-models.ts';
import { generateKeyPair } from '../../../core/formats/ssh-key.ts';

const [ours, theirs] = [generateKeyPair('ours').publicKey, generateKeyPair('theirs').publicKey];

describe('the accounts of a new system', () => {
  const input: AccountsInput = {
    host: 'kitchen',
    login: 'pi',
    projectKeys: [ours],
    users: [],
    rootByKey: true,
    username: undefined,
    userKeys: [],
    rootKeys: [],
  };

  it('let in whom we log in as, with sudo, and root where the policy says so', () => {
    const pi = { name: 'pi', sudo: true, keys: [ours] };
    expect(accountsOf(input)).toEqual({ root: [ours], first: pi, others: [] });
    expect(accountsOf({ ...input, rootByKey: false }).root).toEqual([]);
    expect(accountsOf({ ...input, login: 'root' })).toEqual({
      root: [ours],
      first: undefined,
      others: [],
    });
  });

  it('give a user of the policy what it says, and our key where we log in as that user', () => {
    const users = [{ name: 'pi', sudo: false, keys: [theirs] }];
    expect(accountsOf({ ...input, users }).first).toEqual({
      name: 'pi',
      sudo: false,
      keys: [ours, theirs],
    });
  });

  it('leave the installer’s one user to the name that the person wrote', () => {
    const { first, others } = accountsOf({ ...input, username: 'carol', userKeys: [theirs] });
    expect(first).toEqual({ name: 'carol', sudo: false, keys: [theirs] });
    expect(others.map(({ name }) => name)).toEqual(['pi']);
  });

  it('are refused where no key would let anybody in', () => {
    expect(() => accountsOf({ ...input, projectKeys: [] })).toThrow(
      /Nobody could log in to kitchen/,
    );
    expect(() => accountsOf({ ...input, projectKeys: [], rootKeys: [theirs] })).not.toThrow();
  });

  it.each(['a b', '$(id)', '../x', 'www-data', ''])('have no user called %j', (login) => {
    expect(() => accountsOf({ ...input, login: login === '' ? '-' : login })).toThrow(/username/);
  });
});

it.each([
  ['Raspberry Pi 5 Model B Rev 1.0', false],
  ['Raspberry Pi 500 Rev 1.0', false],
  ['Raspberry Pi 400 Rev 1.0', false],
  ['Raspberry Pi Compute Module 4 Rev 1.0', false],
  ['Raspberry Pi Compute Module 5 Rev 1.0', false],
  ['Raspberry Pi 4 Model B Rev 1.5', true],
  ['Raspberry Pi 3 Model A Plus Rev 1.0', true],
  ['Raspberry Pi Zero 2 W Rev 1.0', true],
  ['Raspberry Pi Zero W Rev 1.1', true],
  ['Raspberry Pi Model B Rev 2', true],
  ['Raspberry Pi Compute Module 3 Plus Rev 1.0', true],
  ['ThinkPad', undefined],
  [undefined, undefined],
])('%s: netinst installs it: %s', (model, installs) => {
  expect(isInstallable(model)).toBe(installs);
});

it.each(['kitchen', 'a.b-c_d', '..', '.', '../../etc', 'a/b', 'a*b', '10.0.0.1', 'grün'])(
  'the folder of %j is one name, and no other host’s',
  (host) => {
    const folder = folderName(host);
    expect(folder).toMatch(/^[^/*]+$/);
    expect(folder).not.toMatch(/^\.+$/);
    expect(decodeURIComponent(folder)).toBe(host);
  },
);

describe('what is shown of a file', () => {
  const shown = (text: string): string => redact('config/installer-config.txt', text);

  it('has no password in it, wherever it stands', () => {
    expect(shown("rootpw='a b' hostname=x\n")).toBe('rootpw=(hidden) hostname=x\n');
    expect(shown('userpw="two\nlines" # why\n')).toBe('userpw=(hidden) # why\n');
    expect(shown('#wlan_psk=hunter22\n')).not.toContain('hunter22');
    expect(shown('if x; then rootpw=abc; fi\n')).not.toContain('abc');
    expect(shown('rootpw+=more\n')).not.toContain('more');
    expect(shown("x='open\nrootpw=abc\n")).not.toContain('abc');
  });

  it('has no private key in it', () => {
    const { privateKey } = generateKeyPair('x');
    expect(redact('config/files/root/etc/ssh/ssh_host_ed25519_key', privateKey)).toBe('(hidden)\n');
  });

  it('is otherwise what it is', () => {
    expect(shown('hostname=pi\n# rootpwned\n')).toBe('hostname=pi\n# rootpwned\n');
  });
});
