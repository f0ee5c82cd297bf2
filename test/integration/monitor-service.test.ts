/** The service as a person installs it; systemctl is a script that does what it is told to. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownIdentity } from '../../core/files/process-identity.ts';
import { findServiceNode } from '../../core/monitor/service/node.ts';
import { unitText } from '../../core/monitor/service/unit.ts';
import { EVENT_VERSION, type EventBody } from '../../core/runs/event.ts';
import { temporaryFolder } from '../temporary.ts';
import { rpi, type Ended } from './rpi.ts';

const NAME = 'rpi-monitor-servicetest.service';

type Place = {
  readonly project: string;
  readonly unit: string;
  readonly copies: string;
  readonly calls: () => Promise<string[]>;
  readonly run: (...args: string[]) => Promise<Ended>;
};

/** A started unit is a lock that names a live process: what a monitor has. */
async function place(systemctl: 'works' | 'fails' | 'none' = 'works'): Promise<Place> {
  const folder = await temporaryFolder();
  const project = join(folder, 'my "100%" $HOME pis');
  const [bin, locks] = [join(folder, 'bin'), join(project, '.rpi', 'locks')];
  for (const each of [bin, locks]) await mkdir(each, { recursive: true });
  await writeFile(join(project, 'rpi.yml'), 'version: 1\nid: servicetest\n');
  const lock = JSON.stringify({ pid: process.pid, doing: 'rpi monitor', token: 'x' });
  await writeFile(join(folder, 'lock'), lock);
  const script = `#!/bin/sh
echo "$*" >>'${folder}/calls'
case "$*" in
  *is-active*) test -e '${folder}/active' && echo active || { echo inactive; exit 3; } ;;
  *is-enabled*) echo enabled ;;
  *restart*) ${systemctl === 'fails' ? 'echo no such unit >&2; exit 1' : `cat '${folder}/lock' >'${locks}/monitor.lock'; : >'${folder}/active'`} ;;
  *disable*) /bin/rm -f '${folder}/active' '${locks}/monitor.lock' ;;
esac
`.replaceAll('cat ', '/bin/cat ');
  const path = locks.replaceAll("'", '');
  expect(path).toBe(locks);
  if (systemctl !== 'none') await writeFile(join(bin, 'systemctl'), script, { mode: 0o755 });
  const env = {
    PATH: bin,
    HOME: folder,
    XDG_DATA_HOME: join(folder, 'data'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_STATE_HOME: join(folder, 'state'),
  };
  return {
    project,
    unit: join(folder, 'config', 'systemd', 'user', NAME),
    copies: join(folder, 'data', 'rpi', 'servicetest', 'monitor-service'),
    calls: async () =>
      (await readFile(join(folder, 'calls'), 'utf8').catch(() => '')).split('\n').slice(0, -1),
    run: (...args) => rpi(['monitor', 'service', ...args], { cwd: project, env }),
  };
}

/** The journal of a remedy's run, by this process, which lives. */
async function ownRun(project: string, id: string): Promise<{ end: () => Promise<void> }> {
  const runs = join(project, '.rpi', 'runs');
  await mkdir(runs, { recursive: true });
  const path = join(runs, `${id}.jsonl`);
  let seq = 0;
  const tell = async (body: EventBody): Promise<void> => {
    const event = { v: EVENT_VERSION, run: id, seq: seq++, at: new Date().toISOString(), ...body };
    await appendFile(path, `${JSON.stringify(event)}\n`);
  };
  const version = '0.1.0';
  const args: string[] = [];
  const started = {
    kind: 'run.started',
    command: 'monitor reboot',
    args,
    ...ownIdentity(),
  } as const;
  await tell({ ...started, project, version, dryRun: false });
  await tell({ kind: 'host.started', host: 'kitchen' });
  return { end: () => tell({ kind: 'run.finished', status: 'ok', summary: '', undone: [] }) };
}

describe('rpi monitor service', () => {
  test('is shown by a dry run, which writes nothing', async () => {
    const { run, unit, copies, calls } = await place();
    const { code, stdout } = await run('install', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('ExecStart');
    expect([existsSync(unit), existsSync(copies), await calls()]).toEqual([false, false, []]);
  });

  test('is copied, written, enabled and started; a second time begins it anew', async () => {
    const { run, unit, copies, calls } = await place();
    const first = await run('install');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(await calls()).toEqual(
      expect.arrayContaining([
        '--user --no-pager daemon-reload',
        `--user --no-pager enable ${NAME}`,
        `--user --no-pager restart ${NAME}`,
      ]),
    );
    const [copy = ''] = await readdir(copies);
    const program = join(copies, copy, 'dist', 'rpi.js');
    expect(await readFile(unit, 'utf8')).toContain(program);
    const ran = spawnSync(process.execPath, [program, '--version'], { encoding: 'utf8' });
    expect(copy.startsWith(`${ran.stdout.trim()}-`)).toBe(true);

    await mkdir(join(copies, '0.0.9-00000000'));
    expect(await run('install')).toMatchObject({ code: 0 });
    expect(await readdir(copies)).toEqual([copy]);

    const { stdout } = await run('status', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ installed: true, active: 'active', version: copy });
    expect(await run('uninstall')).toMatchObject({ code: 0 });
    expect([existsSync(unit), await readdir(copies)]).toEqual([false, []]);
    expect((await run('status')).stdout).toContain('is not installed');
  });

  test('is refused where another monitor watches, and nothing is written', async () => {
    const { run, unit, project } = await place();
    const lock = JSON.stringify({ pid: process.pid, doing: 'rpi monitor', token: 'x' });
    await writeFile(join(project, '.rpi', 'locks', 'monitor.lock'), lock);
    const { code, stdout, stderr } = await run('install');
    expect(code).toBe(4);
    expect(stdout + stderr).toContain('Another monitor watches this project');
    expect(existsSync(unit)).toBe(false);
  });

  test('is neither begun anew nor removed while a remedy is under way, and says how to go on', async () => {
    const { run, calls, project } = await place();
    expect(await run('install')).toMatchObject({ code: 0 });
    const before = (await calls()).filter((call) => /restart|disable/.test(call));
    const id = '20261122T080000Z-monitor-reboot-aaaa';
    const own = await ownRun(project, id);
    for (const verb of ['install', 'uninstall']) {
      const { code, stdout, stderr } = await run(verb);
      expect(code).toBe(4);
      expect(stdout + stderr).toContain('reboot of kitchen');
      expect(stdout + stderr).toContain(`rpi runs cancel ${id}`);
    }
    expect((await calls()).filter((call) => /restart|disable/.test(call))).toEqual(before);
    await own.end();
    expect(await run('install')).toMatchObject({ code: 0 });
  });

  test('is refused without systemd; what does not start says where to look', async () => {
    const none = await (await place('none')).run('install');
    expect(none.code).toBe(1);
    expect(none.stdout + none.stderr).toContain('There is no systemd');
    const { run, copies } = await place('fails');
    await mkdir(join(copies, '0.0.9-00000000'), { recursive: true });
    const failing = await run('install');
    expect(failing.stdout + failing.stderr).toContain(`journalctl --user -u ${NAME}`);
    expect(await readdir(copies)).toContain('0.0.9-00000000');
  });
});

test('a Node that is too old is passed over for one that is not', async () => {
  const folder = await temporaryFolder();
  const [old, recent] = [join(folder, 'old'), join(folder, 'node')];
  await writeFile(old, '#!/bin/sh\necho 20.19.2\n', { mode: 0o755 });
  await writeFile(recent, '#!/bin/sh\necho 22.13.0\n', { mode: 0o755 });
  const { signal } = new AbortController();
  const found = await findServiceNode({ env: { PATH: folder }, signal }, [old]);
  expect(found).toEqual({ path: recent, version: '22.13.0' });
});

test.skipIf(!existsSync('/usr/bin/systemd-analyze'))(
  'systemd reads the unit as it is meant, whatever stands in a path',
  async () => {
    const folder = await temporaryFolder();
    const root = join(folder, `a b %h "c" $HOME \\x 'd' ü`);
    await mkdir(root);
    for (const scope of ['user', 'system'] as const) {
      const unit = join(folder, `rpi-monitor-${scope}.service`);
      const node = join(folder, 'a b %h $HOME ü');
      await writeFile(node, '#!/bin/sh\n', { mode: 0o755 });
      const environment = { PATH: '/usr/bin:/50%/a b', XDG_DATA_HOME: root };
      const text = unitText({ root, node, program: join(root, 'rpi.js'), scope, environment });
      expect(() =>
        unitText({ root, node: join(root, 'node'), program: '/x', scope, environment }),
      ).toThrow(/quote/);
      await writeFile(unit, text);
      const args = ['verify', '--man=no', ...(scope === 'user' ? ['--user'] : []), unit];
      const verified = spawnSync('systemd-analyze', args, {
        encoding: 'utf8',
        env: { ...process.env, XDG_RUNTIME_DIR: folder },
      });
      expect({ code: verified.status, said: verified.stderr }).toEqual({ code: 0, said: '' });
    }
  },
);
