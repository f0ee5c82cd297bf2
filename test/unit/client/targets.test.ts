import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../cli/main.ts';
import { appPort, portOf } from '../../../client/commands/port.ts';
import { namesOf } from '../../../client/commands/names.ts';
import { wordsToRepeat } from '../../../client/commands/repeat.ts';
import { checkTyped } from '../../../client/commands/typed-name.ts';
import { nodesOf, type CommandNode } from '../../../client/nodes.ts';
import type { OpenProject } from '../../../client/open-project.ts';
import {
  faultOfLimit,
  faultOfName,
  hostsOfNodes,
  hostWord,
  limitOf,
} from '../../../client/chosen-hosts.ts';
import type { Fleet, FleetPi } from '../../../core/fleet/fleet.ts';

const project = { label: 'pis' } as OpenProject; // only compared
const pi = (name: string): CommandNode => ({ kind: 'pi', project, name });
const group = (name: string): CommandNode => ({ kind: 'group', project, name });

const fleet: Pick<Fleet, 'groups' | 'pis'> = {
  pis: new Map(['attic', 'kitchen', 'shed'].map((name) => [name, { name } as FleetPi])),
  groups: new Map(
    [
      { name: 'house', hosts: ['kitchen'], children: ['upstairs'] },
      { name: 'upstairs', hosts: ['attic'], children: ['house'] },
      { name: 'empty', hosts: [], children: [] },
    ].map((each) => [each.name, each]),
  ),
};

describe('the nodes of a menu', () => {
  test('are the selection where it was opened on a part of it', () => {
    const [a, b] = [pi('attic'), pi('shed')];
    expect(nodesOf([a, [a, b]])).toEqual([a, b]);
    expect(nodesOf([a, [b]])).toEqual([a]);
    expect(nodesOf([a, undefined])).toEqual([a]);
  });

  test('are none where the palette or a file gave something else', () => {
    expect(nodesOf([])).toEqual([]);
    expect(nodesOf([{ scheme: 'file', path: '/a' }])).toEqual([]);
    expect(nodesOf([{ kind: 'toString', project }])).toEqual([]);
  });
});

describe('the hosts of nodes', () => {
  test('are those of groups and of the groups below, each once', () => {
    expect(hostsOfNodes([group('house'), pi('attic')], fleet)).toEqual(['attic', 'kitchen']);
  });

  test('are none of an empty group, which is not the same as all', () => {
    expect(hostsOfNodes([group('empty')], fleet)).toEqual([]);
  });

  test('are asked for where the nodes name none', () => {
    expect(hostsOfNodes([{ kind: 'project', project }], fleet)).toBeUndefined();
    expect(hostsOfNodes([], fleet)).toBeUndefined();
  });

  test('are always named, because there may be others that nobody sees', () => {
    expect(limitOf(['kitchen', 'attic', 'shed'])).toEqual(['--limit', 'kitchen,attic,shed']);
  });

  test('are refused where a name would be read as an option, a pattern or a file', () => {
    for (const name of [
      '--yes',
      '-x',
      '@/etc/hostname',
      '~.*',
      '*',
      'a,b',
      'a:b',
      '!a',
      '&a',
      'a b',
      '',
    ]) {
      expect(faultOfName(name)).toBeTypeOf('string');
      expect(faultOfLimit(['kitchen', name], fleet)).toBeTypeOf('string');
    }
    expect(
      ['kitchen', 'pi-1.lan', '_x', '192.168.1.2'].flatMap((n) => faultOfName(n) ?? []),
    ).toEqual([]);
  });

  test('are refused where a group of that name holds others', () => {
    const groups = new Map(
      [
        { name: 'shed', hosts: ['attic'], children: [] },
        { name: 'kitchen', hosts: ['kitchen'], children: [] },
      ].map((each) => [each.name, each]),
    );
    expect(faultOfLimit(['shed'], { groups })).toContain('shed');
    expect(faultOfLimit(['all'], { groups })).toContain('all');
    expect(faultOfLimit(['kitchen'], { groups })).toBeUndefined();
  });

  test('are not taken for a subcommand', () => {
    expect(hostWord('kitchen')).toBe('kitchen');
    const words = createProgram().commands.flatMap((command) =>
      // A group of commands, such as runs, takes no host.
      command.registeredArguments.length === 0 ? [] : command.commands.map((each) => each.name()),
    );
    expect(words).toEqual(expect.arrayContaining(['config', 'plan']));
    for (const word of [...words, 'help']) expect(hostWord(word)).toBe(`${word},`);
  });
});

