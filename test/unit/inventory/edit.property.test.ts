import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../core/formats/text-edit.ts';
import { parseYamlInventory } from '../../../core/formats/inventory/yaml-inventory.ts';
import { YamlEditError } from '../../../core/formats/yaml-edit.ts';
import {
  addHost,
  removeHost,
  setHostVariables,
  setVariablesOfHosts,
  type HostVariables,
} from '../../../core/inventory/edit.ts';
import { moveHost } from '../../../core/inventory/move-host.ts';
import { buildGraph, type InventoryGraph } from '../../../core/inventory/graph.ts';
import { randomInventory, type RandomInventory } from './random-inventory.ts';

type Hosts = Record<string, { vars: Record<string, unknown>; groups: string[] }>;

function graphOf(text: string): InventoryGraph {
  const parsed = parseYamlInventory(text);
  if (parsed.ok !== true) throw new Error(`${JSON.stringify(parsed)}\n${text}`);
  return buildGraph(parsed.statements);
}

/** Hosts with what the file itself says of them. */
function hostsOf(text: string): Hosts {
  const graph = graphOf(text);
  return Object.fromEntries(
    [...graph.hosts.values()].map((host) => [
      host.name,
      {
        vars: Object.fromEntries(host.variables),
        groups: [...graph.groups.values()]
          .filter((group) => group.hosts.has(host.name) && !isNone(group.name))
          .map((group) => group.name),
      },
    ]),
  );
}

function isNone(group: string): boolean {
  return group === 'all' || group === 'ungrouped';
}

function hostsOfModel({ groups }: RandomInventory): Hosts {
  return Object.fromEntries(
    groups.flatMap((group) =>
      group.hosts.map((host) => [
        host.name,
        { vars: host.vars, groups: isNone(group.name) ? [] : [group.name] },
      ]),
    ),
  );
}

function groupVariables(text: string): Record<string, unknown> {
  const groups = [...graphOf(text).groups.values()].filter(({ variables }) => variables.size > 0);
  return Object.fromEntries(
    groups.map(({ name, variables }) => [name, Object.fromEntries(variables)]),
  );
}

/** Without what was inserted, the text must be there as it was. */
function expectOnlyInsertions(
  before: string,
  edits: readonly { start: number; end: number }[],
): void {
  for (const { start, end } of edits)
    expect(before.slice(start, end)).toMatch(/^(?:| ~| null| \{\})$/);
}

