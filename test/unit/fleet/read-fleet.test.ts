import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RpiError, type ErrorCode } from '../../../core/errors.ts';
import { readProjectFaults } from '../../../core/fleet/faults.ts';
import type { Fleet, FleetPi } from '../../../core/fleet/fleet.ts';
import { fleetHealth } from '../../../core/fleet/health.ts';
import { openFleet } from '../../../core/fleet/read-fleet.ts';
import { filesOnDisk, withTexts } from '../../../core/inventory/files.ts';
import { openProgramAnswers } from '../../../core/inventory/programs.ts';
import type { EventBody } from '../../../core/runs/event.ts';
import { openRunIndex } from '../../../core/runs/run-index.ts';
import { FINISHED } from '../runs/random-run.ts';
import { ago, mac, makeProject, NOW, type FleetProject } from './fleet-project.ts';

const read = ({ project }: FleetProject): Promise<Fleet> =>
  openFleet(project).read({ runs: openRunIndex(project.runs), now: NOW });

async function attic(made: FleetProject): Promise<FleetPi | undefined> {
  return (await read(made)).pis.get('attic');
}

const ATTIC = `all:\n  hosts:\n    attic: {ansible_host: 10.0.0.2, rpi_macs: ['${mac(2)}']}\n`;
const ENROLLED = ATTIC.replace('{', '{rpi_serial: 10000000abcd, ');
const finished = (
  status: 'ok' | 'changed' | 'failed',
  summary: string,
  code?: ErrorCode,
): EventBody => ({
  kind: 'host.finished',
  host: 'attic',
  status,
  summary,
  ...(code === undefined ? {} : { error: { code, message: summary, remedy: 'Do this.' } }),
});
const vitals: EventBody = {
  kind: 'vitals',
  host: 'attic',
  vitals: { temperature: 81, os: 'Debian 12', model: 'Raspberry Pi 4 Model B Rev 1.4' },
};

describe('the groups of the fleet', () => {
  it('are those of the inventory, the ones of the top first, ungrouped last', async () => {
    await using made = await makeProject(`all:
  hosts:
    attic:
  children:
    house:
      children:
        sensors:
          hosts:
            kitchen:
    garden:
      hosts:
        shed:
        kitchen:
`);
    const { roots, groups, pis, faults } = await read(made);
    expect(faults).toEqual([]);
    expect(roots).toEqual(['house', 'garden', 'ungrouped']);
    expect(groups.get('house')).toEqual({ name: 'house', hosts: [], children: ['sensors'] });
    expect(groups.get('garden')?.hosts).toEqual(['shed', 'kitchen']);
    expect(groups.has('all')).toBe(false);
    expect(pis.get('kitchen')?.groups).toEqual(['sensors', 'garden']);
    expect(pis.get('attic')?.groups).toEqual(['ungrouped']);
  });

  it('have no ungrouped where no host is', async () => {
    await using made = await makeProject('all:\n  children:\n    a:\n      hosts:\n        x:\n');
    expect((await read(made)).roots).toEqual(['a']);
  });
});

