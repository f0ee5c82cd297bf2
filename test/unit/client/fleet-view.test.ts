import { describe, expect, test } from 'vitest';
import { draggedOf, dropOf } from '../../../client/fleet/drop.ts';
import { lookOf, titleOfFault } from '../../../client/fleet/looks.ts';
import {
  idOf,
  nodeAbove,
  nodeOfPi,
  nodesBelow,
  nodesOfFleet,
  type FleetNode,
} from '../../../client/fleet/nodes.ts';
import { leastWell, shortText } from '../../../client/fleet/short-health.ts';
import { fleetHealth } from '../../../core/fleet/health.ts';
import { fleet, openProject, pi } from './sample-fleet.ts';

const project = openProject('/work/pis');

/** The tree as lines: what stands below is set in. */
function drawn(nodes: readonly FleetNode[], of = fleet(), depth = 0): string[] {
  return nodes.flatMap((node) => [
    `${'  '.repeat(depth)}${wordOf(node)}`,
    ...drawn(nodesBelow(node, of), of, depth + 1),
  ]);
}

function wordOf(node: FleetNode): string {
  switch (node.kind) {
    case 'group':
      return `${node.name}/ ${node.size}`;
    case 'pi':
      return node.name;
    case 'discovered':
      return node.key;
    case 'discovered-root':
      return `discovered ${node.count}`;
    default:
      return node.kind;
  }
}

function find(word: string, of = fleet()): FleetNode {
  const inside = (nodes: readonly FleetNode[]): FleetNode[] =>
    nodes.flatMap((node) => [node, ...inside(nodesBelow(node, of))]);
  const node = inside(nodesOfFleet(project, of)).find(
    (each) => wordOf(each).split(' ')[0] === word,
  );
  if (node === undefined) throw new Error(`no node ${word}`);
  return node;
}

describe('the tree', () => {
  test('shows groups with their groups and hosts, then what was discovered', () => {
    expect(drawn(nodesOfFleet(project, fleet()))).toEqual([
      'displays/ 2',
      '  hall',
      '  kitchen',
      'sensors/ 3',
      '  garden/ 1',
      '    pond',
      '  attic',
      '  kitchen',
      'empty/ 0',
      'discovered 2',
      '  dc:a6:32:00:00:40',
      '  10.0.0.41',
    ]);
  });

  test('shows what can’t be read first, and the rest all the same', () => {
    const fault = {
      source: 'inventory',
      error: { code: 'inventory.invalid', message: 'a tab' },
      path: '/work/pis/inventory/hosts.yml',
      line: 3,
      column: 1,
    } as const;
    const nodes = nodesOfFleet(project, { ...fleet(), faults: [fault] });
    expect(nodes.map(({ kind }) => kind)).toEqual([
      'fault',
      'group',
      'group',
      'group',
      'discovered-root',
    ]);
    const three = nodesOfFleet(project, { ...fleet(), faults: [fault, { ...fault, line: 5 }] });
    expect(three.filter(({ kind }) => kind === 'fault')).toMatchObject([{ more: 1 }]);
    const alone = { ...fleet(), pis: new Map(), faults: [fault] };
    expect(nodesOfFleet(project, alone).at(-1)?.kind).not.toBe('discovered-root');
    expect(titleOfFault(fault)).toBe('The inventory can’t be read');
  });

  test('has no Discovered where nothing was', () => {
    const nodes = nodesOfFleet(project, { ...fleet(), discovered: [] });
    expect(nodes.map(({ kind }) => kind)).not.toContain('discovered-root');
  });

  test('ends where a group stands below itself', () => {
    const loop = {
      ...fleet(),
      roots: ['a'],
      groups: new Map([
        ['a', { name: 'a', hosts: [], children: ['b'] }],
        ['b', { name: 'b', hosts: ['kitchen'], children: ['a'] }],
      ]),
      discovered: [],
    };
    expect(drawn(nodesOfFleet(project, loop), loop)).toEqual(['a/ 1', '  b/ 1', '    kitchen']);
  });

  test('a host in two groups is two nodes with ids of their own, the same after a refresh', () => {
    const inside = (nodes: readonly FleetNode[]): FleetNode[] =>
      nodes.flatMap((node) => [node, ...inside(nodesBelow(node, fleet()))]);
    const ids = inside(nodesOfFleet(project, fleet())).map(idOf);
    expect(new Set(ids).size).toBe(ids.length);
    expect(inside(nodesOfFleet(project, fleet())).map(idOf)).toEqual(ids);
  });

  test('every node is below the one above it', () => {
    const walk = (nodes: readonly FleetNode[], parent: FleetNode | undefined): void => {
      for (const node of nodes) {
        const above = nodeAbove(node, fleet());
        expect(above === undefined ? undefined : idOf(above)).toBe(
          parent === undefined ? undefined : idOf(parent),
        );
        walk(nodesBelow(node, fleet()), node);
      }
    };
    walk(nodesOfFleet(project, fleet()), undefined);
  });

  test('finds a host in the group that is meant, else where it first stands', () => {
    const pathOf = (node: FleetNode | undefined): unknown => node?.kind === 'pi' && node.path;
    expect(pathOf(nodeOfPi(project, fleet(), 'kitchen', 'sensors'))).toEqual(['sensors']);
    expect(pathOf(nodeOfPi(project, fleet(), 'kitchen', 'nowhere'))).toEqual(['displays']);
    expect(pathOf(nodeOfPi(project, fleet(), 'pond'))).toEqual(['sensors', 'garden']);
    expect(nodeOfPi(project, fleet(), 'nobody')).toBeUndefined();
  });
});