const values = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !/\{[{%#]/.test(text)),
  fc.constantFrom(
    'yes',
    '0755',
    '1.5',
    '~',
    '',
    'null',
    ' a',
    'a: b',
    '- x',
    '#',
    "it's",
    '"',
    'é',
  ),
  fc.integer(),
  fc.boolean(),
  fc.array(
    fc.string({ maxLength: 5 }).filter((text) => !/\{[{%#]/.test(text)),
    { maxLength: 3 },
  ),
);

/** Runs the edit; a refusal is fine where the property says so and never changes anything. */
function tryEdit<T>(edit: () => T): T | undefined {
  try {
    return edit();
  } catch (error) {
    if (error instanceof YamlEditError) return undefined;
    throw error;
  }
}

/**
 * The quick run takes the same documents each time, for it counts refusals and has few; the full
 * run takes new ones. Shrinking texts of the generator takes long and tells little.
 */
const RUNS = {
  ...(process.env['RPI_TEST_FULL'] === '1' ? { numRuns: 3000 } : { numRuns: 15, seed: 7 }),
  endOnFailure: true,
};

describe('edits of random inventories', { timeout: 120_000 }, () => {
  it('reads what the generator meant', () => {
    fc.assert(
      fc.property(randomInventory, (inventory) => {
        expect(hostsOf(inventory.text)).toEqual(hostsOfModel(inventory));
      }),
      RUNS,
    );
  });

  it('adds a host and changes not one byte besides', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        randomInventory,
        fc.constantFrom('ungrouped', 'sensors', 'brand_new', 'all_0', 'sensors_1'),
        fc.dictionary(fc.constantFrom('ansible_host', 'rpi_macs', 'note'), values),
        (inventory, group, vars) => {
          const edits = tryEdit(() => addHost(inventory.text, { group, name: 'pi-new', vars }));
          if (edits === undefined) {
            refused++;
            return;
          }
          expectOnlyInsertions(inventory.text, edits);
          const after = applyEdits(inventory.text, edits);
          expect(hostsOf(after)).toEqual({
            ...hostsOfModel(inventory),
            'pi-new': { vars: { ...vars }, groups: isNone(group) ? [] : [group] },
          });
          expect(groupVariables(after)).toEqual(groupVariables(inventory.text));
        },
      ),
      RUNS,
    );
    // Block scalars at the very end of a file without a line end can't be followed by anything.
    expect(refused).toBeLessThan(RUNS.numRuns / 20);
  });

  it('sets variables of a host and changes nothing else', () => {
    let refused = 0;
    fc.assert(
      fc.property(
        randomInventory,
        fc.nat(),
        fc.dictionary(fc.constantFrom('ansible_host', 'rpi_macs', 'note', 'mode'), values, {
          minKeys: 1,
        }),
        (inventory, index, vars) => {
          const names = Object.keys(hostsOfModel(inventory));
          const name = names[index % names.length];
          if (name === undefined) return;
          const edits = tryEdit(() => setHostVariables(inventory.text, name, vars));
          if (edits === undefined) {
            refused++;
            return;
          }
          const after = applyEdits(inventory.text, edits);
          const expected = hostsOfModel(inventory);
          const host = expected[name];
          if (host !== undefined) expected[name] = { ...host, vars: { ...host.vars, ...vars } };
          expect(hostsOf(after)).toEqual(expected);
          expect(groupVariables(after)).toEqual(groupVariables(inventory.text));
          // Comments are bytes, too: all of them outside of replaced values are still there.
          expect(after.split('#').length).toBeGreaterThanOrEqual(
            applyEdits(
              inventory.text,
              edits.map((edit) => ({ ...edit, text: '' })),
            ).split('#').length,
          );
        },
      ),
      RUNS,
    );
    expect(refused).toBeLessThan(RUNS.numRuns / 10);
  });

  it('moves a host into a group and loses no comment', () => {
    let [tried, refused] = [0, 0];
    fc.assert(
      fc.property(
        randomInventory,
        fc.nat(),
        fc.constantFrom('sensors', 'brand_new', 'all_0', 'sensors_1'),
        (inventory, index, group) => {
          const all = Object.entries(hostsOfModel(inventory));
          const names = all
            .filter(([, { groups }]) => !groups.includes(group))
            .map(([name]) => name);
          const name = names[index % names.length];
          if (name === undefined) return;
          tried++;
          const edits = tryEdit(() => moveHost(inventory.text, name, group));
          if (edits === undefined) {
            refused++;
            return;
          }
          const after = applyEdits(inventory.text, edits);
          const expected = hostsOfModel(inventory);
          expected[name] = { vars: expected[name]?.vars ?? {}, groups: [group] };
          expect(hostsOf(after)).toEqual(expected);
          expect(groupVariables(after)).toEqual(groupVariables(inventory.text));
          expect(after.split('#').length).toBe(inventory.text.split('#').length);
        },
      ),
      RUNS,
    );
    expect(tried).toBeGreaterThan(RUNS.numRuns / 2);
    expect(refused).toBeLessThan(tried / 4);
  });

  it('moves only the entry of the group that is named, where a host stands in two', () => {
    let tried = 0;
    fc.assert(
      fc.property(randomInventory, fc.nat(), (inventory, index) => {
        const all = Object.entries(hostsOfModel(inventory)).filter(
          ([, { groups }]) => groups.length > 0,
        );
        const [name, host] = all[index % all.length] ?? [];
        if (name === undefined || host === undefined) return;
        const added = tryEdit(() => addHost(inventory.text, { group: 'second', name, vars: {} }));
        if (added === undefined) return;
        const text = applyEdits(inventory.text, added);
        const edits = tryEdit(() => moveHost(text, name, 'third', 'second'));
        if (edits === undefined) return;
        tried++;
        const after = applyEdits(text, edits);
        const expected = hostsOfModel(inventory);
        const found = hostsOf(after);
        // A new group may stand before the others.
        const groups = expect.arrayContaining([...host.groups, 'third']) as string[];
        expected[name] = { vars: host.vars, groups };
        expect(found).toEqual(expected);
        expect(found[name]?.groups).toHaveLength(host.groups.length + 1);
        // And back out of it: the first group has it already.
        const [own = ''] = host.groups;
        const back = applyEdits(after, moveHost(after, name, own, 'third'));
        expect(hostsOf(back)).toEqual(hostsOfModel(inventory));
        expect(back.split('#').length).toBe(inventory.text.split('#').length);
      }),
      RUNS,
    );
    expect(tried).toBeGreaterThan(RUNS.numRuns / 4);
  });

  it('removes a host and leaves the others', () => {
    fc.assert(
      fc.property(randomInventory, fc.nat(), (inventory, index) => {
        const names = Object.keys(hostsOfModel(inventory));
        const name = names[index % names.length];
        if (name === undefined) return;
        const edits = tryEdit(() => removeHost(inventory.text, name));
        if (edits === undefined) return;
        expect(edits.every(({ text }) => text === '')).toBe(true);
        const { [name]: _gone, ...rest } = hostsOfModel(inventory);
        expect(hostsOf(applyEdits(inventory.text, edits))).toEqual(rest);
      }),
      RUNS,
    );
  });

  it('does nothing when the values are there already', () => {
    fc.assert(
      fc.property(randomInventory, (inventory) => {
        for (const { hosts } of inventory.groups) {
          for (const { name, vars } of hosts) {
            expect(setHostVariables(inventory.text, name, vars)).toEqual([]);
          }
        }
      }),
      RUNS,
    );
  });

  it('sets variables of many hosts at once as it does one by one', () => {
    fc.assert(
      fc.property(randomInventory, fc.array(values, { minLength: 1 }), (inventory, list) => {
        const names = [
          ...new Set(inventory.groups.flatMap(({ hosts }) => hosts.map((h) => h.name))),
        ];
        const wanted = new Map(
          names.map((name, index): [string, HostVariables] => [
            name,
            { ansible_user: list[index % list.length], rpi_serial: `s${index}` },
          ]),
        );
        const oneByOne = tryEdit(() =>
          [...wanted].reduce(
            (text, [name, vars]) => applyEdits(text, setHostVariables(text, name, vars)),
            inventory.text,
          ),
        );
        const atOnce = tryEdit(() =>
          applyEdits(inventory.text, setVariablesOfHosts(inventory.text, wanted)),
        );
        if (oneByOne === undefined) expect(atOnce).toBeUndefined();
        else expect(hostsOf(atOnce ?? '')).toEqual(hostsOf(oneByOne));
      }),
      RUNS,
    );
  });
});
