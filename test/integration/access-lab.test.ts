/** Access on the lab: real Pis with systemd, sudo and PAM, by the packaged `rpi`. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseEvent, type EventOf } from '../../core/runs/event.ts';
import { run as runInLab } from '../../lab/command.ts';
import { canHostLab } from '../../lab/host.ts';
import {
  enterCommand,
  execCommand,
  labCut,
  labDown,
  labPlug,
  labUp,
  type RunningLab,
} from '../../lab/lab.ts';
import { stageRpi, type StagedRpi } from '../bench/staged-rpi.ts';
import { ended, type Ended } from './rpi.ts';

const hosting = await canHostLab();

let dir: string;
let project: string;
let lab: RunningLab & { readonly already: boolean };
let staged: StagedRpi;

async function start(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<ChildProcess> {
  const all = {
    NO_COLOR: '1',
    HOME: project,
    XDG_DATA_HOME: join(project, 'data'),
    XDG_RUNTIME_DIR: project,
    ...env,
  };
  const words = [
    ...Object.entries(all).map(([name, value]) => `${name}=${value}`),
    ...staged.words,
  ];
  const entered = await enterCommand('env', [...words, '--project', project, ...args], { dir });
  return spawn(entered.command, entered.args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function rpi(args: readonly string[], env?: Record<string, string>): Promise<Ended> {
  return ended(await start(args, env));
}

type HostEnd = EventOf<'host.finished'>;

/** Enrolls with the options; each host's end by its name. */
async function enroll(
  args: readonly string[],
  env?: Record<string, string>,
): Promise<{ code: number | null; ends: Record<string, HostEnd>; text: string }> {
  const { code, stdout } = await rpi(['--json', 'access', 'enroll', '--accept-new', ...args], env);
  return { code, text: stdout, ends: endsIn(stdout) };
}

function endsIn(stdout: string): Record<string, HostEnd> {
  const ends = stdout
    .split('\n')
    .flatMap((line) => parseEvent(line) ?? [])
    .filter((event) => event.kind === 'host.finished');
  return Object.fromEntries(ends.map((end) => [end.host, end]));
}

async function on(name: string, script: string): Promise<string> {
  return (await runInLab(await execCommand(name, 'sh', ['-c', script], { dir }))).stdout;
}

/** What a machine's sshd logged of passwords and keys. */
async function logins(name: string): Promise<string> {
  return on(
    name,
    'journalctl --sync; journalctl --no-pager -t sshd | grep -E "Accepted|Failed" || true',
  );
}

