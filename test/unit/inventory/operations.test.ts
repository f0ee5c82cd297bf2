import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SeenDevice } from '../../../core/detect/sightings.ts';
import { RpiError } from '../../../core/errors.ts';
import { addToInventory } from '../../../core/inventory/add.ts';
import { diffInventory } from '../../../core/inventory/diff.ts';
import { loadInventory } from '../../../core/inventory/load.ts';
import type { HostChange } from '../../../core/inventory/plan.ts';
import { syncInventory } from '../../../core/inventory/sync.ts';
import { changeHosts, updateInventory } from '../../../core/inventory/update.ts';
import { acquireLock } from '../../../core/files/lock.ts';
import { openProject } from '../../../core/project/project.ts';
import { systemClock } from '../../../core/runs/clock.ts';
import type { EventBody, EventOf, EventKind } from '../../../core/runs/event.ts';
import type { Outcome, ProjectContext } from '../../../core/runs/operation.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rpi-inventory-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

async function contextOf(options: Partial<ProjectContext> = {}): Promise<ProjectContext> {
  const env = { HOME: root, XDG_DATA_HOME: join(root, 'data') };
  return {
    signal: new AbortController().signal,
    clock: systemClock,
    env,
    dryRun: false,
    ask: () => Promise.reject(new RpiError('answer.needed', 'Nobody is there.')),
    project: await openProject(root, env),
    ...options,
  };
}

async function run<T>(
  stream: AsyncGenerator<EventBody, T>,
): Promise<{ readonly events: EventBody[]; readonly outcome: T }> {
  const events: EventBody[] = [];
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { events, outcome: step.value };
    events.push(step.value);
  }
}

function eventsOf<K extends EventKind>(events: readonly EventBody[], kind: K): EventOf<K>[] {
  return events.filter((event): event is EventOf<K> => event.kind === kind);
}

const ALL = { limit: undefined };
const CONFIG = 'version: 1\nid: test-inventory\n';
const seen = (device: Partial<SeenDevice> & { address: string }): SeenDevice => ({
  isPi: true,
  evidence: [],
  firstSeen: '2026-01-01T00:00:00.000Z',
  lastSeen: new Date().toISOString(),
  ...device,
});
const sightings = (...devices: SeenDevice[]): Record<string, string> => ({
  '.rpi/sightings.json': JSON.stringify({ version: 1, devices }),
});
const mac = (n: number): string => `b8:27:eb:00:00:${String(n).padStart(2, '0')}`;

async function add(
  hosts: string[],
  options: Partial<{ all: boolean; group: string; force: boolean }> = {},
) {
  return run(addToInventory({ all: false, hosts, ...options }, await contextOf()));
}