describe('the state of a Pi', () => {
  it('is unknown where nothing was heard of it', async () => {
    await using made = await makeProject(ATTIC);
    expect(await attic(made)).toMatchObject({ state: 'unknown', lastSeen: undefined });
  });

  it('is needs-key where it was seen and never enrolled, unknown where it was enrolled', async () => {
    await using made = await makeProject(ATTIC);
    await made.see({ address: '10.0.0.2', mac: mac(2) });
    expect(await attic(made)).toMatchObject({ state: 'needs-key', lastSeen: ago(5) });
    await made.put({ 'inventory/hosts.yml': ENROLLED });
    expect(await attic(made)).toMatchObject({ state: 'unknown', lastSeen: ago(5) });
  });

  it('is reachable where it let us in when it was last tried', async () => {
    await using made = await makeProject(ATTIC);
    await made.journal(10, 'monitor', vitals, finished('ok', 'healthy'), FINISHED);
    expect(await attic(made)).toMatchObject({
      state: 'reachable',
      os: 'Debian 12',
      model: 'Raspberry Pi 4 Model B Rev 1.4',
      warnings: ['hot: 81 °C'],
      run: { command: 'monitor', isLive: false },
    });
  });

  it.each([
    ['ssh.host-key-changed', 'locked'],
    ['access.locked', 'locked'],
    ['ssh.timeout', 'failing'],
    ['ssh.host-key-unknown', 'needs-key'],
  ] as const)('after %s is %s, with the reason and the remedy', async (code, state) => {
    await using made = await makeProject(ENROLLED);
    await made.journal(10, 'monitor', finished('failed', 'so it was', code), FINISHED);
    expect(await attic(made)).toMatchObject({
      state,
      reason: 'so it was',
      error: { code, remedy: 'Do this.' },
    });
  });

  it('is locked where an enrolled Pi refuses our key, needs-key where it never had it', async () => {
    const refused = finished('failed', 'refuses', 'ssh.refused-login');
    await using made = await makeProject(ATTIC);
    await made.journal(10, 'monitor', refused, FINISHED);
    expect((await attic(made))?.state).toBe('needs-key');
    await made.put({ 'inventory/hosts.yml': ENROLLED });
    expect((await attic(made))?.state).toBe('locked');
  });

  it('is unknown again where it was seen after it had not answered', async () => {
    await using made = await makeProject(ENROLLED);
    await made.journal(10, 'monitor', finished('failed', 'no answer', 'ssh.timeout'), FINISHED);
    await made.see({ address: '10.0.0.2', mac: mac(2), lastSeen: ago(5) });
    expect((await attic(made))?.state).toBe('unknown');
    await made.see({ address: '10.0.0.2', mac: mac(2), lastSeen: ago(15) });
    expect((await attic(made))?.state).toBe('failing');
  });

  it('stays failing after a failed deployment, though monitor finds it well', async () => {
    await using made = await makeProject(ENROLLED);
    await made.journal(
      10,
      'deploy',
      {
        kind: 'ansible.result',
        host: 'attic',
        task: 'Start the app',
        status: 'failed',
        ignored: false,
        rescued: false,
        message: 'no such unit',
        path: '/p/deploy.yml',
        line: 9,
      },
      FINISHED,
    );
    await made.journal(5, 'monitor', vitals, finished('ok', 'healthy'), FINISHED);
    expect(await attic(made)).toMatchObject({
      state: 'failing',
      reason: 'rpi deploy failed on it: Start the app: no such unit',
      error: { remedy: 'The task is at /p/deploy.yml:9.' },
    });
    await made.journal(2, 'access enroll', finished('changed', 'pi by key'), FINISHED);
    expect((await attic(made))?.state).toBe('reachable');
  });

  it('is installing while a live run installs it, and only then', async () => {
    await using made = await makeProject(ENROLLED);
    const begun: EventBody = { kind: 'host.started', host: 'attic' };
    await made.journal(10, 'install', begun);
    expect(await attic(made)).toMatchObject({
      state: 'installing',
      run: { command: 'install', isLive: true },
    });
    await made.journal(10, 'install', begun, FINISHED);
    expect((await attic(made))?.state).toBe('unknown');
    await made.journal(3, 'install preflight', begun);
    expect(await attic(made)).toMatchObject({ state: 'unknown', run: { isLive: true } });
  });
});

describe('what was discovered', () => {
  it('are Pis that are no host of the inventory, seen within a week', async () => {
    await using made = await makeProject(`${ATTIC}    byhand: {ansible_host: 10.0.0.9}\n`);
    await made.see(
      { address: '10.0.0.2', mac: mac(2) },
      { address: '10.0.0.30', mac: mac(30), name: 'shed.local', banner: 'SSH-2.0-OpenSSH_9.2' },
      { address: '10.0.0.4', mac: mac(4) },
      { address: '10.0.0.5', mac: mac(5), isPi: false },
      { address: '10.0.0.6' },
      { address: '10.0.0.7', mac: mac(7), lastSeen: ago(8 * 24 * 60) },
      // Somebody wrote this one by hand; enrolling it tells who it is.
      { address: '10.0.0.9', mac: mac(9) },
    );
    const { discovered } = await read(made);
    expect(discovered.map(({ key }) => key)).toEqual([mac(4), '10.0.0.6', mac(30)]);
    expect(discovered[2]).toMatchObject({ name: 'shed.local', lastSeen: ago(5) });
  });
});

