/**
 * Detection on the lab's /24 as an ordinary user, beside arp-scan and nmap in the same run. The
 * neighbour table is emptied before every scan, and `rpi` has no memory of an earlier one.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseEvent } from '../../core/runs/event.ts';
import { enterCommand, labDown, labUp, type RunningLab } from '../../lab/lab.ts';
import { atMost, beside, median, renderRow, type BenchRow } from './row.ts';
import { ORDINARY_USER, stageRpi, type StagedRpi } from './staged-rpi.ts';

const ROUNDS = 5;
const RELIABILITY_RUNS = 100;

/** Seconds. `found`: the MACs of Pis. */
type Scan = {
  readonly spawnToExit: number;
  readonly packetToLastPi: number;
  readonly found: ReadonlySet<string>;
};

type Line = { readonly at: number; readonly text: string };

/** Measures in the lab of RPI_LAB_DIR if it is up, else in one of its own. Needs arp-scan and nmap. */
export async function benchmark(): Promise<BenchRow[]> {
  await using disposal = new AsyncDisposableStack();
  const dir = process.env['RPI_LAB_DIR'] ?? (await mkdtemp(join(tmpdir(), 'rpi-bench-lab-')));
  if (process.env['RPI_LAB_DIR'] === undefined) {
    disposal.defer(() => rm(dir, { recursive: true, force: true }));
  }
  const lab = await labUp({ dir });
  if (!lab.already) {
    disposal.defer(async () => {
      await labDown({ dir });
    });
  }
  return await measure({ lab, staged: disposal.use(await stageRpi()) });
}

type Setting = { readonly lab: RunningLab; readonly staged: StagedRpi };

async function measure(setting: Setting): Promise<BenchRow[]> {
  const pis = setting.lab.machines
    .filter((machine) => machine.kind === 'pi')
    .flatMap((machine) => machine.macs);
  const ours: Scan[] = [];
  const arpScan: Scan[] = [];
  const nmap: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await runRpi(setting));
    arpScan.push(await runArpScan(setting, pis));
    nmap.push(await runNmap(setting));
  }
  const complete = (scan: Scan): boolean => pis.every((mac) => scan.found.has(mac));
  let all = ours.filter(complete).length;
  for (let run = ROUNDS; run < RELIABILITY_RUNS; run++) {
    if (complete(await runRpi(setting))) all++;
  }
  const rpiExit = median(ours.map((scan) => scan.spawnToExit));
  const arpScanExit = median(arpScan.map((scan) => scan.spawnToExit));
  const lastPi = median(ours.map((scan) => scan.packetToLastPi));
  return [
    atMost(0.1, {
      name: 'detect /24: first packet → last Pi’s event',
      ours: lastPi,
      peer: arpScanExit,
      peerName: 'arp-scan, its whole run',
      unit: 's',
    }),
    beside({
      name: 'detect /24: first packet → last Pi’s event',
      ours: lastPi,
      peer: median(arpScan.map((scan) => scan.packetToLastPi)),
      peerName: 'arp-scan, start → its line of the last Pi',
      unit: 's',
    }),
    atMost(0.5, {
      name: 'detect /24: process start → exit',
      ours: rpiExit,
      peer: arpScanExit,
      peerName: 'arp-scan',
      unit: 's',
    }),
    beside({
      name: 'detect /24: process start → exit',
      ours: rpiExit,
      peer: median(nmap),
      peerName: 'nmap -sn -n',
      unit: 's',
    }),
    {
      name: 'detect /24: runs that found every Pi',
      ours: all,
      peer: undefined,
      peerName: `of ${RELIABILITY_RUNS}`,
      unit: 'runs',
      ratio: undefined,
      target: 'all',
      met: all === RELIABILITY_RUNS,
    },
  ];
}

async function runRpi(setting: Setting): Promise<Scan> {
  const { staged, lab } = setting;
  await forget(setting);
  await rm(join(staged.home, 'rpi'), { recursive: true, force: true });
  const [node, script] = staged.words;
  const env = Object.entries(staged.env).map(([name, value]) => `${name}=${value}`);
  const args = ['--json', 'detect', '--network', lab.network];
  const { lines, seconds } = await run(
    setting,
    'env',
    [...env, node, script, ...args],
    String(ORDINARY_USER),
  );
  const events = lines.flatMap((line) => parseEvent(line.text) ?? []);
  const began = events.find((event) => event.kind === 'step.started');
  const sightings = events.flatMap((event) => (event.kind === 'sighting' ? [event] : []));
  const firstOf = new Map<string, number>();
  for (const { at, sighting } of sightings) {
    const mac = sighting.mac ?? sighting.address;
    if (!firstOf.has(mac)) firstOf.set(mac, Date.parse(at));
  }
  return {
    spawnToExit: seconds,
    packetToLastPi: (Math.max(...firstOf.values()) - Date.parse(began?.at ?? '')) / 1000,
    found: new Set(firstOf.keys()),
  };
}

async function runArpScan(setting: Setting, pis: readonly string[]): Promise<Scan> {
  await forget(setting);
  const args = ['-oL', 'arp-scan', '--interface=br0', setting.lab.network];
  const { lines, seconds } = await run(setting, 'stdbuf', args);
  const ofPis = lines.flatMap(({ at, text }) => {
    const mac = text.split('\t')[1] ?? '';
    return pis.includes(mac) ? [{ at, mac }] : [];
  });
  return {
    spawnToExit: seconds,
    packetToLastPi: Math.max(...ofPis.map((line) => line.at)),
    found: new Set(ofPis.map((line) => line.mac)),
  };
}

async function runNmap(setting: Setting): Promise<number> {
  await forget(setting);
  return (await run(setting, 'nmap', ['-sn', '-n', setting.lab.network])).seconds;
}

async function forget(setting: Setting): Promise<void> {
  await run(setting, 'ip', ['neigh', 'flush', 'all']);
}

/** Runs a program in the lab's network; times are seconds since it was started. */
async function run(
  { lab, staged }: Setting,
  command: string,
  args: readonly string[],
  user?: string,
): Promise<{ readonly lines: readonly Line[]; readonly seconds: number }> {
  const entered = await enterCommand(command, args, { dir: lab.dir, user });
  const began = performance.now();
  const since = (): number => (performance.now() - began) / 1000;
  const child = spawn(entered.command, entered.args, {
    cwd: staged.home,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve(since());
      else reject(new Error(`${command} ${args.join(' ')} ended with ${String(code)}`));
    });
  });
  const lines: Line[] = [];
  for await (const text of createInterface({ input: child.stdout }))
    lines.push({ at: since(), text });
  return { lines, seconds: await exited };
}

if (import.meta.main) {
  for (const row of await benchmark()) process.stdout.write(`${renderRow(row)}\n`);
}
