/** The inventory beside the real ansible-inventory, and the real rpi on real faults. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { SeenDevice } from '../../core/detect/sightings.ts';
import {
  parseAnsibleYaml,
  plainValue,
  valueOf,
} from '../../core/formats/inventory/ansible-yaml.ts';
import { appendHostKey, knownHostName } from '../../core/formats/known-hosts.ts';
import { applyEdits } from '../../core/formats/text-edit.ts';
import { addHost, setHostVariables } from '../../core/inventory/edit.ts';
import { moveHost } from '../../core/inventory/move-host.ts';
import { YamlEditError } from '../../core/formats/yaml-edit.ts';
import type { Inventory } from '../../core/inventory/host.ts';
import { loadInventory } from '../../core/inventory/load.ts';
import { openProject } from '../../core/project/project.ts';
import { randomInventory } from '../unit/inventory/random-inventory.ts';
import { ended, rpi, startRpi } from './rpi.ts';
import { canRunSshd, startSshd } from './sshd.ts';

const execute = promisify(execFile);
const signal = new AbortController().signal;

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rpi inventory '));
  await put('rpi.yml', 'version: 1\nid: test-inventory\n');
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text: string, mode?: number): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text, mode === undefined ? {} : { mode });
}

const hosts = (): Promise<string> => readFile(join(root, 'inventory/hosts.yml'), 'utf8');

type Facts = {
  readonly hosts: Record<string, unknown>;
  readonly groups: Record<string, readonly string[]>;
};

const listing = z
  .object({ _meta: z.object({ hostvars: z.record(z.string(), z.unknown()).default({}) }) })
  .catchall(
    z.object({
      hosts: z.array(z.string()).default([]),
      children: z.array(z.string()).default([]),
    }),
  );

/** What ansible-inventory says of hosts and groups. */
async function ansibleFacts(path: string): Promise<Facts> {
  const { stdout } = await execute('ansible-inventory', ['-i', join(root, path), '--list'], {
    cwd: root,
    env: { ...process.env, ANSIBLE_DEPRECATION_WARNINGS: 'false' },
  });
  const { _meta: meta, ...groups } = listing.parse(JSON.parse(stdout));
  const below = (name: string): string[] => [
    ...(groups[name]?.hosts ?? []),
    ...(groups[name]?.children ?? []).flatMap(below),
  ];
  const members = Object.fromEntries(
    Object.keys(groups).map((name) => [name, [...new Set(below(name))].sort()]),
  );
  const all = Object.fromEntries((members['all'] ?? []).map((name) => [name, {}]));
  return { hosts: { ...all, ...meta.hostvars }, groups: withoutEmpty(members) };
}

function ourFacts(inventory: Inventory): Facts {
  return {
    hosts: Object.fromEntries(inventory.hosts.map(({ name, variables }) => [name, variables])),
    groups: withoutEmpty(
      Object.fromEntries(
        Object.entries(inventory.groups).map(([name, names]) => [name, [...names].sort()]),
      ),
    ),
  };
}

function withoutEmpty(
  groups: Record<string, readonly string[]>,
): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(groups).filter(([, names]) => names.length > 0));
}

async function load(inventory = 'inventory/hosts.yml'): Promise<Inventory> {
  await put('rpi.yml', `version: 1\nid: test-inventory\ninventory: ${inventory}\n`);
  return loadInventory(await openProject(root, process.env), { env: process.env, signal });
}

async function expectAgreement(path: string): Promise<void> {
  expect(ourFacts(await load(path))).toEqual(await ansibleFacts(path));
}

/** Prints what Ansible's YAML loader makes of every file of a folder, as JSON by file name. */
const READ_ALL = `
import json, os, sys
from ansible.parsing.dataloader import DataLoader
def plain(o):
    return {'__ansible_vault': o._ciphertext.decode()} if hasattr(o, '_ciphertext') else str(o)
def read(path):
    try: return DataLoader().load_from_file(path)
    except Exception as e: return 'fault: ' + str(getattr(e, 'orig_exc', e))
print(json.dumps({n: read(os.path.join(sys.argv[1], n)) for n in os.listdir(sys.argv[1])}, default=plain))
`;