describe('a source that is broken', () => {
  it('is a fault with its place, and the rest is there', async () => {
    await using made = await makeProject('all:\n  hosts:\n    - attic\n');
    await made.see({ address: '10.0.0.3', mac: mac(3) });
    const { faults, pis, discovered } = await read(made);
    expect(faults).toMatchObject([
      {
        source: 'inventory',
        path: join(made.root, 'inventory/hosts.yml'),
        line: 2,
        error: { code: 'inventory.invalid' },
      },
    ]);
    expect(faults[0]?.error.message).not.toContain('hosts.yml');
    expect(pis.size).toBe(0);
    expect(discovered).toHaveLength(1);
  });

  it('leaves the hosts as they were while a person is typing', async () => {
    await using made = await makeProject(ATTIC);
    const runs = openRunIndex(made.project.runs);
    const fleet = openFleet(made.project);
    await fleet.read({ runs, now: NOW });
    const files = withTexts(filesOnDisk, new Map([[made.project.inventory, 'all: [']]));
    const during = await fleet.read({ runs, files, now: NOW });
    expect([...during.pis.keys()]).toEqual(['attic']);
    expect(during.faults).toHaveLength(1);
    expect((await fleet.read({ runs, now: NOW })).faults).toEqual([]);
  });

  it('is an inventory that is missing, or that is a program, which is not run', async () => {
    await using made = await makeProject('all:\n', 'inventory: other.yml\n');
    expect((await read(made)).faults).toMatchObject([
      { error: { code: 'inventory.not-found' }, path: join(made.root, 'other.yml') },
    ]);
    const ran = join(made.root, 'ran');
    await writeFile(join(made.root, 'other.yml'), `#!/bin/sh\ntouch ${ran}\necho {}\n`);
    await chmod(join(made.root, 'other.yml'), 0o755);
    expect((await read(made)).faults).toMatchObject([{ error: { code: 'inventory.read-only' } }]);
    expect(await filesOnDisk.read(ran)).toBeUndefined();
  });

  it('is one file of a folder of inventories, and the hosts of the others are there', async () => {
    await using made = await makeProject('', 'inventory: hosts\n');
    await made.put({ 'hosts/a.yml': ATTIC, 'hosts/b.yml': 'plugin: constructed\n' });
    const { faults, pis } = await read(made);
    expect([...pis.keys()]).toEqual(['attic']);
    expect(faults).toMatchObject([{ source: 'inventory', path: join(made.root, 'hosts/b.yml') }]);
  });

  it('is a folder of runs that is none', async () => {
    await using made = await makeProject(ATTIC);
    await made.put({ '.rpi/runs': 'a file' });
    const { faults, pis } = await read(made);
    expect(faults).toMatchObject([{ source: 'runs', error: { code: 'file.not-readable' } }]);
    expect(pis.size).toBe(1);
  });

  it('is a configuration, each fault at its line', async () => {
    await using made = await makeProject(ATTIC);
    expect(await readProjectFaults(made.root, {})).toEqual([]);
    await made.put({ 'rpi.yml': 'version: 1\nid: x\ncolour: red\n' });
    const faults = await readProjectFaults(made.root, {});
    expect(faults.map(({ source, line }) => [source, line])).toEqual([
      ['config', 2],
      ['config', 3],
    ]);
    expect(faults[0]).toMatchObject({ path: join(made.root, 'rpi.yml'), column: 5 });
  });
});

describe('reading again', () => {
  it('sees an inventory that an editor has not saved', async () => {
    await using made = await makeProject(ATTIC);
    const runs = openRunIndex(made.project.runs);
    const fleet = openFleet(made.project);
    expect((await fleet.read({ runs, now: NOW })).pis.has('cellar')).toBe(false);
    const text = `${ATTIC}    cellar:\n`;
    const files = withTexts(filesOnDisk, new Map([[made.project.inventory, text]]));
    expect((await fleet.read({ runs, files, now: NOW })).pis.has('cellar')).toBe(true);
    expect((await fleet.read({ runs, now: NOW })).pis.has('cellar')).toBe(false);
  });

  it('sees new files of variables, sightings and runs', async () => {
    await using made = await makeProject(ATTIC);
    const runs = openRunIndex(made.project.runs);
    const fleet = openFleet(made.project);
    await fleet.read({ runs, now: NOW });
    await made.put({ 'inventory/host_vars/attic.yml': 'rpi_model: Pi 3\n' });
    await made.see({ address: '10.0.0.3', mac: mac(3) });
    await made.journal(1, 'monitor', finished('ok', 'healthy'), FINISHED);
    const after = await fleet.read({ runs, now: NOW });
    expect(after.pis.get('attic')).toMatchObject({ model: 'Pi 3', state: 'reachable' });
    expect(after.discovered).toHaveLength(1);
  });
});

