import { describe, expect, it } from 'vitest';
import { RpiError } from '../../../core/errors.ts';
import { parseYamlInventory } from '../../../core/formats/inventory/yaml-inventory.ts';
import { buildGraph, hostsOfGroup } from '../../../core/inventory/graph.ts';
import { hostOf } from '../../../core/inventory/resolve-host.ts';
import type { Inventory } from '../../../core/inventory/host.ts';
import { selectHosts } from '../../../core/inventory/select.ts';

export function inventoryOf(text: string): Inventory {
  const parsed = parseYamlInventory(text);
  if (parsed.ok !== true) throw new Error(JSON.stringify(parsed));
  const graph = buildGraph(parsed.statements);
  return {
    hosts: [...graph.hosts.values()].map((host) =>
      hostOf(host, Object.fromEntries(host.variables)),
    ),
    groups: Object.fromEntries([...graph.groups.keys()].map((n) => [n, hostsOfGroup(graph, n)])),
  };
}

const inventory = inventoryOf(`
all:
  hosts: {lone: , 10.0.0.7: }
  children:
    sensors: {hosts: {'pi[1:4]': }}
    screens: {hosts: {pi2: , pi3: , led: }}
    empty:
`);

const select = (limit: string): string[] => selectHosts(inventory, limit).map(({ name }) => name);

describe('host patterns', () => {
  it.each([
    ['all', ['lone', '10.0.0.7', 'pi1', 'pi2', 'pi3', 'pi4', 'led']],
    ['*', ['lone', '10.0.0.7', 'pi1', 'pi2', 'pi3', 'pi4', 'led']],
    ['lone', ['lone']],
    ['led,lone', ['lone', 'led']],
    ['sensors:!pi1', ['pi2', 'pi3', 'pi4']],
    ['sensors:&screens', ['pi2', 'pi3']],
    ['!sensors', ['lone', '10.0.0.7', 'led']],
    ['pi[13]*', ['pi1', 'pi3']],
    ['pi[!1]*', ['pi2', 'pi3', 'pi4']],
    ['p?3', ['pi3']],
    ['~pi[12]$', ['pi1', 'pi2']],
    ['sensors[0]', ['pi1']],
    ['sensors[-1]', ['pi4']],
    ['sensors[1:2]', ['pi2', 'pi3']],
    ['s*', ['pi1', 'pi2', 'pi3', 'pi4', 'led']],
    ['10.0.0.7', ['10.0.0.7']],
    ['ungrouped', ['lone', '10.0.0.7']],
  ])('%s', (limit, expected) => {
    expect(select(limit)).toEqual(expected);
  });

  it.each([
    ['senors', 'Did you mean sensors?'],
    ['pi1,nope', 'nope'],
    ['all:!pj1', 'pi1'],
    ['empty', 'has no hosts'],
    ['lone:&screens', 'No host is left'],
    ['~[', 'no valid host pattern'],
    ['~[a,b', 'no valid host pattern'],
  ])('refuses %s, which matches nothing', (limit, says) => {
    try {
      select(limit);
      expect.unreachable();
    } catch (error) {
      if (!RpiError.is(error, 'inventory.no-match')) throw error;
      expect(`${error.message} ${error.remedy ?? ''}`).toContain(says);
    }
  });

  it('selects nothing, without an error, in an inventory without hosts', () => {
    expect(selectHosts({ hosts: [], groups: { all: [] } }, undefined)).toEqual([]);
    expect(selectHosts({ hosts: [], groups: { all: [] } }, 'all')).toEqual([]);
  });
});
