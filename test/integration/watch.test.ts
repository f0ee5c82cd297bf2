import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBlob, formatPublicKey } from '../../core/formats/ssh-key.ts';
import { acquireLock } from '../../core/files/lock.ts';
import { monitorChart, monitorStatus, PROTOCOL } from '../../core/monitor/daemon/control.ts';
import { monitorDaemon } from '../../core/monitor/daemon/daemon.ts';
import {
  monitorFolder,
  readJournal,
  type JournalRecord,
} from '../../core/monitor/watch/journal.ts';
import { watchFleet, type Watched } from '../../core/monitor/watch/watch.ts';
import type { Observation } from '../../core/monitor/watch/observation.ts';
import { socketFolder } from '../../core/project/paths.ts';
import { openProject } from '../../core/project/project.ts';
import { askLine } from '../../core/runs/line-socket.ts';
import { systemClock } from '../../core/runs/clock.ts';
import type { EventBody } from '../../core/runs/event.ts';
import type { ProjectContext } from '../../core/runs/operation.ts';
import { createIdentity } from '../../core/ssh/identity.ts';
import { canRunSshd, startSshd, type TestSshd } from './sshd.ts';

let folder: string;
let sshd: TestSshd;
let web: Server;
let webStatus = 200;
let base: ProjectContext;

const inventory = (): string => join(folder, 'inventory/hosts.yml');

/** Looks until `enough`, and gives back what was seen. */
async function look(
  limit: string,
  enough: (watched: Watched, n: number) => boolean | Promise<boolean>,
): Promise<Watched[]> {
  const controller = new AbortController();
  const seen: Watched[] = [];
  for await (const watched of watchFleet({ limit }, { ...base, signal: controller.signal })) {
    seen.push(watched);
    if (await enough(watched, seen.length)) controller.abort();
  }
  return seen;
}

const of = (watched: Watched | undefined, host: string): Observation | undefined =>
  watched?.hosts.find((each) => each.host === host);