describe('adding detected devices', () => {
  it('places by the first rule of rpi.yml that matches, else ungrouped', async () => {
    await put({
      'rpi.yml': `${CONFIG}groups:\n  - {group: screens, name: 'led*'}\n  - {group: old, mac: 'B8:27:EB:00:00:02*'}\n  - {group: never, name: 'led*', mac: 'dc:*'}\n`,
      'inventory/hosts.yml': 'all:\n',
      ...sightings(
        seen({ address: '10.0.0.1', mac: mac(1), name: 'LED-1.local' }),
        seen({ address: '10.0.0.2', mac: mac(2), name: 'raspberrypi-3.local' }),
        seen({ address: '10.0.0.3', mac: mac(3) }),
      ),
    });
    const { outcome } = await add([], { all: true });
    expect(outcome.added.map(({ name, group }) => [name, group])).toEqual([
      ['led-1', 'screens'],
      ['pi-000002', 'old'],
      ['pi-000003', 'ungrouped'],
    ]);
    const { hosts } = await loadInventory((await contextOf()).project);
    expect(hosts.map(({ name, address, macs, groups }) => [name, address, macs, groups])).toEqual([
      ['led-1', '10.0.0.1', [mac(1)], ['screens']],
      ['pi-000002', '10.0.0.2', [mac(2)], ['old']],
      ['pi-000003', '10.0.0.3', [mac(3)], ['ungrouped']],
    ]);
  });

  it('never adds decoys with --all, nor when named without --force', async () => {
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': '',
      ...sightings(seen({ address: '10.0.0.1', mac: '52:54:00:00:00:01', isPi: false })),
    });
    expect((await add([], { all: true, force: true })).outcome.added).toEqual([]);
    expect((await add(['10.0.0.1'])).outcome).toMatchObject({ status: 'refused', added: [] });
    expect(await read('inventory/hosts.yml')).toBe('');
    expect((await add(['52-54-00-00-00-01'], { force: true })).outcome.added).toHaveLength(1);
  });

  it('never adds a MAC twice, and says under which name it is there', async () => {
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': `all:\n  hosts:\n    kitchen: {rpi_macs: [12:34:56:10:11:12, ${mac(2).toUpperCase()}]}\n`,
      ...sightings(
        seen({ address: '10.0.0.1', mac: '12:34:56:10:11:12' }),
        seen({ address: '10.0.0.2', mac: mac(2) }),
      ),
    });
    const { outcome, events } = await add(['10.0.0.1', '10.0.0.2'], { force: true });
    expect(outcome.added).toEqual([]);
    expect(outcome.left.map(({ reason }) => reason)).toEqual(['known', 'known']);
    expect(eventsOf(events, 'log')[0]?.text).toContain('in the inventory as kitchen');
  });

  it('does not double a host written by hand whose identity is not known yet', async () => {
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': 'all:\n  hosts:\n    kitchen: {ansible_host: 10.0.0.1}\n',
      ...sightings(seen({ address: '10.0.0.1', mac: mac(1) })),
    });
    const { outcome } = await add([], { all: true });
    expect(outcome.left[0]).toMatchObject({ reason: 'address-taken' });
    expect(outcome.left[0]?.says).toContain('rpi access enroll kitchen');
  });

  it('leaves what was last seen long ago to those who name it', async () => {
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': '',
      ...sightings(
        seen({ address: '10.0.0.1', mac: mac(1), lastSeen: '2026-01-01T00:00:00.000Z' }),
      ),
    });
    expect((await add([], { all: true })).outcome.left[0]?.reason).toBe('not-seen-lately');
    expect((await add([mac(1)])).outcome.added).toHaveLength(1);
  });

  it('refuses a name that was not seen, and one that two devices have', async () => {
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': '',
      ...sightings(
        seen({ address: '10.0.0.1', mac: mac(1), name: 'raspberrypi.local' }),
        seen({ address: '10.0.0.2', mac: mac(2), name: 'raspberrypi' }),
      ),
    });
    await expect(add(['10.0.0.9'])).rejects.toMatchObject({ code: 'input.invalid' });
    await expect(add(['raspberrypi'])).rejects.toThrow('2 devices');
  });
});