describe('dropping', () => {
  const drop = (from: readonly FleetNode[], onto: FleetNode | undefined): unknown => {
    const dragged = draggedOf(from);
    return dragged === undefined ? undefined : dropOf(dragged, onto);
  };

  test('a discovered Pi on a group adopts it there', () => {
    expect(drop([find('dc:a6:32:00:00:40')], find('displays/'))).toEqual({
      does: 'place',
      group: 'displays',
      hosts: [],
      devices: ['dc:a6:32:00:00:40'],
    });
  });

  test('hosts leave the group that they were dragged from', () => {
    const place = drop([find('pond'), find('attic')], find('displays/'));
    expect(place).toMatchObject({
      does: 'place',
      hosts: [
        { name: 'pond', from: 'garden' },
        { name: 'attic', from: 'sensors' },
      ],
    });
  });

  test('on a Pi means into its group, and on its own group nothing', () => {
    expect(drop([find('attic')], find('hall'))).toMatchObject({ does: 'place', group: 'displays' });
    expect(drop([find('hall')], find('displays/'))).toEqual({ does: 'nothing' });
    expect(drop([find('hall')], find('hall'))).toEqual({ does: 'nothing' });
  });

  test('is refused in words where it means nothing safe', () => {
    const elsewhere = {
      kind: 'group',
      project: openProject('/other'),
      name: 'g',
      path: [],
      size: 0,
    } as const;
    for (const [from, onto] of [
      [[find('hall')], find('discovered')],
      [[find('hall')], undefined],
      [[find('hall')], elsewhere],
      [[find('hall'), find('dc:a6:32:00:00:40')], find('sensors/')],
    ] as const) {
      const refused = drop(from, onto);
      expect(refused).toMatchObject({ does: 'refuse' });
      expect(JSON.stringify(refused)).toMatch(/"why":"[A-Z].+\."/);
    }
  });

  test('groups, faults and Discovered itself are not dragged', () => {
    expect(draggedOf([find('displays/'), find('discovered')])).toBeUndefined();
  });
});

describe('looks', () => {
  test('a reachable Pi that is not well is a warning that says why', () => {
    expect(lookOf(pi('a', { state: 'reachable' })).icon).toBe('pass-filled');
    const hot = lookOf(pi('a', { state: 'reachable', warnings: ['hot: 84 °C'] }));
    expect(hot).toMatchObject({ icon: 'warning', words: 'reachable, hot: 84 °C' });
  });

  test('the status bar says the worst of it', () => {
    const health = fleetHealth(fleet());
    expect(shortText([health])).toBe('4 Pis: 1 failing');
    expect(shortText([health, health])).toBe('8 Pis: 2 failing');
    const well = fleetHealth({
      ...fleet(),
      pis: new Map([['a', pi('a', { state: 'reachable' })]]),
    });
    expect(shortText([well])).toBe('1 Pi');
    expect(leastWell([well.level, health.level])).toBe('error');
    expect(leastWell([])).toBe('none');
  });
});
