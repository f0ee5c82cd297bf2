import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InventoryHost } from '../../../core/inventory/host.ts';
import {
  configWord,
  hostNames,
  hostsFile,
  withInclude,
  withoutInclude,
} from '../../../core/ssh/config-text.ts';

const host = (name: string, more: Partial<InventoryHost> = {}): InventoryHost => ({
  name,
  address: '10.0.0.7',
  port: 22,
  user: undefined,
  become: true,
  groups: [],
  serial: undefined,
  macs: [],
  model: undefined,
  variables: {},
  ...more,
});

const OURS = '/home/me/my data/rpi/pis/ssh_config';
const words = { identityFile: '"/home/me/my data/id"', knownHosts: '"/home/me/my data/known"' };

describe('the include file', () => {
  it('says of each host what rpi ssh says', () => {
    const { text } = hostsFile([host('kitchen', { port: 2222, user: 'ann' })], words, '/p');
    expect(text).toContain(`Host kitchen
  HostName 10.0.0.7
  Port 2222
  User ann
  IdentityFile "/home/me/my data/id"
  IdentitiesOnly yes
  UserKnownHostsFile "/home/me/my data/known"
  StrictHostKeyChecking yes
`);
  });

  it('leaves the key to the agent, and says so', () => {
    const { text } = hostsFile([host('kitchen')], { ...words, identityFile: undefined }, '/p');
    expect(text).not.toContain('IdentityFile');
    expect(text).toContain('IdentitiesOnly no');
    expect(text).toContain('User pi');
  });

  it('leaves out what ssh would take for something else', () => {
    const odd = [
      host('pi*'),
      host('-oProxyCommand=x'),
      host('a b'),
      host('ok', { address: 'x\nHost *' }),
      host('fine', { user: 'a b' }),
    ];
    const { text, leftOut } = hostsFile(odd, words, '/p\nHost *');
    expect(leftOut).toEqual(odd.map(({ name }) => name));
    expect(hostNames(text)).toEqual(new Set());
  });
});

describe('a path', () => {
  it('stands in quotes, or is refused where ssh would read another', () => {
    expect(configWord('/home/me/my data/x')).toBe('"/home/me/my data/x"');
    for (const path of ['/a"b', '/a\\b', '/50%', '/a*', '/a?', '/a[b]', '/${HOME}', '/a\nb']) {
      expect(configWord(path)).toBeUndefined();
    }
  });
});

describe('the line in the person’s file', () => {
  const line = `Include "${OURS}"`;

  it('is the first one', () => {
    expect(withInclude('', OURS, [])).toBe(`${line}\n`);
    expect(withInclude('Host a\n  Port 1', OURS, [])).toBe(`${line}\nHost a\n  Port 1`);
  });

  it('is not added where it holds for every host already, however it is written', () => {
    for (const text of [`${line}\n`, `# x\n  include = "${OURS}" # ours\nHost a\n`]) {
      expect(withInclude(text, OURS, [])).toBe(text);
    }
    expect(withInclude(`Host a\n${line}\n`, OURS, [])).toBe(`${line}\nHost a\n${line}\n`);
  });

  it('stands after that of a project that was there before', () => {
    const text = '# mine\nInclude "/d/other/ssh_config"\nHost a\n';
    expect(withInclude(text, OURS, ['/d/other/ssh_config'])).toBe(
      `# mine\nInclude "/d/other/ssh_config"\n${line}\nHost a\n`,
    );
    expect(withInclude('Include /d/o', OURS, ['/d/o'])).toBe(`Include /d/o\n${line}\n`);
  });

  it('ends as the other lines do', () => {
    expect(withInclude('Host a\r\n  Port 1\r\n', OURS, [])).toBe(
      `${line}\r\nHost a\r\n  Port 1\r\n`,
    );
  });

  it('goes without a trace, whatever else is there', () => {
    const some = fc.constantFrom(
      'Host a',
      '  Port 22',
      '',
      '# text “x”',
      'Match all',
      'Include ~/x',
      '\tUser "a b"',
      'garbage "',
    );
    fc.assert(
      fc.property(fc.array(some), fc.constantFrom('\n', '\r\n'), (lines, end) => {
        const text = lines.map((each) => each + end).join('');
        const added = withInclude(text, OURS, []);
        expect(added.endsWith(text)).toBe(true);
        expect(withInclude(added, OURS, [])).toBe(added);
        expect(withoutInclude(added, OURS)).toEqual({ text, shared: [] });
      }),
    );
  });

  it('is not torn out of a line that includes others too', () => {
    const text = `Include ~/a "${OURS}"\n`;
    expect(withoutInclude(text, OURS)).toEqual({ text, shared: [1] });
  });
});