describe('syncing', () => {
  const inventory = `all:
  hosts:
    kitchen:
      ansible_host: 10.0.0.1   # by DHCP
      rpi_macs: ['${mac(1)}']
    attic: {ansible_host: 10.0.0.2, rpi_macs: ['${mac(2)}']}
    named: {ansible_host: named.lan, rpi_macs: ['${mac(3)}']}
    kitchen2: {ansible_host: 10.0.0.9, rpi_macs: ['${mac(9)}']}
`;

  it('follows hosts that swapped addresses, by MAC, whatever they are called now', async () => {
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': inventory,
      ...sightings(
        seen({ address: '10.0.0.2', mac: mac(1), name: 'attic' }),
        seen({ address: '10.0.0.1', mac: mac(2), name: 'kitchen' }),
        seen({ address: '10.0.0.30', mac: mac(3) }),
        seen({ address: '10.0.0.2', mac: mac(9), lastSeen: '2026-01-01T00:00:00.000Z' }),
      ),
    });
    const dry = await run(diffInventory(ALL, await contextOf()));
    expect(dry.outcome.differs).toBe(true);
    expect(eventsOf(dry.events, 'file.changed')[0]).toMatchObject({ planned: true });
    expect(await read('inventory/hosts.yml')).toBe(inventory);
    const { outcome, events } = await run(syncInventory(ALL, await contextOf()));
    expect(outcome.moved).toEqual([
      { host: 'kitchen', from: '10.0.0.1', to: '10.0.0.2' },
      { host: 'attic', from: '10.0.0.2', to: '10.0.0.1' },
    ]);
    expect(await read('inventory/hosts.yml')).toBe(
      inventory
        .replace('10.0.0.1 ', '10.0.0.X ')
        .replace('attic: {ansible_host: 10.0.0.2', 'attic: {ansible_host: 10.0.0.1')
        .replace('10.0.0.X ', '10.0.0.2 '),
    );
    expect(eventsOf(events, 'log').map(({ text }) => text)).toEqual([
      'named is reached by name (named.lan); it was seen at 10.0.0.30.',
    ]);
    expect((await run(syncInventory(ALL, await contextOf()))).outcome.moved).toEqual([]);
  });

  it('lets known_hosts expect the moved host’s key at its new address', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBwGcGv5yJJ3n1t3qVxkQk8b6b8s0Z7q1x2y3z4A5B6C';
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': inventory,
      'data/rpi/test-inventory/known_hosts': `10.0.0.1 ${key}\n`,
      ...sightings(seen({ address: '10.0.0.77', mac: mac(1) })),
    });
    await run(syncInventory(ALL, await contextOf()));
    expect(await read('data/rpi/test-inventory/known_hosts')).toContain(`10.0.0.77 ${key}`);
  });

  it('updates only the hosts of a limit, and shows only them', async () => {
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': inventory,
      ...sightings(
        seen({ address: '10.0.0.71', mac: mac(1) }),
        seen({ address: '10.0.0.72', mac: mac(2) }),
        seen({ address: '10.0.0.73', mac: mac(9) }),
      ),
    });
    const limit = { limit: 'kitchen' };
    const dry = await run(diffInventory(limit, await contextOf()));
    expect(dry.outcome.summary).toBe('1 host to update (rpi inventory sync).');
    const { outcome } = await run(syncInventory(limit, await contextOf()));
    expect(outcome.moved).toEqual([{ host: 'kitchen', from: '10.0.0.1', to: '10.0.0.71' }]);
    await expect(run(syncInventory({ limit: 'kitchn' }, await contextOf()))).rejects.toMatchObject({
      code: 'inventory.no-match',
    });
  });

  it('says so where nothing was ever detected, and what to do', async () => {
    await put({ 'rpi.yml': CONFIG, 'inventory/hosts.yml': inventory });
    for (const operation of [syncInventory, diffInventory]) {
      const { outcome, events } = await run<Outcome>(operation(ALL, await contextOf()));
      expect(outcome.summary).toContain('nothing has been detected yet');
      expect(eventsOf(events, 'log')[0]?.text).toContain('rpi detect');
    }
  });

  const twins = `all:
  hosts:
    kitchen: {ansible_host: 10.0.0.1, rpi_serial: 10000000abcdef01, rpi_macs: ['${mac(1)}']}
    pi-000002: {ansible_host: 10.0.0.2, rpi_serial: 10000000ABCDEF01, rpi_macs: ['${mac(2)}'], note: wlan}
`;

  it('shows two hosts that are one Pi, and leaves them where nobody answers', async () => {
    await put({ 'rpi.yml': CONFIG, 'inventory/hosts.yml': twins, ...sightings() });
    const { events } = await run(syncInventory(ALL, await contextOf()));
    expect(eventsOf(events, 'check')[0]?.detail).toContain('kitchen and pi-000002');
    expect(await read('inventory/hosts.yml')).toBe(twins);
  });

  it('merges them into the one a person names', async () => {
    await put({ 'rpi.yml': CONFIG, 'inventory/hosts.yml': twins, ...sightings() });
    const context = await contextOf({ ask: () => Promise.resolve('kitchen') });
    const { outcome } = await run(syncInventory(ALL, context));
    expect(outcome.merged).toEqual(['pi-000002']);
    const { hosts } = await loadInventory(context.project);
    expect(hosts).toHaveLength(1);
    expect(hosts[0]).toMatchObject({
      name: 'kitchen',
      macs: [mac(1), mac(2)],
      variables: { note: 'wlan' },
    });
  });
});