describe('an inventory that is a program', () => {
  const PROGRAM = '#!/bin/sh\n';
  const says = (...hosts: string[]): Promise<string> =>
    Promise.resolve(JSON.stringify({ cloud: { hosts } }));

  async function mixed() {
    const made = await makeProject('', 'inventory: hosts\n');
    await made.put({ 'hosts/a.yml': ATTIC, 'hosts/b.py': PROGRAM });
    const asked: string[] = [];
    const clock = { now: NOW };
    let answer: (said: Promise<string>) => void = () => undefined;
    let heard = (): void => undefined;
    const programs = openProgramAnswers({
      list: (path) => {
        asked.push(path);
        return new Promise((resolve) => (answer = resolve));
      },
      onAnswer: () => {
        heard();
      },
      now: () => clock.now,
    });
    const runs = openRunIndex(made.project.runs);
    const fleet = openFleet(made.project);
    return {
      made,
      asked,
      clock,
      programs,
      read: () => fleet.read({ runs, programs, now: NOW }),
      /** The program that was asked last ends; resolves when the news is told. */
      tell: (said: Promise<string>) =>
        new Promise<void>((resolve) => {
          heard = resolve;
          answer(said);
        }),
      [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
    };
  }

  it('is not waited for; its hosts stand in their groups when it has answered', async () => {
    await using it = await mixed();
    const before = await it.read();
    expect([...before.pis.keys()]).toEqual(['attic']);
    expect(before.faults).toEqual([]);
    await it.tell(says('shed', 'nas'));
    const after = await it.read();
    expect([...after.pis.keys()]).toEqual(['attic', 'shed', 'nas']);
    expect(after.groups.get('cloud')?.hosts).toEqual(['shed', 'nas']);
    await it.read();
    expect(it.asked).toEqual([join(it.made.root, 'hosts/b.py')]);
  });

  it('is asked again when its file changes, when it is renewed, and after five minutes', async () => {
    await using it = await mixed();
    await it.read();
    await it.tell(says('pi1'));
    await it.made.put({ 'hosts/b.py': `${PROGRAM}# changed\n` });
    expect([...(await it.read()).pis.keys()]).toEqual(['attic', 'pi1']);
    await it.tell(says('pi2'));
    it.programs.renew();
    expect([...(await it.read()).pis.keys()]).toEqual(['attic', 'pi2']);
    await it.tell(says('pi3'));
    it.clock.now += 5 * 60_000;
    expect([...(await it.read()).pis.keys()]).toEqual(['attic', 'pi3']);
    await it.tell(says('pi4'));
    expect([...(await it.read()).pis.keys()]).toEqual(['attic', 'pi4']);
    expect(it.asked).toHaveLength(4);
  });

  it('is a fault at its file where it fails, and the hosts of the others are there', async () => {
    await using it = await mixed();
    await it.read();
    const failure = new RpiError('command.failed', 'no such cloud', { remedy: 'Log in.' });
    await it.tell(Promise.reject(failure));
    const { pis, faults } = await it.read();
    expect([...pis.keys()]).toEqual(['attic']);
    expect(faults).toMatchObject([
      {
        source: 'inventory',
        path: join(it.made.root, 'hosts/b.py'),
        error: { code: 'command.failed', message: 'no such cloud', remedy: 'Log in.' },
      },
    ]);
  });
});

describe('the health of the fleet', () => {
  it('counts every Pi once and names the worst', async () => {
    await using made = await makeProject(`${ENROLLED}    cellar:\n    shed:\n`);
    await made.see({ address: '10.0.0.3', mac: mac(3) });
    await made.journal(9, 'monitor', vitals, finished('ok', 'hot'), FINISHED);
    expect(fleetHealth(await read(made))).toEqual({
      total: 3,
      ok: 0,
      warning: 1,
      failing: 0,
      locked: 0,
      needsKey: 0,
      unknown: 2,
      discovered: 1,
      text: '3 Pis: 1 warning, 2 unknown, 1 discovered',
      level: 'warning',
    });
    await made.journal(5, 'monitor', finished('failed', 'gone', 'ssh.timeout'), FINISHED);
    expect(fleetHealth(await read(made))).toMatchObject({ failing: 1, level: 'error' });
  });

  it('says where there is nothing yet', async () => {
    await using made = await makeProject('all:\n');
    expect(fleetHealth(await read(made))).toMatchObject({ text: 'No Pis yet', level: 'none' });
  });
});