describe.skipIf(!hosting.ok)('rpi access on the lab', () => {
  beforeAll(async () => {
    dir = process.env['RPI_LAB_DIR'] ?? (await mkdtemp(join(tmpdir(), 'rpi-access-lab-')));
    lab = await labUp({ dir });
    staged = await stageRpi();
    project = await mkdtemp(join(tmpdir(), 'rpi-access-project-'));
    await mkdir(join(project, 'inventory'));
    await writeFile(
      join(project, 'rpi.yml'),
      [
        'version: 1',
        'id: access-lab',
        'networks: [10.77.0.0/24]',
        'access:',
        '  users:',
        '    - {name: deploy, sudo: true}',
        '',
      ].join('\n'),
    );
    await writeFile(join(project, 'inventory/hosts.yml'), 'ungrouped:\n  hosts:\n');
    expect(await rpi(['detect'])).toMatchObject({ code: 0 });
    expect(await rpi(['inventory', 'add', '--all'])).toMatchObject({ code: 0 });
    // A person adopted the decoys by hand: they are in the inventory and still no Pis.
    const path = join(project, 'inventory/hosts.yml');
    const decoys = lab.machines
      .filter(({ kind }) => kind === 'decoy')
      .map(({ name, address }) => `    ${name}: {ansible_host: ${address ?? ''}}\n`);
    await writeFile(path, `${await readFile(path, 'utf8')}others:\n  hosts:\n${decoys.join('')}`);
  });

  afterAll(async () => {
    await staged[Symbol.asyncDispose]();
    if (!lab.already) await labDown({ dir });
    if (process.env['RPI_LAB_DIR'] === undefined) await rm(dir, { recursive: true, force: true });
    await rm(project, { recursive: true, force: true });
  });

  it('switches Pis with default passwords to keys and never tries a decoy', async () => {
    const { code, ends } = await enroll([]);
    expect(code).toBe(1);
    for (const name of ['pi1', 'pi2', 'pi3', 'pi4']) {
      expect(ends[name]).toMatchObject({ status: 'changed' });
    }
    for (const name of ['pi5', 'pi6', 'nas1', 'tv1']) {
      expect(ends[name]).toMatchObject({ status: 'failed', error: { code: 'access.locked' } });
    }
    for (const name of ['nas1', 'tv1']) expect(await logins(name)).not.toContain('password');
    expect(await logins('pi6')).toContain('Failed password');
    expect(await logins('pi5')).not.toContain('password');
  });

  it('reports each Pi’s state, and changes nothing', async () => {
    const { stdout } = await rpi(['access', 'check']);
    for (const name of ['pi1', 'pi2', 'pi3', 'pi4']) {
      expect(stdout).toMatch(new RegExp(`^${name} .* key `, 'm'));
    }
    for (const name of ['pi5', 'pi6', 'nas1', 'tv1']) {
      expect(stdout).toMatch(new RegExp(`^${name} .* locked `, 'm'));
    }
  });

  it('learned who each Pi is', async () => {
    const text = await readFile(join(project, 'inventory/hosts.yml'), 'utf8');
    for (const { name, serial, model } of lab.machines) {
      if (!['pi1', 'pi2', 'pi3', 'pi4'].includes(name)) continue;
      expect(text).toContain(serial ?? '-');
      expect(text).toContain(model ?? '-');
    }
    expect(text.match(/ansible_become: true/g)).toHaveLength(2);
  });

  it('set up root and the users of rpi.yml, by sudo where it was pi', async () => {
    for (const name of ['pi1', 'pi3']) {
      expect(await on(name, 'grep -c rpi /root/.ssh/authorized_keys')).toBe('1\n');
      expect(await on(name, 'stat -c "%U %a" /home/deploy/.ssh/authorized_keys')).toBe(
        'deploy 600\n',
      );
      expect(await on(name, 'su deploy -c "sudo -n id -u"')).toBe('0\n');
    }
    const again = await enroll(['pi1', 'pi3']);
    expect(again).toMatchObject({
      code: 0,
      ends: { pi1: { status: 'ok' }, pi3: { status: 'ok' } },
    });
  });

  it('opens a shell by the real ssh, strictly', async () => {
    expect(await rpi(['ssh', 'pi3', '--', 'sudo', 'id', '-u'])).toMatchObject({
      code: 0,
      stdout: '0\n',
    });
    expect(await rpi(['ssh', 'pi3', '--', 'exit', '7'])).toMatchObject({ code: 7 });
  });

  it('gets in by a person’s password after a pause, and by sudo that asks for it', async () => {
    await on(
      'pi6',
      'rm -f /etc/sudoers.d/*; echo \'pi:a $ecret "one"\' | chpasswd; usermod -aG sudo pi',
    );
    const before = await logins('pi6');
    const { code, ends, text } = await enroll(['pi6'], { RPI_PASSWORD: 'a $ecret "one"' });
    expect(ends['pi6']).toMatchObject({ status: 'changed' });
    expect(code).toBe(0);
    expect(text).not.toContain('ecret');
    const tried = (await logins('pi6')).slice(before.length);
    expect(tried.match(/Failed password/g)).toHaveLength(2);
    expect(await on('pi6', 'grep -c rpi /root/.ssh/authorized_keys')).toBe('1\n');
  });

  it('switches password login off, with systemd’s reload, and stays in', async () => {
    const path = join(project, 'rpi.yml');
    const config = await readFile(path, 'utf8');
    await writeFile(path, `${config}  password_login: 'off'\n`);
    try {
      const kept = await enroll(['pi3']);
      expect(kept).toMatchObject({
        code: 4,
        ends: { pi3: { status: 'refused', error: { code: 'access.password-login-kept' } } },
      });
      const off = await enroll(['pi3', 'pi1', '--key-saved']);
      expect(off).toMatchObject({
        code: 0,
        ends: { pi3: { status: 'changed' }, pi1: { status: 'changed' } },
      });
      for (const name of ['pi3', 'pi1']) {
        expect(await on(name, 'sshd -T | grep ^passwordauthentication')).toBe(
          'passwordauthentication no\n',
        );
        expect(
          await on(name, 'ls -A /etc/ssh/sshd_config.d; ls /run | grep rpi- || true'),
        ).not.toMatch(/before|rpi-pass/);
      }
      expect(await enroll(['pi3', 'pi1', '--key-saved'])).toMatchObject({
        ends: { pi3: { status: 'ok' }, pi1: { status: 'ok' } },
      });
    } finally {
      await writeFile(path, config);
    }
  });

  it('refuses a changed host key, shows both and sends nothing', async () => {
    await on('pi2', 'rm /etc/ssh/ssh_host_*; ssh-keygen -A >/dev/null; systemctl restart ssh');
    const shown = await on(
      'pi2',
      'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub | cut -d " " -f 2',
    );
    const before = await logins('pi2');
    const { code, ends } = await enroll(['pi2']);
    expect(code).toBe(4);
    expect(ends['pi2']).toMatchObject({
      status: 'refused',
      error: { code: 'ssh.host-key-changed' },
    });
    const message = ends['pi2']?.error?.message ?? '';
    expect(message).toContain(shown.trim());
    expect(message.match(/SHA256:/g)).toHaveLength(2);
    expect(await logins('pi2')).toBe(before);
    expect(await rpi(['ssh', 'pi2', '--', 'true'])).toMatchObject({ code: 255 });
  });

  it('reports a Pi whose power is cut in the middle, and finishes with it later', async () => {
    // A slow first program of the script: the power goes off while it runs.
    await on(
      'pi4',
      'printf \'#!/bin/sh\\nsleep 5\\nexec /usr/bin/getent "$@"\\n\' > /usr/local/bin/getent; chmod 755 /usr/local/bin/getent; sync',
    );
    const child = await start(['--json', 'access', 'enroll', 'pi4']);
    child.stdout?.on('data', (data: Buffer) => {
      if (data.toString().includes('"step":"login"')) void labCut('pi4', { dir });
    });
    const { stdout } = await ended(child);
    expect(endsIn(stdout)['pi4']).toMatchObject({
      status: 'failed',
      error: { code: 'ssh.closed' },
    });
    await labPlug('pi4', { dir });
    await on('pi4', 'rm /usr/local/bin/getent');
    expect(await on('pi4', 'ls -A /root/.ssh /home/pi/.ssh | grep rpi || true')).toBe('');
    expect(await enroll(['pi4'])).toMatchObject({ code: 0, ends: { pi4: { status: 'ok' } } });
  });

  it('lets one of two runs have a host', async () => {
    await on(
      'pi1',
      'printf \'#!/bin/sh\\nsleep 3\\nexec /usr/bin/getent "$@"\\n\' > /usr/local/bin/getent; chmod 755 /usr/local/bin/getent',
    );
    const first = await start(['--json', 'access', 'enroll', 'pi1']);
    const second = await new Promise<Awaited<ReturnType<typeof enroll>>>((resolve, reject) => {
      let began = false;
      first.stdout?.on('data', (data: Buffer) => {
        if (began || !data.toString().includes('"step":"login"')) return;
        began = true;
        enroll(['pi1']).then(resolve, reject);
      });
    });
    expect(second).toMatchObject({ code: 4, ends: { pi1: { error: { code: 'lock.held' } } } });
    expect((await ended(first)).code).toBe(0);
    await on('pi1', 'rm /usr/local/bin/getent');
  });
});
