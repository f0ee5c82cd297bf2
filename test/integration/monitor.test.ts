import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBlob, formatPublicKey } from '../../core/formats/ssh-key.ts';
import { monitorRound, type RoundOutcome } from '../../core/monitor/round.ts';
import { openProject } from '../../core/project/project.ts';
import { systemClock } from '../../core/runs/clock.ts';
import type { EventBody } from '../../core/runs/event.ts';
import type { ProjectContext } from '../../core/runs/operation.ts';
import { createIdentity } from '../../core/ssh/identity.ts';
import { canRunSshd, startSshd, type TestSshd } from './sshd.ts';

const ADDRESSES = ['127.0.8.1', '127.0.8.2', '127.0.8.3', '127.0.8.4'];
let folder: string;
let sshd: TestSshd;
let silent: Server;
let context: ProjectContext;

async function round(
  limit?: string,
  cancelAfterFirst?: AbortController,
): Promise<{ events: EventBody[]; outcome: RoundOutcome }> {
  const events: EventBody[] = [];
  const signal = cancelAfterFirst?.signal ?? context.signal;
  const stream = monitorRound({ limit }, { ...context, signal });
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { events, outcome: step.value };
    events.push(step.value);
    if (step.value.kind === 'host.finished') cancelAfterFirst?.abort();
  }
}