async function ansibleReads(folder: string): Promise<Record<string, unknown>> {
  const { stdout: path } = await execute('sh', ['-c', 'command -v ansible-inventory']);
  const [shebang = ''] = (await readFile(path.trim(), 'utf8')).split('\n');
  const python = shebang.replace(/^#!\s*/, '').trim();
  const { stdout } = await execute(python, ['-c', READ_ALL, folder], { maxBuffer: 1e8 });
  return z.record(z.string(), z.unknown()).parse(JSON.parse(stdout));
}

function unlessRefused<T>(edit: () => T): T | undefined {
  try {
    return edit();
  } catch (error) {
    if (error instanceof YamlEditError) return undefined;
    throw error;
  }
}

describe('what ansible-inventory reads', () => {
  it('is, of hundreds of edited texts, what we read', async () => {
    const ours: Record<string, unknown> = {};
    const keep = async (name: string, text: string): Promise<void> => {
      ours[name] = plainValue(valueOf(parseAnsibleYaml(text).document));
      await put(`texts/${name}`, text);
    };
    for (const [index, { text, groups }] of fc.sample(randomInventory, 200).entries()) {
      const vars = { ansible_host: '10.0.0.9', rpi_macs: ['52:54:00:12:34:56', '1e3', '0o7', ''] };
      const group = index % 2 === 0 ? 'ungrouped' : 'sensors';
      const edited = applyEdits(text, addHost(text, { group, name: 'pi-new', vars }));
      const [host] = groups.flatMap(({ hosts: ofGroup }) => ofGroup);
      const set = { note: 'é: #', ansible_port: 22, mode: 'y', ansible_host: '=' };
      await keep(`${index}-before.yml`, text);
      await keep(`${index}-added.yml`, edited);
      const again = unlessRefused(() => setHostVariables(edited, host?.name ?? 'pi-new', set));
      if (again !== undefined) await keep(`${index}-set.yml`, applyEdits(edited, again));
      const moved = unlessRefused(() => moveHost(edited, host?.name ?? 'pi-new', 'moved_to'));
      if (moved !== undefined) await keep(`${index}-moved.yml`, applyEdits(edited, moved));
    }
    expect(ours).toEqual(await ansibleReads(join(root, 'texts')));
    expect(Object.keys(ours).length).toBeGreaterThan(550);
  });

  it('is what we read, before and after edits of random inventories', async () => {
    for (const [index, inventory] of fc.sample(randomInventory, 6).entries()) {
      await put('inventory/hosts.yml', inventory.text);
      // Ansible takes an empty YAML file for INI, and a byte order mark there for a host.
      if (inventory.groups.length > 0) await expectAgreement('inventory/hosts.yml');
      const added = addHost(inventory.text, {
        group: index % 2 === 0 ? 'ungrouped' : 'sensors',
        name: 'pi-new',
        vars: { ansible_host: '10.0.0.9', rpi_macs: ['52:54:00:12:34:56', '12:34:56:10:11:12'] },
      });
      const text = applyEdits(inventory.text, added);
      const set = setHostVariables(text, 'pi-new', { note: '0755', ansible_host: 'yes', port: 22 });
      await put('inventory/hosts.yml', applyEdits(text, set));
      await expectAgreement('inventory/hosts.yml');
    }
  });

  it('is what we read of group_vars, host_vars, priorities, ranges, merge keys and loops of groups', async () => {
    await put(
      'inventory/hosts.yml',
      `
all:
  vars: {from: all, only_all: 1}
  hosts:
    pi[01:03]:
    attic:2222: {from: attic}
  children:
    house:
      vars: {from: house, depth: house}
      children:
        sensors:
          vars: &s {from: sensors, depth: sensors, rank: sensors}
          hosts: {pi01: , pi02: {mode: 0644}}
    screens:
      vars: {<<: *s, from: screens, ansible_group_priority: 10, rank: screens}
      hosts:
        pi02:
        'led[a:c]': {secret: !vault "abc", raw: !unsafe "{{ x }}"}
`,
    );
    await put('inventory/group_vars/all.yml', 'from: gv-all\ngv: all\n');
    await put('inventory/group_vars/sensors/10-a.yml', 'gv: sensors-a\nlist: [1, yes, 0o7]\n');
    await put('inventory/group_vars/sensors/20-b.yaml', 'gv: sensors-b\n');
    await put('inventory/group_vars/sensors/.hidden.yml', 'gv: hidden\n');
    await put('inventory/group_vars/screens', 'gv: screens\n');
    await put('group_vars/all.json', '{"project": true, "gv": "project-all"}');
    await put('host_vars/pi01.yml', 'from: project-host\n');
    await put('inventory/host_vars/pi01.yml', 'from: host\ninv: 1\n');
    await expectAgreement('inventory/hosts.yml');
  });

  it('is what we read of an INI inventory with its quotes, literals, ranges and sections', async () => {
    await put(
      'hosts.ini',
      String.raw`
lone ansible_host=10.0.0.1   # comment
[sensors]
pi[1:3] a=1 b=True c='x y' d="'03#pa'" e=0755 f=[1,2,'z'] g={"k":None}
pi2:2200 h=1.50 i=hello\ world j="a\"b" k='"quoted"' l=1,2
; old style
[sensors:vars]
u=23 # after
v = some text # kept
w=yes
x="True"
[house:children]
sensors
[house:vars]
u=house
`,
    );
    await expectAgreement('hosts.ini');
  });

  it('is what we read of a folder of inventories and of a program', async () => {
    await put('inventory/01-base.yml', 'all:\n  hosts:\n    pi1: {a: 1}\n');
    await put('inventory/02-more', '[sensors]\npi1 a=2\npi2\n');
    await put('inventory/notes.txt', 'not [ an inventory');
    await put(
      'inventory/03-program',
      `#!/bin/sh
echo '{"screens": {"hosts": ["pi3"], "vars": {"s": 1}}, "_meta": {"hostvars": {"pi3": {"b": 2}}}}'
`,
      0o755,
    );
    await expectAgreement('inventory');
  });
});

const PI = 'b8:27:eb:01:02:03';
const seen = (device: Partial<SeenDevice> & { address: string }): SeenDevice => ({
  isPi: true,
  evidence: [],
  firstSeen: new Date().toISOString(),
  lastSeen: new Date().toISOString(),
  ...device,
});

async function sight(...devices: SeenDevice[]): Promise<void> {
  await put('.rpi/sightings.json', JSON.stringify({ version: 1, devices }));
}

describe('rpi inventory', () => {
  it('adopts, follows a move by MAC, and keeps every byte besides', async () => {
    const before = '# mine\nall:\r\n  hosts: {}   # nobody yet\r\n  vars:\r\n    mode: 0755\r\n';
    await put('inventory/hosts.yml', before);
    await sight(
      seen({ address: '10.0.0.5', mac: PI, name: 'kitchen.local' }),
      seen({ address: '10.0.0.6', mac: 'b8:27:eb:aa:bb:cc', name: 'raspberrypi.local' }),
      seen({ address: '10.0.0.7', mac: '52:54:00:00:00:01', isPi: false }),
    );
    const dry = await rpi(['inventory', 'add', '--all', '--dry-run'], { cwd: root });
    expect(dry).toMatchObject({ code: 0 });
    expect(await hosts()).toBe(before);
    const added = await rpi(['inventory', 'add', '--all'], { cwd: root });
    expect(added).toMatchObject({ code: 0 });
    const adopted = await hosts();
    expect(adopted).toBe(
      '# mine\nall:\r\n  hosts:   # nobody yet\r\n    kitchen:\r\n      ansible_host: 10.0.0.5\r\n' +
        `      rpi_macs:\r\n        - '${PI}'\r\n    pi-aabbcc:\r\n      ansible_host: 10.0.0.6\r\n` +
        "      rpi_macs:\r\n        - 'b8:27:eb:aa:bb:cc'\r\n  vars:\r\n    mode: 0755\r\n",
    );
    expect((await rpi(['inventory', 'add', '--all'], { cwd: root })).code).toBe(0);
    expect(await hosts()).toBe(adopted);

    await sight(seen({ address: '10.0.0.66', mac: PI, name: 'other.local' }));
    const diff = await rpi(['inventory', 'diff'], { cwd: root });
    expect(diff.stdout).toContain('10.0.0.66');
    expect(await hosts()).toBe(adopted);
    expect((await rpi(['inventory', 'sync'], { cwd: root })).code).toBe(0);
    expect(await hosts()).toBe(adopted.replace('10.0.0.5', '10.0.0.66'));
    const listed = await rpi(['inventory', 'list', '--json', '--limit', 'kit*'], { cwd: root });
    expect(JSON.parse(listed.stdout)).toMatchObject({ name: 'kitchen', address: '10.0.0.66' });
  });

  it.each([
    ['access', 'check'],
    ['access', 'enroll'],
    ['monitor', '--once'],
    ['create', 'render'],
  ])('fails “%s %s” where it has no host yet, and says what to do', async (...words) => {
    await put('inventory/hosts.yml', 'all:\n');
    const result = await rpi(words, { cwd: root, env: { XDG_DATA_HOME: join(root, 'data') } });
    expect(result.code).toBe(2);
    expect(result.stderr + result.stdout).toContain('rpi detect, then rpi inventory add --all');
    await expect(readdir(join(root, 'data'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('names line and column of a YAML error and writes nothing', async () => {
    const broken = 'all:\n  hosts:\n    pi1: {a: 1\n    pi2:\n';
    await put('inventory/hosts.yml', broken);
    await sight(seen({ address: '10.0.0.5', mac: PI }));
    const result = await rpi(['inventory', 'add', '--all', '--json'], { cwd: root });
    expect(result.code).toBe(2);
    expect(result.stdout).toContain('inventory.invalid');
    expect(result.stdout).toMatch(/hosts\.yml:[345]:\d+: /);
    expect(await hosts()).toBe(broken);
  });

  it('refuses to write an INI inventory and says what to do', async () => {
    await put('rpi.yml', 'version: 1\nid: test-inventory\ninventory: hosts.ini\n');
    await put('hosts.ini', '[sensors]\npi1\n');
    await sight(seen({ address: '10.0.0.5', mac: PI }));
    const result = await rpi(['inventory', 'add', '--all'], { cwd: root });
    expect(result.code).toBe(2);
    expect(result.stdout + result.stderr).toContain('ansible-inventory -i');
    expect(await readFile(join(root, 'hosts.ini'), 'utf8')).toBe('[sensors]\npi1\n');
  });

  it.skipIf(process.getuid?.() !== 0)('leaves the old file when the disk is full', async () => {
    const text = 'all:\n  hosts:\n    pi1:\n';
    await put('hosts.before', text);
    await mkdir(join(root, 'inventory'));
    await sight(seen({ address: '10.0.0.5', mac: PI }));
    const script = `
      set -e
      mount -t tmpfs -o size=16k tmpfs inventory
      cp hosts.before inventory/hosts.yml
      dd if=/dev/zero of=inventory/full bs=1k count=64 2>/dev/null || true
      set +e
      "$@" inventory add --all --json > told
      echo $? > code
      cp inventory/hosts.yml hosts.after
      ls -A inventory > left`;
    const child = startRpiIn(script);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(await readFile(join(root, 'code'), 'utf8')).toBe('1\n');
    expect(await readFile(join(root, 'told'), 'utf8')).toContain('file.disk-full');
    expect(await readFile(join(root, 'hosts.after'), 'utf8')).toBe(text);
    expect(await readFile(join(root, 'left'), 'utf8')).toBe('full\nhosts.yml\n');
  });

  it('is whole after a kill -9 at any moment, and can be written again', async () => {
    const many = Array.from({ length: 400 }, (_, n) => `    pi${n}: {a: ${n}}\n`).join('');
    const before = `all:\n  hosts:\n${many}`;
    for (let round = 0; round < 8; round++) {
      await rm(join(root, 'inventory'), { recursive: true, force: true });
      await put('inventory/hosts.yml', before);
      await sight(seen({ address: '10.0.0.5', mac: PI, name: 'kitchen' }));
      const child = startRpi(['inventory', 'add', 'kitchen'], { cwd: root });
      const end = ended(child);
      // The temporary file is there for an instant: the kill falls before, into or after it.
      await seenInFolder(join(root, 'inventory'), /\.tmp$/, child);
      child.kill('SIGKILL');
      await end;
      const now = await hosts();
      expect([
        before,
        `${before}    kitchen:\n      ansible_host: 10.0.0.5\n      rpi_macs:\n        - '${PI}'\n`,
      ]).toContain(now);
      const again = await rpi(['inventory', 'add', 'kitchen'], { cwd: root });
      expect(again.code).toBe(0);
      expect((await hosts()).match(/kitchen:/g)).toHaveLength(1);
    }
  });
});

describe.skipIf(!canRunSshd)('rpi inventory sync, of hosts known by their host key only', () => {
  it('recognises one at its new address, records its MAC, and sends nothing else', async () => {
    await using sshd = await startSshd({ addresses: ['127.0.0.1', '127.0.0.2'] });
    const known = appendHostKey('', knownHostName('10.9.9.9', sshd.port), sshd.hostKey);
    await put('data/rpi/test-inventory/known_hosts', known);
    await put(
      'inventory/hosts.yml',
      `all:\n  hosts:\n    kitchen: {ansible_host: 10.9.9.9, ansible_port: ${sshd.port}}\n`,
    );
    await sight(seen({ address: '127.0.0.2', mac: PI, banner: 'SSH-2.0-OpenSSH_9.2p1 Raspbian' }));
    const env = { XDG_DATA_HOME: join(root, 'data') };
    expect((await rpi(['inventory', 'sync'], { cwd: root, env })).code).toBe(0);
    expect(await hosts()).toBe(
      `all:\n  hosts:\n    kitchen: {ansible_host: 127.0.0.2, ansible_port: ${sshd.port}, rpi_macs: ['${PI}']}\n`,
    );
    expect(await readFile(join(root, 'data/rpi/test-inventory/known_hosts'), 'utf8')).toContain(
      knownHostName('127.0.0.2', sshd.port),
    );
    expect(await sshd.log()).not.toMatch(/Failed|Accepted|invalid user/i);
  });
});

function startRpiIn(script: string): ReturnType<typeof spawn> {
  const rpiCommand = [process.execPath, join(import.meta.dirname, '../../dist/rpi.js')];
  return spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', ...rpiCommand], {
    cwd: root,
    stdio: 'ignore',
  });
}

/** Resolves when the folder has such a file, or the process has ended. */
async function seenInFolder(
  folder: string,
  pattern: RegExp,
  child: ReturnType<typeof startRpi>,
): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    if ((await readdir(folder)).some((name) => pattern.test(name))) return;
  }
}
