/** `npm start`: the main job on the lab, or what of it can be had where no lab can run. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LabError } from '../lab/errors.ts';
import { canHostLab } from '../lab/host.ts';
import { labDown, labUp } from '../lab/lab.ts';
import { loopbackUp } from '../lab/loopback.ts';
import { build } from './build.ts';
import { ROOT } from './bundles.ts';
import { walkLab } from './demo/lab-walk.ts';
import { walkLoopback } from './demo/loopback-walk.ts';
import { summary } from './demo/summary.ts';
import { WalkFailed, type Place, type WalkStep } from './demo/walk.ts';

type Machines = readonly { readonly name: string; readonly what: string }[];

const began = Date.now();
// However it is ended, the lab goes down with it.
const interrupt = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => interrupt.abort(signal));
}
const say = (text: string): void => void process.stdout.write(`${text}\n`);

say('Building dist/ …');
await build();
const host = process.argv.includes('--loopback')
  ? { ok: false as const, reasons: [{ message: '--loopback asks not to.', remedy: '' }] }
  : await canHostLab();
try {
  await (host.ok
    ? onLab()
    : onLoopback(host.reasons.map(({ message, remedy }) => `${message} ${remedy}`)));
} catch (error) {
  if (!(error instanceof LabError)) throw error;
  process.exitCode = 1;
  say(`\n✗ The lab: ${error.message}\n  → ${error.remedy}`);
}

async function onLab(): Promise<void> {
  const dir = join(ROOT, '.cache', 'demo-lab');
  say('Bringing up the lab …');
  const before = Date.now();
  const lab = await labUp({ dir, snapshot: 'fresh', onProgress: say, signal: interrupt.signal });
  const machines = lab.machines.map(({ name, model, kind, login }) => ({
    name,
    what: kind === 'decoy' ? 'a decoy, no Pi' : `${model ?? ''} (${login})`,
  }));
  say(`The lab is up with ${machines.length} machines (${seconds(before)} s).`);
  try {
    await walk(machines, (folders, done) => walkLab(lab, folders, done));
  } finally {
    await labDown({ dir });
    say('The lab is down.');
  }
}

async function onLoopback(reasons: readonly string[]): Promise<void> {
  say('\nThis machine can’t host the lab of virtual Pis:');
  for (const reason of reasons) say(`  - ${reason}`);
  say('So the walk goes over a loopback lab: sshd processes of this user on 127.0.0.0/8.');
  const loopback = await loopbackUp({ count: 3 });
  try {
    const machines = loopback.hosts.map(({ name, address, port }) => ({
      name,
      what: `sshd on ${address}:${port}`,
    }));
    await walk(machines, (folders, done) => walkLoopback(loopback, folders, done));
  } finally {
    await loopback.down();
  }
}

/** Walks in a new project folder, tells how it went, and sets the exit code. */
async function walk(
  machines: Machines,
  go: (
    folders: Pick<Place, 'project' | 'home' | 'stop'>,
    done: (step: WalkStep) => void,
  ) => Promise<void>,
): Promise<void> {
  await mkdir(join(ROOT, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(ROOT, '.cache', 'demo-'));
  const folders = {
    project: join(folder, 'my-pis'),
    home: join(folder, 'home'),
    stop: interrupt.signal,
  };
  await mkdir(folders.project);
  await mkdir(folders.home);
  const steps: WalkStep[] = [];
  let failure: string | undefined;
  try {
    await go(folders, (step) => steps.push(step));
  } catch (error) {
    if (!(error instanceof WalkFailed)) throw error;
    failure = error.message;
  }
  say(`\n${summary(steps, machines)}`);
  if (failure === undefined) {
    await rm(folder, { recursive: true, force: true });
    say(`\nDone in ${seconds(began)} s.`);
  } else {
    process.exitCode = 1;
    say(`\n✗ ${failure}\n  The project and its journals are left in ${folder}`);
  }
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}
