/**
 * A fleet of the lab that a Prometheus measures: its Pis have the scaffold's role node_exporter,
 * Prometheus and Alertmanager run where `rpi monitor` does, which may wipe whoever fails.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MonitorRecord } from '../../core/monitor/decisions/record.ts';
import { readRecords } from '../../core/monitor/decisions/recorded.ts';
import { webhookMessage } from '../../core/monitor/prometheus/alerts.ts';
import { monitorFolder } from '../../core/monitor/watch/journal.ts';
import { listRuns } from '../../core/runs/reader.ts';
import { run } from '../../lab/command.ts';
import { enterCommand } from '../../lab/lab.ts';
import {
  adoptAll,
  expectCode,
  fullTests,
  hostsLab,
  monitorStatus,
  settings,
  startTestLab,
  whyNoLab,
  type LabProject,
  type TestLab,
} from './lab-fixture.ts';
import { missingPackages, startStack } from './prometheus-stack.ts';

const NAMES = ['alpha', 'bravo', 'charlie'] as const;
const [PROMETHEUS_PORT, HOOK_PORT, SINK_PORT] = [9090, 9118, 9199];
/** Prints each message, a line each. */
const SINK = `require('node:http').createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part)).on('end', () => { console.log(body); response.end(); });
}).listen(${SINK_PORT}, '127.0.0.1', () => console.log('listening'));`;
const ROLE = `- hosts: all
  become: true
  roles: [{role: node_exporter, node_exporter_interval: 2}]
`;
const MONITOR = [
  'monitor:',
  '  {interval: 1, timeout: 2, memory: 101, disk: 101, temperature: 199, backend: prometheus,',
  `  prometheus: {url: 'http://127.0.0.1:${PROMETHEUS_PORT}',`,
  `    webhook: {listen: ${HOOK_PORT}, token_file: ../token}},`,
  '  detection: {failures: 2, window: 3, recover: 2, settle: 2, flaps: 50},',
  '  remedies: {mode: auto, limits: {unhealthy: 25}, ladder: [{do: reinstall, mode: auto, after: 0}]}}',
];

const canRun = hostsLab && fullTests && missingPackages.length === 0;
let lab: TestLab;
let project: LabProject;
/** Undone in reverse, as far as it came. */
const cleanup = new AsyncDisposableStack();
/** What Alertmanager tells everybody. */
const messages: string[] = [];

const enter = (program: string, args: readonly string[]) =>
  enterCommand(program, args, { dir: lab.lab.dir });

async function links(state: 'up' | 'down', hosts: readonly (typeof NAMES)[number][]) {
  for (const host of hosts) {
    const port = `v${NAMES.indexOf(host)}-0`;
    await run(await enter('ip', ['link', 'set', port, state]));
  }
}

const records = (): Promise<MonitorRecord[]> =>
  readRecords(monitorFolder(join(project.home, 'data/rpi/lab-test')), {});

/** What each Pi was judged last. */
async function judged(): Promise<Record<string, string>> {
  const states = (await records()).flatMap((each) =>
    each.kind === 'decision.state' ? [[each.host, each.to] as const] : [],
  );
  return Object.fromEntries(states);
}

/** The names in each message of Pis that are down; another alert tells of the under-voltage. */
const told = (wanted: 'firing' | 'resolved'): string[][] =>
  messages
    .map((text) => webhookMessage.parse(JSON.parse(text)).alerts)
    .map((alerts) =>
      alerts.filter(({ status, labels }) => status === wanted && labels['alertname'] === 'RpiDown'),
    )
    .map((alerts) => alerts.map(({ labels }) => labels['name'] ?? '').sort())
    .filter(({ length }) => length > 0);

const logins = async (name: string): Promise<string> =>
  lab.on(name, 'journalctl --sync; journalctl --no-pager -t sshd | grep -c Accepted');

