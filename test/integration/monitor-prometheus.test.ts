/** The back-end prometheus with Debian's own programs, node_exporters and an sshd, all on loopback. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeBlob, formatPublicKey } from '../../core/formats/ssh-key.ts';
import {
  monitorChart,
  monitorStatus,
  type MonitorStatus,
} from '../../core/monitor/daemon/control.ts';
import { monitorDaemon } from '../../core/monitor/daemon/daemon.ts';
import { readRecords } from '../../core/monitor/decisions/recorded.ts';
import type { MonitorRecord } from '../../core/monitor/decisions/record.ts';
import type { KeptSignal } from '../../core/monitor/history/signals.ts';
import { webhookMessage, type WebhookMessage } from '../../core/monitor/prometheus/alerts.ts';
import { writeTargets } from '../../core/monitor/targets/targets.ts';
import { monitorFolder } from '../../core/monitor/watch/journal.ts';
import { socketFolder } from '../../core/project/paths.ts';
import { openProject } from '../../core/project/project.ts';
import { systemClock } from '../../core/runs/clock.ts';
import type { ProjectContext } from '../../core/runs/operation.ts';
import { createIdentity } from '../../core/ssh/identity.ts';
import {
  freePort,
  missingPackages,
  startExporter,
  startStack,
  type Running,
} from './prometheus-stack.ts';
import { canRunSshd, startSshd, type TestSshd } from './sshd.ts';

const canRun = canRunSshd && missingPackages.length === 0;
const because =
  missingPackages.length === 0 ? '' : ` (skipped without ${missingPackages.join(', ')})`;

/** Addresses of this run alone, so that every exporter can have the port 9100. */
const network = `127.${20 + (process.pid % 200)}.${(process.pid >> 8) & 0xff}`;
const NAMES = ['kitchen', 'garden', 'attic', 'cellar'] as const;
type Name = (typeof NAMES)[number];
const addressOf = (name: Name): string => `${network}.${10 + NAMES.indexOf(name)}`;

/** Remedies would be tried at once, and a Pi wiped without asking: only guard rails hold them back. */
const POLICY = `
  interval: 1
  timeout: 2
  memory: 101
  disk: 101
  detection: {failures: 2, window: 3, recover: 2}
  remedies:
    mode: auto
    ladder:
      - {do: power-cycle, command: ['false'], after: 0}
      - {do: reinstall, after: 0, mode: auto}
    limits: {unhealthy: 25, cool_down: 0}
`;

let folder: string;
let sshd: TestSshd;
let stack: Running;
let context: ProjectContext;
const controller = new AbortController();
/** Undone in reverse, as far as it came. */
const cleanup = new AsyncDisposableStack();
const exporters = new Map<Name, Running>();
/** What Alertmanager tells everybody. */
const messages: WebhookMessage[] = [];

async function expose(name: Name): Promise<void> {
  const texts = join(folder, 'textfile', name);
  await mkdir(texts, { recursive: true });
  await writeFile(
    join(texts, 'rpi_node.prom'),
    `rpi_node_throttled_flags 327680
rpi_node_temperature_celsius 51.5
rpi_node_failed_units 1
rpi_node_failed_unit{unit="app.service"} 1
rpi_node_card_errors 0
rpi_node_info{board="Raspberry Pi 4 Model B Rev 1.4",boot_id="0b5f1c5e-7d3c-4f6e-9a51-3c8f6f2f7d10",os="Debian"} 1
`,
  );
  exporters.set(name, await startExporter(addressOf(name), texts));
}

async function hide(name: Name): Promise<void> {
  await exporters.get(name)?.[Symbol.asyncDispose]();
}

const status = (): Promise<MonitorStatus> =>
  monitorStatus(socketFolder(context.env), context.project);

async function until<T>(what: string, ask: () => Promise<T | undefined | false>): Promise<T> {
  for (let turn = 0; turn < 300; turn++) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await sleep(100);
  }
  throw new Error(`not within 30 s: ${what}; ${JSON.stringify(await status())}`);
}

const records = async (): Promise<MonitorRecord[]> =>
  readRecords(monitorFolder(context.project.data), {});

/** What each Pi was judged last. */
async function judged(): Promise<Partial<Record<string, string>>> {
  const all = await records();
  return Object.fromEntries(
    all.flatMap((each) => (each.kind === 'decision.state' ? [[each.host, each.to]] : [])),
  );
}

async function isJudged(wanted: Partial<Record<Name, string>>): Promise<boolean> {
  const found = await judged();
  return Object.entries(wanted).every(([host, state]) => found[host] === state);
}

async function looks(count: number): Promise<void> {
  const { lookedAt } = await status();
  const after = Date.parse(lookedAt ?? '') + count * 1000;
  await until('more looks', async () => Date.parse((await status()).lookedAt ?? '') >= after);
}

