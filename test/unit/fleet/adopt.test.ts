import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { join } from 'node:path';
import type { SeenDevice } from '../../../core/detect/sightings.ts';
import { RpiError } from '../../../core/errors.ts';
import { planAdoptEdits, planMoveEdits, type FileEdits } from '../../../core/fleet/adopt.ts';
import { filesOnDisk, withTexts, type InventoryFiles } from '../../../core/inventory/files.ts';
import { readInventory } from '../../../core/inventory/load.ts';
import { textAfter } from '../../../core/inventory/planned-edits.ts';
import type { Project } from '../../../core/project/project.ts';
import { randomInventory } from '../inventory/random-inventory.ts';
import { ago, mac, makeProject, NOW } from './fleet-project.ts';

const device = (n: number, more: Partial<SeenDevice> = {}): SeenDevice => ({
  address: `10.0.0.${n}`,
  mac: mac(n),
  isPi: true,
  evidence: [],
  firstSeen: ago(9),
  lastSeen: ago(5),
  ...more,
});
const unsaved = (project: Project, text: string): InventoryFiles =>
  withTexts(filesOnDisk, new Map([[project.inventory, text]]));

/** What the edits leave of the text, and what they put in. */
function only(edits: readonly FileEdits[]): FileEdits {
  const [file, second] = edits;
  if (file === undefined || second !== undefined) throw new Error(`${edits.length} files`);
  return file;
}

const MINE = `# mine
all:
  hosts:
    attic: {ansible_host: 10.0.0.1} # stays
  children:
    sensors:
      hosts:
        kitchen:   # warm
          mode: 0644
`;

