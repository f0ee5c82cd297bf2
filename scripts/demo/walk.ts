/** A walk: the product's own commands, one after the other, each held against what it must achieve. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { loadInventory } from '../../core/inventory/load.ts';
import type { Inventory } from '../../core/inventory/host.ts';
import { openProject } from '../../core/project/project.ts';
import type { EventKind, EventOf } from '../../core/runs/event.ts';
import { findRun, type RunRecord } from '../../core/runs/reader.ts';
import { ROOT } from '../bundles.ts';

/** How one step went on one machine. */
export type Mark = 'done' | 'failed' | 'skipped' | 'locked';

export type WalkStep = {
  readonly title: string;
  readonly seconds: number;
  /** By the name of the machine. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** Why it was skipped as a whole, if it was. */
  readonly skipped?: string;
};

/** The walk can't go on: the step and what was wrong with it. */
export class WalkFailed extends Error {
  override readonly name = 'WalkFailed';
}

export type Place = {
  /** The folder of the new project. */
  readonly project: string;
  /** Keys, known hosts and journals of the walk; nothing goes into the person's own. */
  readonly home: string;
  /** Aborted when the demo is to stop. */
  readonly stop: AbortSignal;
  /** Turns a command of this machine into one that reaches the Pis. */
  readonly enter: (
    command: string,
    args: readonly string[],
  ) => Promise<{ readonly command: string; readonly args: readonly string[] }>;
};

export function environment(place: Place): NodeJS.ProcessEnv {
  return {
    ...process.env,
    XDG_DATA_HOME: join(place.home, 'data'),
    XDG_STATE_HOME: join(place.home, 'state'),
    XDG_CONFIG_HOME: join(place.home, 'config'),
    ANSIBLE_HOME: join(place.home, 'ansible'),
    // ControlPersist sockets need a short path, and must not be shared with another walk.
    ANSIBLE_SSH_CONTROL_PATH_DIR: join(place.home, 'cp'),
  };
}

/** Runs one program in the open. Returns its exit code and how long it took. */
export async function runOpen(
  place: Place,
  command: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number; readonly seconds: number }> {
  if (place.stop.aborted) throw new WalkFailed('it was stopped');
  const entered = await place.enter(command, args);
  const began = Date.now();
  const child = spawn(entered.command, [...entered.args], {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: environment(place),
  });
  // SIGINT as from a terminal, where the program has not had it already; see demo.ts.
  const stop = (): void => {
    if (place.stop.reason !== 'SIGINT') child.kill('SIGINT');
  };
  place.stop.addEventListener('abort', stop, { once: true });
  const [code] = (await once(child, 'close')) as [number | null]; // the event's documented shape
  place.stop.removeEventListener('abort', stop);
  return { code: code ?? 1, seconds: (Date.now() - began) / 1000 };
}

/** Makes the project. Its journal is not in the project: when it starts there is none. */
export async function init(place: Place, args: readonly string[]): Promise<void> {
  const { code } = await open(place, ['init', '.', ...args]);
  if (code !== 0) throw new WalkFailed(`Init: it ended with ${code}`);
}

/** Runs one `rpi` command in the project and reads back its journal. */
export async function rpi(
  place: Place,
  args: readonly string[],
): Promise<{ readonly code: number; readonly seconds: number; readonly run: RunRecord }> {
  const before = Date.now();
  const { code, seconds } = await open(place, args);
  const run = await findRun(join(place.project, '.rpi', 'runs'), 'last').catch(() => undefined);
  const begun = run === undefined ? 0 : Date.parse(run.started.at);
  if (run === undefined || begun < before) {
    throw new WalkFailed(`rpi ${args.join(' ')}: it ended with ${code} before it began to run`);
  }
  return { code, seconds, run };
}

function open(
  place: Place,
  args: readonly string[],
): Promise<{ readonly code: number; readonly seconds: number }> {
  process.stdout.write(`\n$ rpi ${args.join(' ')}\n`);
  const program = join(ROOT, 'dist', 'rpi.js');
  return runOpen(place, process.execPath, [program, ...args], place.project);
}

export function eventsOf<K extends EventKind>(run: RunRecord, kind: K): EventOf<K>[] {
  return run.events.filter((event): event is typeof event & EventOf<K> => event.kind === kind);
}

export async function inventoryOf(place: Place): Promise<Inventory> {
  return loadInventory(await openProject(place.project, environment(place)));
}

/** The hosts of Ansible's own count, over all stages of a run: done, or failed. */
export function ansibleMarks(run: RunRecord): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  for (const { hosts } of eventsOf(run, 'ansible.stats')) {
    for (const [host, stats] of Object.entries(hosts)) {
      const failed = stats.failed > 0 || stats.unreachable > 0 || marks.get(host) === 'failed';
      marks.set(host, failed ? 'failed' : 'done');
    }
  }
  return marks;
}

/** Throws WalkFailed that names the step and the machines that are not as they should be. */
export function expectMarks(
  step: WalkStep,
  expected: ReadonlyMap<string, Mark>,
  code: number,
  expectedCode = 0,
): void {
  const wrong = [...expected]
    .filter(([name, mark]) => step.marks.get(name) !== mark)
    .map(([name, mark]) => `${name} is ${step.marks.get(name) ?? 'missing'}, not ${mark}`);
  const unexpected = [...step.marks.keys()]
    .filter((name) => !expected.has(name))
    .map((name) => `${name} should not be there`);
  const faults = [...wrong, ...unexpected];
  if (code !== expectedCode) faults.push(`it ended with ${code}, not ${expectedCode}`);
  if (faults.length > 0) throw new WalkFailed(`${step.title}: ${faults.join('; ')}`);
}