describe.skipIf(!canRunSshd)('a round over Pis', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rpi-monitor-'));
    const env = { ...process.env, XDG_DATA_HOME: join(folder, 'data') };
    await writeFile(
      join(folder, 'rpi.yml'),
      'version: 1\nid: monitortest\nmonitor: {temperature: 75, timeout: 2}\n',
    );
    const project = await openProject(folder, env);
    const identity = await createIdentity(project.identity, 'test');
    const authorized = identity.publicKeys.map(formatPublicKey).join('\n');
    sshd = await startSshd({
      addresses: ADDRESSES,
      prepare: `
        useradd -m -p '*' -s /usr/sbin/nologin noshell
        useradd -m -p '*' -s /etc/garbage-shell garbage
        for home in /root /home/noshell /home/garbage; do
          mkdir -p $home/.ssh
          echo '${authorized}' >$home/.ssh/authorized_keys
          chmod -R go-rwx $home
        done
        chown -R noshell: /home/noshell; chown -R garbage: /home/garbage
        printf '#!/bin/sh\\nhead -c 3000000 /dev/zero | tr "\\\\0" x\\n' >/etc/garbage-shell
        chmod 755 /etc/garbage-shell`,
    });
    silent = createServer(() => undefined).listen(0, '127.0.8.5');
    await new Promise((resolve) => silent.once('listening', resolve));
    const silentPort = (silent.address() as AddressInfo).port;
    const host = (address: string, more = ''): string =>
      `{ansible_host: ${address}, ansible_port: ${sshd.port}, ansible_user: root${more}}`;
    await mkdir(join(folder, 'inventory'));
    await writeFile(
      project.inventory,
      `all:
  hosts:
    kitchen: ${host('127.0.8.1')}
    garden: ${host('127.0.8.2')}
    stranger: ${host('127.0.8.3')}
    impostor: ${host('127.0.8.4')}
    nobody: {ansible_host: 127.0.8.1, ansible_port: ${sshd.port}, ansible_user: nosuchuser}
    noshell: {ansible_host: 127.0.8.1, ansible_port: ${sshd.port}, ansible_user: noshell}
    garbage: {ansible_host: 127.0.8.1, ansible_port: ${sshd.port}, ansible_user: garbage}
    gone: {ansible_host: 127.0.8.6, ansible_port: 1, ansible_user: root}
    silent: {ansible_host: 127.0.8.5, ansible_port: ${silentPort}, ansible_user: root}
`,
    );
    const key = `${sshd.hostKey.type} ${encodeBlob(sshd.hostKey)}`;
    const known = ['127.0.8.1', '127.0.8.2'].map((a) => `[${a}]:${sshd.port} ${key}`);
    known.push(`[127.0.8.4]:${sshd.port} ${authorized}`);
    await mkdir(project.data, { recursive: true });
    await writeFile(project.knownHosts, `${known.join('\n')}\n`);
    context = {
      project,
      env,
      signal: new AbortController().signal,
      clock: systemClock,
      dryRun: false,
      ask: () => Promise.reject(new Error('nothing is asked')),
    };
  });

  afterAll(async () => {
    silent.close();
    await sshd[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('measures each that lets us in, and yields it as it comes', async () => {
    const { events, outcome } = await round('kitchen,garden');
    expect(outcome.status).toBe('ok');
    expect(outcome.hosts.map(({ host }) => host)).toEqual(['kitchen', 'garden']);
    for (const { vitals } of outcome.hosts) {
      expect(vitals?.uptime).toBeGreaterThan(0);
      expect(vitals?.cpus).toBeGreaterThan(0);
      expect(vitals?.memoryTotal).toBeGreaterThan(vitals?.memoryAvailable ?? Infinity);
      expect(vitals?.diskTotal).toBeGreaterThan(0);
      expect(vitals?.rootReadOnly).toBe(false);
      expect(vitals?.os).toMatch(/\w/);
    }
    expect(events.filter(({ kind }) => kind === 'vitals')).toHaveLength(2);
  });

  it('tells who is locked from who is unreachable, and is held up by none', async () => {
    const { events, outcome } = await round();
    const states = Object.fromEntries(
      outcome.hosts.map(({ host, state, error }) => [host, [state, error?.code]]),
    );
    expect(states).toMatchObject({
      stranger: ['locked', 'ssh.host-key-unknown'],
      impostor: ['locked', 'ssh.host-key-changed'],
      nobody: ['locked', 'ssh.refused-login'],
      noshell: ['locked', 'monitor.no-answer'],
      garbage: ['locked', 'monitor.no-answer'],
      gone: ['unreachable', 'ssh.unreachable'],
      silent: ['unreachable', 'ssh.timeout'],
    });
    expect(states['kitchen']?.[0]).toMatch(/healthy|warning/);
    expect(outcome.status).toBe('failed');
    expect(outcome.summary).toMatch(/^9 Pis: .*5 locked, 2 unreachable\.$/);
    const finished = events.flatMap((event) =>
      event.kind === 'host.finished' ? [event.host] : [],
    );
    expect(finished).toHaveLength(9);
    expect(finished.at(-1)).toBe('silent');
  });

  it('warns by the limits of rpi.yml', async () => {
    const { config } = context.project;
    const strict = {
      ...context,
      project: {
        ...context.project,
        config: { ...config, monitor: { ...config.monitor, memory: 0 } },
      },
    };
    const stream = monitorRound({ limit: 'kitchen' }, strict);
    let step = await stream.next();
    while (step.done !== true) step = await stream.next();
    expect(step.value.hosts[0]?.state).toBe('warning');
    expect(step.value.hosts[0]?.reasons.join()).toMatch(/memory \d+ % used/);
    expect(step.value.status).toBe('ok');
  });

  it('when cancelled says which Pis were not measured', async () => {
    const controller = new AbortController();
    const { outcome } = await round('kitchen,silent', controller);
    expect(outcome.status).toBe('cancelled');
    expect(outcome.undone).toEqual(['Not measured: silent.']);
    expect(outcome.hosts.map(({ host }) => host)).toEqual(['kitchen']);
  });

  it('needs a key, and says how to get one', async () => {
    const project = { ...context.project, identity: join(folder, 'none') };
    await expect(
      monitorRound({ limit: undefined }, { ...context, project }).next(),
    ).rejects.toMatchObject({
      code: 'access.identity',
      remedy: expect.stringContaining('rpi access enroll') as string,
    });
  });
});
