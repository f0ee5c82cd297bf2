/**
 * The editor's tree: inventory of 500 hosts, their sightings and 200 journals, read by the code
 * that the extension calls. There is no peer: nothing else shows this.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFleet } from '../../core/fleet/read-fleet.ts';
import { openProject, type Project } from '../../core/project/project.ts';
import { ownIdentity } from '../../core/files/process-identity.ts';
import type { EventBody } from '../../core/runs/event.ts';
import { openRunIndex } from '../../core/runs/run-index.ts';
import { median, type BenchRow } from './row.ts';

const HOSTS = 500;
const RUNS = 200;
const HOSTS_OF_RUN = 50;
const REFRESHES = 20;

export async function benchmark(): Promise<BenchRow[]> {
  const root = await mkdtemp(join(tmpdir(), 'rpi-bench-fleet-'));
  try {
    const project = await makeProject(root);
    const runs = openRunIndex(project.runs);
    const fleet = openFleet(project);
    const read = () => fleet.read({ runs, now: Date.now() });
    const first = await timed(read);
    const changed: number[] = [];
    const unchanged: number[] = [];
    const index: number[] = [];
    for (let n = 0; n < REFRESHES; n++) {
      await writeFile(project.inventory, inventory(n));
      changed.push(await timed(read));
      unchanged.push(await timed(read));
      index.push(await timed(() => runs.refresh()));
    }
    const { pis, faults } = await read();
    if (pis.size !== HOSTS || faults.length > 0) throw new Error('The fleet was not read.');
    return [
      row(`tree with ${HOSTS} hosts refreshed, one host changed`, median(changed), 100),
      row('the same, nothing changed', median(unchanged)),
      row(`${RUNS} journals refreshed, nothing changed`, median(index)),
      row('the tree for the first time', first),
    ];
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

function row(name: string, ours: number, most?: number): BenchRow {
  return {
    name,
    ours,
    peer: undefined,
    peerName: 'nobody',
    unit: 'ms',
    ratio: undefined,
    target: most === undefined ? undefined : `less than ${most} ms`,
    met: most === undefined ? undefined : ours < most,
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function makeProject(root: string): Promise<Project> {
  await writeFile(join(root, 'rpi.yml'), 'version: 1\nid: bench-fleet\n');
  const project = await openProject(root, { HOME: root });
  await mkdir(join(root, 'inventory'), { recursive: true });
  await mkdir(project.runs, { recursive: true });
  await writeFile(project.inventory, inventory(0));
  const lastSeen = new Date().toISOString();
  const devices = Array.from({ length: HOSTS + 50 }, (_, n) => ({
    address: address(n),
    mac: mac(n),
    isPi: true,
    evidence: [],
    firstSeen: lastSeen,
    lastSeen,
  }));
  await writeFile(project.sightings, JSON.stringify({ version: 1, devices }));
  for (let n = 0; n < RUNS; n++) await writeJournal(project, n);
  return project;
}

const name = (n: number): string => `pi-${String(n).padStart(3, '0')}`;
const address = (n: number): string => `10.77.${Math.floor(n / 250)}.${(n % 250) + 1}`;
const mac = (n: number): string => `b8:27:eb:00:${hex(Math.floor(n / 256))}:${hex(n % 256)}`;
const hex = (n: number): string => n.toString(16).padStart(2, '0');

/** As people and `enroll` write it; the address of one host differs from `turn` to `turn`. */
function inventory(turn: number): string {
  const lines = ['# The Pis of the site', 'all:', '  vars:', '    ansible_user: pi', '  children:'];
  for (let group = 0; group < 10; group++) {
    lines.push(`    floor_${group}:`, '      hosts:');
    for (let n = group; n < HOSTS; n += 10) {
      const at = n === 7 ? `10.99.0.${turn + 1}` : address(n);
      lines.push(
        `        ${name(n)}: # ${n}`,
        `          ansible_host: ${at}`,
        `          rpi_serial: 10000000${hex(n)}`,
        `          rpi_macs: ['${mac(n)}']`,
        `          rpi_model: Raspberry Pi 4 Model B Rev 1.4`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}

async function writeJournal(project: Project, n: number): Promise<void> {
  const started = Date.now() - (RUNS - n) * 600_000;
  const run = `${new Date(started).toISOString().replace(/[-:.]/g, '')}-provision-${hex(n)}`;
  const bodies = bodiesOf(project, n);
  const lines = bodies.map((body, seq) => {
    const at = new Date(started + seq * 100).toISOString();
    return JSON.stringify({ v: 1, run, seq, at, ...body });
  });
  await writeFile(join(project.runs, `${run}.jsonl`), `${lines.join('\n')}\n`);
}

function bodiesOf(project: Project, n: number): EventBody[] {
  const hosts = Array.from({ length: HOSTS_OF_RUN }, (_, i) => name((n * 7 + i) % HOSTS));
  const step = 'provision';
  return [
    {
      kind: 'run.started',
      command: 'provision',
      args: [],
      ...ownIdentity(),
      project: project.root,
      version: '0',
      dryRun: false,
    },
    { kind: 'step.started', step, title: 'Provision' },
    { kind: 'ansible.play', step, play: 'Pis', hosts },
    ...Array.from({ length: 5 }, (_, task): EventBody[] => [
      { kind: 'ansible.task', step, task: `task ${task}`, action: 'ansible.builtin.apt' },
      { kind: 'output', step, stream: 'stdout', text: `${'TASK *'.padEnd(2000, '*')}\n` },
      ...hosts.map((host): EventBody => ({
        kind: 'ansible.result',
        step,
        host,
        task: `task ${task}`,
        status: 'ok',
        ignored: false,
        rescued: false,
      })),
    ]).flat(),
    {
      kind: 'ansible.stats',
      step,
      hosts: Object.fromEntries(hosts.map((host) => [host, STATS])),
    },
    { kind: 'run.finished', status: 'ok', summary: 'Done.', undone: [] },
  ];
}

const STATS = {
  ok: 5,
  changed: 0,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
};
