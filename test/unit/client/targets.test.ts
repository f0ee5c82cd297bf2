import { describe, expect, test } from 'vitest';
import { appPort, portOf } from '../../../client/commands/port.ts';
import { namesOf } from '../../../client/commands/names.ts';
import { wordsToRepeat } from '../../../client/commands/repeat.ts';
import { checkTyped } from '../../../client/commands/typed-name.ts';
import { nodesOf, type CommandNode } from '../../../client/nodes.ts';
import type { OpenProject } from '../../../client/projects.ts';
import { hostsOfNodes, limitOf } from '../../../client/targets.ts';
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

  test('need no limit when they are all', () => {
    expect(limitOf(['kitchen', 'attic', 'shed'], fleet)).toEqual([]);
    expect(limitOf(['kitchen', 'shed'], fleet)).toEqual(['--limit', 'kitchen,shed']);
  });
});

describe('running again', () => {
  test('leaves out who asked and how it was shown', () => {
    const args = ['--project', '/p', 'provision', '--json', '--answers=control', '--limit', 'a'];
    expect(wordsToRepeat({ args })).toEqual(['provision', '--limit', 'a']);
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