describe.skipIf(!canRunSshd)('watching Pis', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rpi-watch-'));
    const env = {
      ...process.env,
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
    };
    web = createServer((_request, response) => {
      response.writeHead(webStatus).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => web.once('listening', resolve));
    const { port } = web.address() as AddressInfo;
    await writeFile(
      join(folder, 'rpi.yml'),
      `version: 1
id: watchtest
monitor:
  interval: 1
  timeout: 2
  memory: 101
  disk: 101
  checks:
    - {http: 'http://127.0.0.1:${port}/', name: app, hosts: kitchen, every: 1}
    - {command: 'test -e /etc/passwd', hosts: kitchen, every: 1}
`,
    );
    const project = await openProject(folder, env);
    const identity = await createIdentity(project.identity, 'test');
    const authorized = identity.publicKeys.map(formatPublicKey).join('\n');
    sshd = await startSshd({
      addresses: ['127.0.8.11', '127.0.8.12'],
      prepare: `
        useradd -m -p '*' -s /etc/garbage-shell garbage
        useradd -m -p '*' -s /etc/deaf-shell deaf
        for home in /root /home/garbage /home/deaf; do
          mkdir -p $home/.ssh
          echo '${authorized}' >$home/.ssh/authorized_keys
          chmod -R go-rwx $home
        done
        chown -R garbage: /home/garbage; chown -R deaf: /home/deaf
        printf '#!/bin/sh\\nhead -c 10000000 /dev/zero | tr "\\\\0" x\\n' >/etc/garbage-shell
        printf '#!/bin/sh\\nhead -c 1000000 | sh\\n' >/etc/deaf-shell
        chmod 755 /etc/*-shell`,
    });
    const host = (address: string, user = 'root'): string =>
      `{ansible_host: ${address}, ansible_port: ${sshd.port}, ansible_user: ${user}}`;
    await mkdir(join(folder, 'inventory'));
    await writeFile(
      inventory(),
      `all:
  hosts:
    kitchen: ${host('127.0.8.11')}
    garden: ${host('127.0.8.12')}
    garbage: ${host('127.0.8.11', 'garbage')}
    deaf: ${host('127.0.8.11', 'deaf')}
    nobody: ${host('127.0.8.11', 'nosuchuser')}
    gone: {ansible_host: 127.0.8.13, ansible_port: 1, ansible_user: root}
`,
    );
    const key = `${sshd.hostKey.type} ${encodeBlob(sshd.hostKey)}`;
    await mkdir(project.data, { recursive: true });
    await writeFile(
      project.knownHosts,
      ['127.0.8.11', '127.0.8.12'].map((a) => `[${a}]:${sshd.port} ${key}\n`).join(''),
    );
    base = {
      project,
      env,
      signal: new AbortController().signal,
      clock: systemClock,
      dryRun: false,
      ask: () => Promise.reject(new Error('nothing is asked')),
    };
  });

  afterAll(async () => {
    web.close();
    await sshd[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  it('measures over one kept connection, with signs that a round does not have', async () => {
    const before = (await sshd.log()).split('Accepted publickey').length;
    const seen = await look('kitchen', (_watched, n) => n === 3);
    expect((await sshd.log()).split('Accepted publickey').length - before).toBe(1);
    const last = of(seen.at(-1), 'kitchen');
    expect(last).toMatchObject({
      state: 'healthy',
      signals: { neighbour: 'yes', tcp22: 'yes', ssh: 'yes', vitals: 'yes', checks: 'yes' },
    });
    expect(last?.vitals?.memoryTotal).toBeGreaterThan(0);
    expect(last?.signs?.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(last?.signs?.inodesTotal).toBeGreaterThan(0);
    expect(Math.abs(last?.signs?.clockOffset ?? 99)).toBeLessThanOrEqual(2);
  });

  it('tells garbage, a refused login and an absent Pi apart, and is held up by none', async () => {
    const [first, second] = await look('all', (_watched, n) => n === 2);
    expect(of(first, 'garden')?.state).toBe('healthy');
    expect(of(first, 'garbage')).toMatchObject({
      state: 'locked',
      error: { code: 'ssh.too-much-output' },
      signals: { tcp22: 'yes', ssh: 'yes', vitals: 'no' },
    });
    expect(of(first, 'nobody')).toMatchObject({ state: 'locked', signals: { ssh: 'no' } });
    expect(of(second, 'gone')).toMatchObject({
      state: 'unreachable',
      signals: { tcp22: 'no', ssh: 'no', vitals: 'no', checks: 'unknown' },
    });
    expect(of(second, 'garden')?.state).toBe('healthy');
  });

  it('does not try logins that were refused again at once', async () => {
    await look('nobody', (_watched, n) => n === 4);
    const tries = (await sshd.log())
      .split('\n')
      .filter((line) => /Invalid user nosuchuser/.test(line));
    expect(tries.length).toBeLessThanOrEqual(2); // one a watch
  });

  it('measures by one command a time where no loop can run', async () => {
    const seen = await look('deaf', (_watched, n) => n === 2);
    expect(of(seen.at(-1), 'deaf')?.vitals?.memoryTotal).toBeGreaterThan(0);
  });

  it('warns by the project’s own checks', async () => {
    webStatus = 500;
    const [first] = await look('kitchen', () => true);
    webStatus = 200;
    expect(of(first, 'kitchen')).toMatchObject({
      state: 'warning',
      reasons: ['app: answers 500'],
      signals: { checks: 'no', vitals: 'yes' },
    });
  });

  it('knows what a run of ours does with a Pi, and takes up a changed inventory', async () => {
    await using _lock = await acquireLock(base.project.locks, 'host garden', 'rpi provision');
    const seen = await look('all:!garbage:!nobody', async (watched, n) => {
      if (n === 1) {
        const line = `    new: {ansible_host: 127.0.8.12, ansible_port: ${sshd.port}, ansible_user: root, rpi_maintenance: new case}\n`;
        await writeFile(inventory(), line, { flag: 'a' });
      }
      return n === 10 || of(watched, 'new') !== undefined;
    });
    expect(of(seen[0], 'garden')?.planned).toBe('rpi provision');
    expect(of(seen[0], 'kitchen')?.planned).toBeUndefined();
    const planned = 'maintenance: new case';
    expect(of(seen.at(-1), 'new')).toMatchObject({ state: 'healthy', planned });
  });

  it('watches on by what was read last where the inventory can’t be read any more', async () => {
    const text = await readFile(inventory(), 'utf8');
    const seen = await look('kitchen', async (watched, n) => {
      if (n === 1) await writeFile(inventory(), 'all: [');
      return n === 10 || watched.fault !== undefined;
    });
    await writeFile(inventory(), text);
    expect(seen.at(-1)?.fault?.code).toBe('inventory.invalid');
    expect(of(seen.at(-1), 'kitchen')?.state).toBe('healthy');
  });

  it('keeps history and journal, answers its socket, and lets nobody watch beside it', async () => {
    const controller = new AbortController();
    const context = { ...base, signal: controller.signal };
    const events: EventBody[] = [];
    const stream = monitorDaemon({ limit: 'kitchen,gone' }, context);
    const ended = (async () => {
      for (;;) {
        const step = await stream.next();
        if (step.done === true) return step.value;
        events.push(step.value);
      }
    })();
    const sockets = socketFolder(base.env);
    const status = await expect
      .poll(() => monitorStatus(sockets, base.project).catch(() => undefined), { timeout: 20_000 })
      .toMatchObject({ hosts: [{ host: 'kitchen', state: 'healthy' }, { host: 'gone' }] })
      .then(() => monitorStatus(sockets, base.project));
    expect(status.pid).toBe(process.pid);
    await expect(monitorDaemon({ limit: undefined }, context).next()).rejects.toMatchObject({
      code: 'lock.held',
    });
    const socket = (await readdir(sockets)).find((each) => each.startsWith('monitor-')) ?? '';
    expect((await stat(sockets)).mode & 0o777).toBe(0o700);
    const other = await askLine(
      sockets,
      socket.replace('.sock', ''),
      '{"protocol":99,"verb":"status"}',
    );
    expect(JSON.parse(other)).toMatchObject({ ok: false, protocol: PROTOCOL });
    const to = Math.ceil(Date.now() / 1000) + 1;
    const range = { from: to - 60, to, points: 60 };
    await expect
      .poll(
        async () =>
          (await monitorChart(sockets, base.project, { host: 'kitchen', signal: 'load', ...range }))
            .length,
      )
      .toBeGreaterThan(0);
    controller.abort();
    expect(await ended).toMatchObject({ status: 'ok' });
    await expect(monitorStatus(sockets, base.project)).rejects.toMatchObject({
      code: 'monitor.not-running',
    });
    const told = events.flatMap((event) =>
      event.kind === 'host.finished' ? [`${event.host} ${event.status}`] : [],
    );
    expect(told.sort()).toEqual(['gone failed', 'kitchen ok']);
    const records: JournalRecord[] = [];
    for await (const record of readJournal(monitorFolder(base.project.data))) records.push(record);
    const kinds = records.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind.startsWith('watch.'))).toEqual([
      'watch.started',
      'watch.state',
      'watch.state',
      'watch.stopped',
    ]);
    expect(kinds).toContain('decision.seen');
  });

  it('judges a Pi that stays away as failed, and goes on with the journal when started again', async () => {
    const judged = async (): Promise<string[]> => {
      const controller = new AbortController();
      const said: string[] = [];
      const context = { ...base, signal: controller.signal };
      let looks = 0;
      for await (const event of monitorDaemon({ limit: 'kitchen,gone' }, context)) {
        if (event.kind === 'log' && event.host === 'gone') said.push(event.text);
        if (event.kind === 'host.finished') looks++;
        if (said.length > 0) controller.abort();
        if (looks === 2) setTimeout(() => controller.abort(), 5000).unref();
      }
      return said;
    };
    expect((await judged()).join()).toMatch(/^judged failed: /);
    expect(await judged()).toEqual([]); // it is failed already
  });

  it('tells that a Pi’s sshd is gone', async () => {
    const seen = await look('garden', (watched, n) => {
      if (n === 2) sshd.cut();
      return n > 2 && of(watched, 'garden')?.state === 'unreachable';
    });
    expect(of(seen.at(1), 'garden')?.state).toBe('healthy');
    expect(of(seen.at(-1), 'garden')?.signals).toMatchObject({ tcp22: 'no', vitals: 'no' });
  });
});