describe('adopting in the editor', () => {
  it('edits the text that is not saved yet, and nothing else in it', async () => {
    await using made = await makeProject('all:\n');
    const files = unsaved(made.project, MINE);
    const devices = [device(7, { name: 'shed.local' }), device(8)];
    const requests = [{ key: mac(7), group: 'sensors' }, { key: mac(8) }];
    const file = only(await planAdoptEdits(made.project, { files, devices, requests, now: NOW }));
    expect(file).toMatchObject({ path: made.project.inventory, exists: true, text: MINE });
    expect(file.edits.every(({ start, end }) => start === end)).toBe(true);
    expect(textAfter(file)).toBe(`# mine
all:
  hosts:
    attic: {ansible_host: 10.0.0.1} # stays
    pi-000008:
      ansible_host: 10.0.0.8
      rpi_macs:
        - 'b8:27:eb:00:00:08'
  children:
    sensors:
      hosts:
        kitchen:   # warm
          mode: 0644
        shed:
          ansible_host: 10.0.0.7
          rpi_macs:
            - 'b8:27:eb:00:00:07'
`);
    expect(await filesOnDisk.read(made.project.inventory)).toBe('all:\n');
  });

  it('gives two Pis of one name two names', async () => {
    await using made = await makeProject('all:\n');
    const devices = [device(7, { name: 'shed.local' }), device(8, { name: 'shed.local' })];
    const requests = devices.map(({ mac: key = '' }) => ({ key }));
    const file = only(await planAdoptEdits(made.project, { devices, requests, now: NOW }));
    expect(textAfter(file)).toMatch(/ {4}shed:\n[^]* {4}pi-000008:\n/);
  });

  it('makes the file where there is none, in a folder of inventories', async () => {
    await using made = await makeProject('all:\n', 'inventory: hosts\n');
    await made.put({ 'hosts/.keep': '' });
    const file = only(
      await planAdoptEdits(made.project, {
        devices: [device(7)],
        requests: [{ key: mac(7) }],
        now: NOW,
      }),
    );
    expect(file).toMatchObject({
      path: join(made.root, 'hosts/hosts.yml'),
      exists: false,
      text: '',
    });
  });

  it.each([
    ['what is in the inventory already', device(1), /is in the inventory as attic/],
    ['what is no Pi', device(5, { isPi: false }), /does not look like/],
  ])('refuses %s', async (_, found, message) => {
    await using made = await makeProject(
      `all:\n  hosts:\n    attic: {ansible_host: 10.0.0.1, rpi_macs: ['${mac(1)}']}\n`,
    );
    const requests = [{ key: found.mac ?? '' }];
    await expect(
      planAdoptEdits(made.project, { devices: [found], requests, now: NOW }),
    ).rejects.toMatchObject({
      code: 'input.invalid',
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses an inventory that is no YAML, naming the file', async () => {
    await using made = await makeProject('all:\n', 'inventory: hosts.ini\n');
    await made.put({ 'hosts.ini': '[sensors]\nkitchen\n' });
    await expect(
      planAdoptEdits(made.project, { devices: [device(7)], requests: [{ key: mac(7) }], now: NOW }),
    ).rejects.toMatchObject({
      code: 'inventory.read-only',
      places: [{ path: join(made.root, 'hosts.ini') }],
    });
  });
});

describe('moving in the editor', () => {
  it('moves several hosts at once, each with its lines', async () => {
    await using made = await makeProject(MINE);
    const hosts = [{ name: 'attic' }, { name: 'kitchen' }];
    const file = only(await planMoveEdits(made.project, { hosts, group: 'screens' }));
    expect(textAfter(file)).toBe(`# mine
all:
  hosts:
  children:
    sensors:
      hosts:
    screens:
      hosts:
        attic: {ansible_host: 10.0.0.1} # stays
        kitchen:   # warm
          mode: 0644
`);
  });

  it('does nothing for hosts that are there already', async () => {
    await using made = await makeProject(MINE);
    expect(
      await planMoveEdits(made.project, { hosts: [{ name: 'kitchen' }], group: 'sensors' }),
    ).toEqual([]);
  });

  it('takes a host out of its group', async () => {
    await using made = await makeProject(MINE);
    const file = only(
      await planMoveEdits(made.project, { hosts: [{ name: 'kitchen' }], group: 'ungrouped' }),
    );
    const { inventory } = await readInventory(made.project, {
      files: unsaved(made.project, textAfter(file)),
    });
    expect(inventory.hosts.find(({ name }) => name === 'kitchen')?.groups).toEqual(['ungrouped']);
  });

  it('leaves what all says of a host, and moves only its place', async () => {
    await using made = await makeProject(`all:
  hosts:
    kitchen: {ansible_host: 10.0.0.5} # here
  children:
    sensors:
      hosts:
        kitchen: # in the wall
    screens:
`);
    const file = only(
      await planMoveEdits(made.project, { hosts: [{ name: 'kitchen' }], group: 'screens' }),
    );
    expect(textAfter(file)).toBe(`all:
  hosts:
    kitchen: {ansible_host: 10.0.0.5} # here
  children:
    sensors:
      hosts:
    screens:
      hosts:
        kitchen: # in the wall
`);
  });

  it('asks which group is left, where a host stands in several', async () => {
    const text = 'a:\n  hosts:\n    x: {v: 1}\nb:\n  hosts:\n    x:\n';
    await using made = await makeProject(text);
    const move = (from?: string) =>
      planMoveEdits(made.project, { hosts: [{ name: 'x', from }], group: 'c' });
    await expect(move()).rejects.toMatchObject({
      code: 'input.invalid',
      message: `${made.project.inventory}:3:5: x stands in several groups: a, b.`,
      places: [{ line: 3 }, { line: 6 }],
    });
    await expect(move('c')).rejects.toMatchObject({ code: 'input.invalid' });
    expect(textAfter(only(await move('b')))).toBe(
      'a:\n  hosts:\n    x: {v: 1}\nb:\n  hosts:\nc:\n  hosts:\n    x:\n',
    );
    const toOther = await planMoveEdits(made.project, {
      hosts: [{ name: 'x', from: 'b' }],
      group: 'a',
    });
    expect(textAfter(only(toOther))).toBe('a:\n  hosts:\n    x: {v: 1}\nb:\n  hosts:\n');
  });

  it('names file and line of what can’t be moved', async () => {
    await using made = await makeProject('a:\n  hosts:\n    x[1:3]:\n');
    const path = made.project.inventory;
    await expect(
      planMoveEdits(made.project, { hosts: [{ name: 'x2' }], group: 'b' }),
    ).rejects.toMatchObject({
      code: 'inventory.not-editable',
      message: expect.stringContaining(`${path}:3:5: `) as string,
      places: [{ path, line: 3, column: 5 }],
    });
  });

  it('names the nearest host for one that is not there', async () => {
    await using made = await makeProject(MINE);
    await expect(
      planMoveEdits(made.project, { hosts: [{ name: 'kichen' }], group: 'b' }),
    ).rejects.toMatchObject({
      code: 'inventory.no-match',
      remedy: expect.stringContaining('kitchen') as string,
    });
  });

  it('refuses a move that would change how the host is reached', async () => {
    await using made = await makeProject(`${MINE}    locked:\n      vars: {ansible_port: 23}\n`);
    await expect(
      planMoveEdits(made.project, { hosts: [{ name: 'kitchen' }], group: 'locked' }),
    ).rejects.toMatchObject({
      code: 'inventory.not-editable',
      places: [{ path: made.project.inventory, line: 8 }],
    });
  });

  it('moves hosts of random inventories: each ends in the group, as it was, the others too', async () => {
    await using made = await makeProject('all:\n');
    let [moved, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        randomInventory,
        fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('sensors', 'brand_new', 'all_0', 'ungrouped'),
        async ({ text, groups }, picks, group) => {
          const all = groups.flatMap(({ hosts }) => hosts.map(({ name }) => name));
          if (all.length === 0) return;
          const hosts = [...new Set(picks.map((pick) => all[pick % all.length] ?? ''))];
          const files = unsaved(made.project, text);
          const before = await readInventory(made.project, { files });
          let edits: FileEdits[];
          try {
            edits = await planMoveEdits(made.project, {
              files,
              hosts: hosts.map((name) => ({ name })),
              group,
            });
          } catch (error) {
            if (!RpiError.is(error, 'inventory.not-editable')) throw error;
            refused++;
            return;
          }
          moved++;
          const [file] = edits;
          const after = await readInventory(made.project, {
            files: unsaved(made.project, file === undefined ? text : textAfter(file)),
          });
          const own = (loaded: typeof before, name: string) =>
            Object.fromEntries(loaded.graph.hosts.get(name)?.variables ?? []);
          for (const { name } of before.inventory.hosts) {
            expect(own(after, name)).toEqual(own(before, name));
            const isMoved = hosts.includes(name);
            if (isMoved) expect(after.graph.groups.get(group)?.hosts.has(name)).toBe(true);
            else
              expect(after.graph.hosts.get(name)?.groups).toEqual(
                before.graph.hosts.get(name)?.groups,
              );
          }
          expect(after.inventory.hosts).toHaveLength(before.inventory.hosts.length);
          // Every comment is there as often as before, and no line has changed but by its indent.
          if (file === undefined) return;
          expect(textAfter(file).split('#').length).toBe(text.split('#').length);
        },
      ),
      { numRuns: 20, seed: 7, endOnFailure: true },
    );
    expect(moved).toBeGreaterThan(2 * refused);
  });
});