async function startSink(): Promise<void> {
  const { command, args } = await enter(process.execPath, ['--eval', SINK]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  cleanup.defer(() => {
    child.kill();
  });
  const listening = once(child.stdout, 'data');
  child.stdout.on('data', (chunk: Buffer) => {
    messages.push(
      ...chunk
        .toString()
        .split('\n')
        .filter((line) => line.startsWith('{')),
    );
  });
  await listening;
}

/** Targets, and rules that fire after two seconds in place of minutes. */
async function writeTargets(folder: string): Promise<void> {
  expectCode(await project.rpi(['monitor', 'targets', '--write', folder]), 0);
  const rules = join(folder, 'rpi-lab-test.rules.yml');
  await writeFile(rules, (await readFile(rules, 'utf8')).replaceAll(/for: \d+m/g, 'for: 2s'));
}

beforeAll(async () => {
  if (!canRun) return;
  lab = await startTestLab([
    { name: 'alpha', login: 'key', faults: ['under-voltage'] },
    { name: 'bravo', login: 'key' },
    { name: 'charlie', login: 'key' },
  ]);
  cleanup.use(lab);
  project = await lab.project({
    'rpi.yml': settings(MONITOR),
    'inventory/hosts.yml': 'ungrouped:\n  hosts:\n',
    'ansible.cfg': '[defaults]\nroles_path = roles\n',
    'playbooks/upgrade.yml': '- hosts: all\n  gather_facts: false\n  tasks: []\n',
    'playbooks/provision.yml': ROLE,
  });
  const token = join(project.home, 'token');
  await writeFile(token, 'a token of the webhook\n');
  expectCode(await project.rpi(['init', '--missing', '--only', 'roles/node_exporter/']), 0);
  await adoptAll(lab, project);
  expectCode(await project.rpi(['provision']), 0);
  await startSink();
  const targets = join(project.home, 'targets');
  await writeTargets(targets);
  const stack = await startStack({
    ...{ folder: join(project.home, 'stack'), targets, port: PROMETHEUS_PORT, enter },
    webhooks: [`${HOOK_PORT}/alertmanager`, `${SINK_PORT}/`].map((end) => ({
      url: `http://127.0.0.1:${end}`,
      tokenFile: token,
    })),
  });
  cleanup.use(stack);
});

afterAll(async () => {
  await cleanup.disposeAsync();
});

describe.runIf(canRun)(`Pis of the lab that a Prometheus measures${whyNoLab}`, () => {
  it('are watched without a login, by what their own exporters say', async () => {
    const before = await Promise.all(NAMES.map(logins));
    const monitor = await project.start(['monitor']);
    cleanup.defer(async () => {
      const ends = once(monitor, 'close');
      process.kill((await monitorStatus(project)).pid, 'SIGINT');
      await ends;
    });
    const all = { alpha: 'healthy', bravo: 'healthy', charlie: 'healthy' };
    await expect.poll(judged, { timeout: 60_000 }).toEqual(all);
    const { hosts } = await monitorStatus(project);
    const [alpha, bravo] = hosts;
    expect(alpha).toMatchObject({
      signals: { ssh: 'unknown', vitals: 'yes' },
      vitals: { model: 'Raspberry Pi 4 Model B Rev 1.4', throttled: 0x50005 },
      state: 'warning',
    });
    expect(alpha?.reasons.join()).toMatch(/under-voltage/i);
    expect(bravo?.vitals?.temperature).toBeGreaterThan(0);
    expect(await Promise.all(NAMES.map(logins))).toEqual(before);
  });

  it('are one alert when their links are cut, and none of them is reinstalled', async () => {
    const gone = ['bravo', 'charlie'] as const;
    messages.length = 0;
    await links('down', gone);
    const failed = { alpha: 'healthy', bravo: 'failed', charlie: 'failed' };
    await expect.poll(judged, { timeout: 60_000 }).toEqual(failed);
    await expect.poll(() => told('firing'), { timeout: 30_000 }).toEqual([[...gone]]);
    // Time enough for each step of the ladder.
    await delay(5000);
    expect(told('firing')).toEqual([[...gone]]);
    const decided = (await records()).flatMap((each) =>
      each.kind === 'decision.made' ? [each] : [],
    );
    expect(decided.length).toBeGreaterThan(0);
    expect(decided.map(({ verdict }) => verdict)).not.toContain('act');
    expect(decided.at(-1)?.reasons.map(({ code }) => code)).toContain('fleet');
    const begun = await listRuns(join(project.root, '.rpi', 'runs'));
    expect(
      begun.map(({ started }) => started.command).filter((each) => /install/.test(each)),
    ).toEqual([]);

    await links('up', gone);
    const well = { alpha: 'healthy', bravo: 'healthy', charlie: 'healthy' };
    await expect.poll(judged, { timeout: 60_000 }).toEqual(well);
    await expect.poll(() => told('resolved').flat().sort(), { timeout: 30_000 }).toEqual([...gone]);
  });
});