const told = (name: Name, how: 'firing' | 'resolved'): boolean =>
  messages.some(({ alerts }) =>
    alerts.some(({ labels, status: is }) => labels['name'] === name && is === how),
  );

describe.skipIf(!canRun)(`the back-end prometheus${because}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rpi-prometheus-'));
    cleanup.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const [port, hookPort] = [await freePort(), await freePort()];
    const env = {
      ...process.env,
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_RUNTIME_DIR: join(folder, 'run'),
    };
    const root = join(folder, 'project');
    await mkdir(join(root, 'inventory'), { recursive: true });
    await writeFile(join(folder, 'token'), 'a token of the webhook\n');
    await writeFile(
      join(root, 'rpi.yml'),
      `version: 1
id: prometheustest
monitor:${POLICY}
  backend: prometheus
  prometheus:
    url: http://127.0.0.1:${port}
    webhook: {listen: ${hookPort}, token_file: ../token}
`,
    );
    const project = await openProject(root, env);
    const identity = await createIdentity(project.identity, 'test');
    const authorized = identity.publicKeys.map(formatPublicKey).join('\n');
    // The others have no sshd: once their exporter is gone, nothing of them can be reached.
    sshd = await startSshd({
      addresses: [addressOf('kitchen')],
      prepare: `mkdir -p /root/.ssh; echo '${authorized}' >/root/.ssh/authorized_keys; chmod -R go-rwx /root`,
    });
    cleanup.use(sshd);
    const hosts = NAMES.map(
      (name) =>
        `    ${name}: {ansible_host: ${addressOf(name)}, ansible_port: ${sshd.port}, ansible_user: root}\n`,
    );
    await writeFile(join(root, 'inventory/hosts.yml'), `all:\n  hosts:\n${hosts.join('')}`);
    await mkdir(project.data, { recursive: true });
    await writeFile(
      project.knownHosts,
      `[${addressOf('kitchen')}]:${sshd.port} ${sshd.hostKey.type} ${encodeBlob(sshd.hostKey)}\n`,
    );
    context = {
      project,
      env,
      signal: controller.signal,
      clock: systemClock,
      dryRun: false,
      ask: () => Promise.reject(new Error('nothing is asked')),
    };
    const sink = createServer((request, response) => {
      void request.toArray().then((parts) => {
        messages.push(webhookMessage.parse(JSON.parse(Buffer.concat(parts).toString('utf8'))));
        response.end();
      });
    }).listen(0, '127.0.0.1');
    cleanup.defer(() => {
      sink.closeAllConnections();
      sink.close();
    });
    await new Promise((resolve) => sink.once('listening', resolve));
    const { port: sinkPort } = sink.address() as AddressInfo; // a TCP server has no other
    await writeTargetsNow();
    cleanup.defer(async () => {
      for (const exporter of exporters.values()) await exporter[Symbol.asyncDispose]();
    });
    await Promise.all(NAMES.map(expose));
    const tokenFile = join(folder, 'token');
    stack = await startStack({
      folder: join(folder, 'stack'),
      targets: join(folder, 'targets'),
      port,
      webhooks: [
        { url: `http://127.0.0.1:${hookPort}/alertmanager`, tokenFile },
        { url: `http://127.0.0.1:${sinkPort}/`, tokenFile },
      ],
    });
    cleanup.use(stack);
    const ended = watching();
    cleanup.defer(async () => {
      controller.abort();
      await ended;
    });
  }, 60_000);

  afterAll(async () => {
    await cleanup.disposeAsync();
  });

  test('every Pi is measured by its exporter, and nobody logs in', async () => {
    await until('all are healthy', () =>
      isJudged({ kitchen: 'healthy', garden: 'healthy', attic: 'healthy', cellar: 'healthy' }),
    );
    const { hosts, faults } = await status();
    expect(faults).toEqual([]);
    const kitchen = hosts.find(({ host }) => host === 'kitchen');
    expect(kitchen).toMatchObject({
      // The unit that failed, and what was since the last boot.
      state: 'warning',
      signals: { neighbour: 'unknown', ssh: 'unknown', vitals: 'yes' },
      vitals: { temperature: 51.5, throttled: 0x50000, model: 'Raspberry Pi 4 Model B Rev 1.4' },
      signs: { failedUnits: ['app.service'], cardErrors: 0, clockOffset: 0 },
    });
    for (const name of ['uptime', 'load', 'cpus', 'memoryTotal', 'diskTotal'] as const) {
      expect(kitchen?.vitals?.[name], name).toBeGreaterThanOrEqual(0);
    }
    expect(await sshd.log()).not.toContain('Accepted');
  }, 60_000);

  test('charts come from Prometheus', async () => {
    const to = Math.ceil(Date.now() / 1000);
    const chart = async (signal: KeptSignal, host = 'kitchen') =>
      monitorChart(socketFolder(context.env), context.project, {
        ...{ host, signal, from: to - 60, to, points: 12 },
      });
    const temperature = await chart('temperature');
    expect(temperature.at(-1)).toMatchObject({ mean: 51.5, low: 51.5, high: 51.5 });
    expect(temperature.every(({ at }) => at >= to - 60 && at < to)).toBe(true);
    for (const signal of ['load', 'memory', 'disk', 'inodes', 'clock', 'vitals'] as const) {
      expect((await chart(signal)).length, signal).toBeGreaterThan(0);
    }
    expect(await chart('ssh')).toEqual([]);
    expect(await chart('load', 'nobody "} or up')).toEqual([]);
  });

  test('a link that is cut is one alert, and nothing is done about anybody', async () => {
    await Promise.all([hide('garden'), hide('attic')]);
    await until('both have failed', () => isJudged({ garden: 'failed', attic: 'failed' }));
    await looks(4);
    const firing = messages
      .map(({ alerts }) => alerts.filter(({ status: is }) => is === 'firing'))
      .filter(({ length }) => length > 0)
      .map((alerts) => alerts.map(({ labels }) => labels['name']).sort());
    expect(firing).toEqual([['attic', 'garden']]);
    const all = await records();
    expect(all.filter(({ kind }) => kind.startsWith('remedy.'))).toEqual([]);
    const decided = all.flatMap((each) => (each.kind === 'decision.made' ? [each] : []));
    expect(decided.map(({ verdict }) => verdict)).not.toContain('act');
    const last = decided.filter(({ host }) => host === 'garden').at(-1);
    expect(last?.reasons.map(({ code }) => code)).toContain('fleet');
  }, 90_000);

  test('a target that vanished is not resolved, whatever Alertmanager says', async () => {
    await writeTargetsNow('kitchen:attic:cellar');
    await until('Alertmanager takes it for resolved', () =>
      Promise.resolve(told('garden', 'resolved')),
    );
    await looks(5);
    expect(await judged()).toMatchObject({ garden: 'failed', attic: 'failed' });
    const { hosts } = await status();
    expect(hosts.find(({ host }) => host === 'garden')).toMatchObject({ state: 'unreachable' });

    await Promise.all([expose('garden'), expose('attic')]);
    await until('attic is back', () => isJudged({ attic: 'healthy' }));
    await looks(4);
    // Its exporter is there again; that it is, Prometheus must say.
    expect(await judged()).toMatchObject({ garden: 'failed' });
    await writeTargetsNow();
    await until('garden is back', () => isJudged({ garden: 'healthy' }));
  }, 120_000);

  test('an exporter that is gone is no failure of a Pi that answers', async () => {
    messages.length = 0;
    await hide('kitchen');
    await until('a look of our own', async () => {
      const { hosts } = await status();
      const kitchen = hosts.find(({ host }) => host === 'kitchen');
      return kitchen?.reasons.some((text) => text.includes('look at its exporter'));
    });
    expect(await sshd.log()).toContain('Accepted publickey');
    await looks(4);
    expect(await judged()).toMatchObject({ kitchen: 'healthy' });
    await expose('kitchen');
    await until('it is over', () => Promise.resolve(told('kitchen', 'resolved')));
    await until('no own look', async () => {
      const { hosts } = await status();
      return hosts.find(({ host }) => host === 'kitchen')?.signals.ssh === 'unknown';
    });
  }, 90_000);

  test('nobody is judged while Prometheus is away', async () => {
    await stack[Symbol.asyncDispose]();
    await until('it is told', async () =>
      (await status()).faults.some((text) => text.includes('Prometheus can’t be reached')),
    );
    await looks(4);
    expect((await records()).filter(({ kind }) => kind === 'decision.self').at(-1)).toMatchObject({
      ok: false,
      why: 'Prometheus does not answer: there is nothing to judge by.',
    });
    expect(await isJudged({ kitchen: 'healthy', garden: 'healthy', cellar: 'healthy' })).toBe(true);
  }, 60_000);
});

async function watching(): Promise<void> {
  for await (const _event of monitorDaemon({ limit: undefined }, context)) {
    // Its status and its journal tell what there is to know.
  }
}

/** With rules that fire after two seconds, in place of minutes. */
async function writeTargetsNow(limit?: string): Promise<void> {
  const target = join(folder, 'targets');
  for await (const _event of writeTargets({ folder: target, limit }, context)) {
    // Files are what it is for.
  }
  const rules = join(target, 'rpi-prometheustest.rules.yml');
  await writeFile(rules, (await readFile(rules, 'utf8')).replaceAll(/for: \d+m/g, 'for: 2s'));
}