describe('running again', () => {
  test('leaves out who asked and how it was shown', () => {
    const args = ['--project', '/p', 'provision', '--json', '--answers=control', '--limit', 'a'];
    expect(wordsToRepeat({ args })).toEqual(['provision', '--limit', 'a']);
  });

  test('leaves out what was agreed to that once', () => {
    const repeated = (...args: string[]) => wordsToRepeat({ args });
    expect(repeated('reboot', 'kitchen', '--yes')).toEqual(['reboot', 'kitchen']);
    expect(repeated('reboot', '-y', 'kitchen', '-yK')).toEqual(['reboot', 'kitchen', '-K']);
    expect(repeated('reboot', '-Kyp3', 'a')).toEqual(['reboot', '-Kp3', 'a']);
    expect(repeated('install', 'a', '--yes-wipe', 'a', '--yes-wipe=b')).toEqual(['install', 'a']);
    expect(repeated('install', 'a', '--plan', 'abc')).toEqual(['install', 'a']);
    expect(repeated('install', 'plan', 'a')).toEqual(['install', 'plan', 'a']);
    expect(repeated('access', 'enroll', '--accept-new')).toEqual(['access', 'enroll']);
    expect(repeated('exec', 'a', '--', 'apt-get', '-y')).toEqual([
      'exec',
      'a',
      '--',
      'apt-get',
      '-y',
    ]);
  });

  test('keeps what is Ansible’s own', () => {
    const args = ['deploy', '--', '--project', 'x'];
    expect(wordsToRepeat({ args })).toEqual(args);
  });

  test('is refused where a value was kept out of the journal', () => {
    expect(wordsToRepeat({ args: ['deploy', '--', '-e', '…'] })).toBeUndefined();
    expect(wordsToRepeat({ args: ['deploy', '--', '--extra-vars=…'] })).toBeUndefined();
  });
});

test('a typed name must be exactly the name', () => {
  expect(checkTyped('kitchen', 'kitchen')).toBeUndefined();
  expect(checkTyped('kitchen ', 'kitchen')).toMatch(/not kitchen/);
  expect(checkTyped('', 'kitchen')).toMatch(/Type kitchen/);
});

test('names read as a sentence', () => {
  expect(namesOf(['a'])).toBe('a');
  expect(namesOf(['a', 'b', 'c'])).toBe('a, b and c');
  expect(namesOf('abcdefghij'.split(''))).toBe('a, b, c, d, e, f, g and 3 others');
});

describe('the port of the app', () => {
  const inventory = (variables: Record<string, unknown>) => ({
    hosts: [
      {
        name: 'kitchen',
        address: 'kitchen',
        port: 22,
        user: undefined,
        become: false,
        groups: [],
        serial: undefined,
        macs: [],
        model: undefined,
        variables,
      },
    ],
  });

  test('is what the variables call it, and never ssh’s', () => {
    expect(appPort(inventory({ ansible_port: 2222, app_port: '8080' }), 'kitchen')).toBe(8080);
    expect(appPort(inventory({ ansible_port: 2222, grafana_port: 3000 }), 'kitchen')).toBe(3000);
    expect(appPort(inventory({ ansible_port: 2222 }), 'kitchen')).toBeUndefined();
    expect(appPort(inventory({ app_port: '{{ base + 1 }}' }), 'kitchen')).toBeUndefined();
  });

  test('is a number from 1 to 65535', () => {
    expect(['80', '65535', '0', '65536', '8o', ''].map(portOf)).toEqual([
      80,
      65535,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