describe('writing', () => {
  const change = async (changes: HostChange[]) =>
    run(changeHosts((await contextOf()).project, changes, { dryRun: false }));

  it('sets a variable in the host_vars file that sets it now', async () => {
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': 'all:\n  hosts:\n    pi1:\n',
      'inventory/host_vars/pi1.yml': '# mine\nansible_host: "10.0.0.1"\n',
    });
    await change([
      { type: 'set', host: 'pi1', vars: { ansible_host: '10.0.0.2', ansible_user: 'pi' } },
    ]);
    expect(await read('inventory/host_vars/pi1.yml')).toBe('# mine\nansible_host: "10.0.0.2"\n');
    expect(await read('inventory/hosts.yml')).toBe(
      'all:\n  hosts:\n    pi1:\n      ansible_user: pi\n',
    );
  });

  it('tells the change without the secrets around it', async () => {
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': [
        'all:',
        '  vars:',
        '    wifi_psk: "mysecret1"',
        '  hosts:',
        '    pi1:',
        '      # ansible_password: mysecret2',
        '      ansible_become_password: !vault |',
        '        $ANSIBLE_VAULT;1.1;AES256',
        '        6d7973656372657433',
        '      ansible_host: 10.0.0.1',
        '      ansible_password: mysecret4 # the usual',
        '      api: {port: 1, token: mysecret5}',
        '    pi2:',
        '',
      ].join('\n'),
    });
    const { events } = await change([
      { type: 'set', host: 'pi1', vars: { ansible_host: '10.0.0.2' } },
    ]);
    const [{ diff } = expect.fail()] = eventsOf(events, 'file.changed');
    expect(diff).toContain('-      ansible_host: 10.0.0.1\n+      ansible_host: 10.0.0.2\n');
    expect(diff).toContain(' ansible_password: (hidden) # the usual\n');
    expect(diff).toContain('api: {port: 1, token: (hidden)}\n');
    expect(diff).not.toMatch(/mysecret|6d7973|AES256/);
    expect(await read('inventory/hosts.yml')).toContain('mysecret4');
  });

  it('writes none of two files when an editor has saved one of them meanwhile', async () => {
    const hosts = 'all:\n  hosts:\n    pi1:\n';
    const edited = 'ansible_host: "10.0.0.1"\nnote: mine\n';
    await put({
      'rpi.yml': `${CONFIG}inventory: inventory\n`,
      'inventory/hosts.yml': hosts,
      // Asked before the edit and again for what it would make of it: a person saves then.
      'inventory/program': '#!/bin/sh\n',
      'bin/ansible-inventory': `#!/bin/sh\nif [ -e '${root}/asked' ]; then printf 'ansible_host: "10.0.0.1"\\nnote: mine\\n' > '${root}/inventory/host_vars/pi1.yml'; fi\ntouch '${root}/asked'\necho '{"_meta": {"hostvars": {}}}'\n`,
      'inventory/host_vars/pi1.yml': 'ansible_host: "10.0.0.1"\n',
    });
    await chmod(join(root, 'bin/ansible-inventory'), 0o755);
    const env = { PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}` };
    const { signal } = new AbortController();
    const vars = { ansible_host: '10.0.0.2', ansible_user: 'pi' };
    await expect(
      run(
        changeHosts((await contextOf()).project, [{ type: 'set', host: 'pi1', vars }], {
          dryRun: false,
          programs: { env, signal },
        }),
      ),
    ).rejects.toMatchObject({ code: 'file.changed-meanwhile' });
    expect(await read('inventory/hosts.yml')).toBe(hosts);
    expect(await read('inventory/host_vars/pi1.yml')).toBe(edited);
  });

  it('names what is written when the second of two files can’t be', async () => {
    // The name is as long as names may be: no new file fits in beside it.
    const host = 'h'.repeat(255);
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': `all:\n  hosts:\n    ${host}:\n`,
      [`inventory/host_vars/${host}`]: 'ansible_host: "10.0.0.1"\n',
    });
    const vars = { ansible_host: '10.0.0.2', ansible_user: 'pi' };
    await expect(change([{ type: 'set', host, vars }])).rejects.toMatchObject({
      code: 'file.not-writable',
      message: expect.stringContaining('Written before that: ') as string,
    });
    expect(await read('inventory/hosts.yml')).toContain('ansible_user: pi');
    expect(await read(`inventory/host_vars/${host}`)).toBe('ansible_host: "10.0.0.1"\n');
  });

  it('finds the file of a host in a folder of inventories', async () => {
    await put({
      'rpi.yml': `${CONFIG}inventory: inventory\n`,
      'inventory/a.yml': 'all:\n  hosts:\n    pi1:\n',
      'inventory/b.yml': 'sensors:\n  hosts:\n    pi2:\n',
    });
    await change([
      { type: 'set', host: 'pi2', vars: { ansible_host: '10.0.0.2' } },
      { type: 'add', host: 'pi3', group: 'sensors', vars: {} },
    ]);
    expect(await read('inventory/b.yml')).toBe(
      'sensors:\n  hosts:\n    pi2:\n      ansible_host: 10.0.0.2\n    pi3:\n',
    );
  });

  it('refuses what would not come out as meant, for a range sets it too', async () => {
    const text = 'all:\n  hosts:\n    pi1: {a: 1}\n    pi[1:2]: {a: 2}\n';
    await put({ 'rpi.yml': CONFIG, 'inventory/hosts.yml': text });
    await expect(change([{ type: 'set', host: 'pi1', vars: { a: 3 } }])).rejects.toMatchObject({
      code: 'inventory.not-editable',
    });
    expect(await read('inventory/hosts.yml')).toBe(text);
  });

  it('moves a host to its group, which may bring variables', async () => {
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': 'all:\n  hosts:\n    pi1: {ansible_host: 10.0.0.1} # mine\n',
      'inventory/group_vars/sensors.yml': 'interval: 5\n',
      'inventory/group_vars/all.yml': 'interval: 1\nansible_user: pi\n',
    });
    const move: HostChange = { type: 'move', host: 'pi1', group: 'sensors' };
    const { events } = await change([
      { type: 'set', host: 'pi1', vars: { rpi_model: 'Pi 4' } },
      move,
    ]);
    expect(eventsOf(events, 'file.changed')[0]?.diff).toContain('+        pi1:');
    expect(await read('inventory/hosts.yml')).toBe(
      "all:\n  hosts:\n  children:\n    sensors:\n      hosts:\n        pi1: {ansible_host: 10.0.0.1, rpi_model: 'Pi 4'} # mine\n",
    );
    const [host] = (await loadInventory((await contextOf()).project)).hosts;
    expect(host).toMatchObject({ groups: ['sensors'], variables: { interval: 5 } });
    expect((await change([move])).outcome).toBe(false);
  });

  it.each([
    ['another user', 'sensors', { 'inventory/group_vars/sensors.yml': 'ansible_user: x\n' }],
    ['another port', 'sensors', { 'inventory/group_vars/sensors.yml': 'ansible_port: 23\n' }],
  ])('does not move a host to a group that gives it %s', async (_, group, files) => {
    const text = 'all:\n  hosts:\n    pi1: {ansible_host: 10.0.0.1}\n  vars: {ansible_user: pi}\n';
    await put({ 'rpi.yml': CONFIG, 'inventory/hosts.yml': text, ...files });
    await expect(change([{ type: 'move', host: 'pi1', group }])).rejects.toMatchObject({
      code: 'inventory.not-editable',
      message: expect.stringContaining('would get another') as string,
    });
    expect(await read('inventory/hosts.yml')).toBe(text);
  });

  it('does not move a host that another file names too', async () => {
    await put({
      'rpi.yml': `${CONFIG}inventory: inventory\n`,
      'inventory/a.yml': 'all:\n  hosts:\n    pi1:\n',
      'inventory/b.yml': 'ungrouped:\n  hosts:\n    pi1:\n',
    });
    await expect(change([{ type: 'move', host: 'pi1', group: 'sensors' }])).rejects.toMatchObject({
      code: 'inventory.not-editable',
    });
  });

  it('refuses a value that Ansible would run as a template', async () => {
    await put({ 'rpi.yml': CONFIG, 'inventory/hosts.yml': 'all:\n  hosts:\n    pi1:\n' });
    const vars = { rpi_model: "{{ lookup('pipe', 'id') }}" };
    await expect(change([{ type: 'set', host: 'pi1', vars }])).rejects.toMatchObject({
      code: 'input.invalid',
    });
  });

  it('names file and line of a place that can’t be edited', async () => {
    await put({
      'rpi.yml': CONFIG,
      'inventory/hosts.yml': 'all:\n  hosts:\n    pi1: &a {x: 1}\n    pi2: *a\n',
    });
    await expect(change([{ type: 'set', host: 'pi2', vars: { x: 2 } }])).rejects.toThrow(
      /hosts\.yml:4:10: the value is an alias/,
    );
  });

  it('lets one run write at a time', async () => {
    await put({ 'rpi.yml': CONFIG, 'inventory/hosts.yml': 'all:\n' });
    const { project } = await contextOf();
    await using held = await acquireLock(project.locks, 'inventory', 'rpi access enroll');
    expect(held).toBeDefined();
    const edit = updateInventory(project, () => [{ start: 0, end: 0, text: '# x\n' }], {
      dryRun: false,
    });
    await expect(run(edit)).rejects.toMatchObject({ code: 'lock.held' });
    expect(await read('inventory/hosts.yml')).toBe('all:\n');
  });

  it('does not write an edit that breaks the file', async () => {
    await put({ 'rpi.yml': CONFIG, 'inventory/hosts.yml': 'all:\n' });
    const { project } = await contextOf();
    const edit = updateInventory(project, () => [{ start: 0, end: 0, text: '{' }], {
      dryRun: false,
    });
    await expect(run(edit)).rejects.toMatchObject({ code: 'inventory.invalid' });
    expect(await read('inventory/hosts.yml')).toBe('all:\n');
  });

  it('refuses bytes that are not UTF-8 instead of replacing them', async () => {
    await put({ 'rpi.yml': CONFIG });
    await mkdir(join(root, 'inventory'));
    await writeFile(join(root, 'inventory/hosts.yml'), Buffer.from('all: # caf\xe9\n', 'latin1'));
    await expect(loadInventory((await contextOf()).project)).rejects.toThrow('not UTF-8');
  });
});
