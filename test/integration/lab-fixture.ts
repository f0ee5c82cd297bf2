/** A small lab of its own for one test file, and throw-away projects that reach it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import type { MonitorStatus } from '../../core/monitor/daemon/control.ts';
import { findRun, type RunRecord } from '../../core/runs/reader.ts';
import type { EventKind, EventOf } from '../../core/runs/event.ts';
import { run as runInLab } from '../../lab/command.ts';
import { canHostLab } from '../../lab/host.ts';
import { enterCommand, execCommand, labCut, labDown, labPlug, labUp } from '../../lab/lab.ts';
import type { RunningLab } from '../../lab/lab.ts';
import { ended, RPI, type Ended } from './rpi.ts';

const host = await canHostLab();

export const hostsLab = host.ok;
/** Ends the name of a test group: says why it is skipped, where it is. */
export const whyNoLab = host.ok
  ? ''
  : ` (skipped: ${host.reasons.map(({ message }) => message).join(' ')})`;
/** Long scenarios run with `npm run test:full` only. */
export const fullTests = process.env['RPI_TEST_FULL'] === '1';

export type Machine = {
  readonly name: string;
  readonly login: 'key' | 'locked' | 'pi/raspberry' | 'root/raspbian';
  /** A Pi 4 where it is not said. */
  readonly model?: string;
  readonly faults?: readonly (string | Readonly<Record<string, number>>)[];
  /** The least time that its network installer takes. */
  readonly installSeconds?: number;
};

export type TestLab = AsyncDisposable & {
  readonly lab: RunningLab;
  /** Runs a shell script as root inside a machine, over no network. */
  readonly on: (machine: string, script: string) => Promise<string>;
  readonly cut: (machine: string) => Promise<void>;
  readonly plug: (machine: string) => Promise<void>;
  readonly address: (machine: string) => string;
  /** A new project in a new home; both go with the lab. `files` by their path in the project. */
  readonly project: (files: Readonly<Record<string, string>>) => Promise<LabProject>;
};

export type StartOptions = {
  /** Over the project's own; undefined removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A program, and its first arguments, to start `rpi` by: it gets the rest. */
  readonly by?: readonly string[];
  /** Leaves its input open, as a pipe. */
  readonly input?: boolean;
};

export type LabProject = {
  readonly root: string;
  readonly home: string;
  /** Starts `rpi` with these words at the bridge's side of the lab; its input is empty. */
  readonly start: (args: readonly string[], options?: StartOptions) => Promise<ChildProcess>;
  readonly rpi: (args: readonly string[], options?: StartOptions) => Promise<Ended>;
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>;
  readonly read: (path: string) => Promise<string>;
  /** The newest run, read from its journal. */
  readonly last: () => Promise<RunRecord>;
};

/** Brings up a lab of Pis. It ends with `Symbol.asyncDispose`. */
export async function startTestLab(
  machines: readonly Machine[],
  { packageCache = false }: { readonly packageCache?: boolean } = {},
): Promise<TestLab> {
  const dir = await mkdtemp(join(tmpdir(), 'rpi-fl-'));
  const remove = async (): Promise<void> => {
    await labDown({ dir });
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const file = join(dir, 'lab.yml');
    await writeFile(file, labFile(machines, packageCache));
    const lab = await labUp({ dir, file, timeout: 240 });
    // Names come by mDNS, a moment after sshd greets: a Pi that is seen before has none.
    for (const { name } of machines) {
      const ready =
        'until journalctl -u avahi-daemon | grep -q "Server startup complete"; do sleep 0.2; done';
      await runInLab(await execCommand(name, 'timeout', ['60', 'sh', '-c', ready], { dir }));
    }
    const projects: string[] = [];
    return {
      lab,
      on: async (machine, script) =>
        (await runInLab(await execCommand(machine, 'sh', ['-c', script], { dir }))).stdout,
      cut: (machine) => labCut(machine, { dir }),
      plug: async (machine) => {
        await labPlug(machine, { dir, timeout: 240 });
      },
      address: (machine) => lab.machines.find(({ name }) => name === machine)?.address ?? '',
      project: async (files) => {
        const home = await mkdtemp(join(tmpdir(), 'rpi-fh-'));
        projects.push(home);
        return openLabProject(dir, home, files);
      },
      [Symbol.asyncDispose]: async () => {
        await remove();
        for (const home of projects) await rm(home, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function labFile(machines: readonly Machine[], packageCache: boolean): string {
  const definition = machines.map(({ name, login, model, faults, installSeconds }, index) => ({
    name,
    macs: [`dc:a6:32:00:00:${String(index + 10)}`],
    model: model ?? 'Raspberry Pi 4 Model B Rev 1.4',
    login,
    ...(faults === undefined ? {} : { faults: [...faults] }),
    ...(installSeconds === undefined ? {} : { installSeconds }),
  }));
  return stringify({ version: 1, packageCache, machines: definition });
}

async function openLabProject(
  dir: string,
  home: string,
  files: Readonly<Record<string, string>>,
): Promise<LabProject> {
  const root = join(home, 'p');
  await mkdir(root);
  const write = async (written: Readonly<Record<string, string>>): Promise<void> => {
    for (const [path, text] of Object.entries(written)) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text, { mode: path.startsWith('bin/') ? 0o755 : 0o644 });
    }
  };
  await write(files);
  const start = async (
    args: readonly string[],
    options: StartOptions = {},
  ): Promise<ChildProcess> => {
    const words = [...(options.by ?? []), process.execPath, RPI, ...args];
    const [command = '', ...rest] = words;
    const entered = await enterCommand(command, rest, { dir });
    return spawn(entered.command, entered.args, {
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        LANG: 'C.UTF-8',
        NO_COLOR: '1',
        HOME: home,
        // ssh takes ~ for the account's home, whatever HOME says: the path must not need one.
        XDG_DATA_HOME: join(home, 'data'),
        XDG_RUNTIME_DIR: home,
        ANSIBLE_HOME: join(home, 'ansible'),
        // ControlPersist's sockets need a short path, and end with the home.
        ANSIBLE_SSH_CONTROL_PATH_DIR: join(home, 'cp'),
        ...options.env,
      },
      stdio: [options.input === true ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
  };
  return {
    root,
    home,
    start,
    rpi: async (args, options) => ended(await start(args, options)),
    write,
    read: (path) => readFile(join(root, path), 'utf8'),
    last: () => findRun(join(root, '.rpi', 'runs'), 'last'),
  };
}

/** The events of one kind, in their order. */
export function eventsOf<K extends EventKind>(
  run: Pick<RunRecord, 'events'>,
  kind: K,
): EventOf<K>[] {
  return run.events.filter((event): event is typeof event & EventOf<K> => event.kind === kind);
}

/** Fails with all that was printed when the exit code is another. */
export function expectCode({ code, stdout, stderr }: Ended, expected: number): void {
  expect(code, stdout + stderr).toBe(expected);
}

/** Resolves once the program has printed a text that fits; rejects when it ends without it. */
export function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const look = (chunk: Buffer): void => {
      text += chunk.toString();
      if (pattern.test(text)) resolve(text);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', (code) =>
      reject(new Error(`it ended with ${code ?? 'a signal'} before ${String(pattern)}:\n${text}`)),
    );
  });
}

/** The command lines of all processes that were started in this project's home. */
export async function processesOf(project: LabProject): Promise<string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const environment = await readFile(join('/proc', pid, 'environ'), 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`HOME=${project.home}`)) continue;
    const line = await readFile(join('/proc', pid, 'cmdline'), 'utf8').catch(() => '');
    if (line !== '') found.push(line.replaceAll('\0', ' ').trim());
  }
  return found;
}

/** The settings of a project whose playbooks are a test's own. */
export function settings(lines: readonly string[] = []): string {
  return [
    'version: 1',
    'id: lab-test',
    'networks: [10.77.0.0/24]',
    'ansible:',
    '  upgrade: playbooks/upgrade.yml',
    '  provision: playbooks/provision.yml',
    '  verify_environment: playbooks/verify-environment.yml',
    '  deploy: playbooks/deploy.yml',
    '  verify_deployment: playbooks/verify-deployment.yml',
    ...lines,
    '',
  ].join('\n');
}

/** A playbook on all hosts. `tasks`: YAML lines, indented by nothing. */
export function playbook(tasks: readonly string[], play: readonly string[] = []): string {
  return [
    '- hosts: all',
    '  gather_facts: false',
    ...play.map((line) => `  ${line}`),
    '  tasks:',
    ...tasks.map((line) => `    ${line}`),
    '',
  ].join('\n');
}

/** What the monitor that runs says of itself. */
export async function monitorStatus(project: LabProject): Promise<MonitorStatus> {
  const done = await project.rpi(['monitor', 'status', '--json']);
  expectCode(done, 0);
  return JSON.parse(done.stdout) as MonitorStatus; // its schema is checked by who asks
}

/** Two Pis that let us in by key, alpha and bravo, enrolled in a project with these files. */
export async function twoEnrolled(
  files: Readonly<Record<string, string>>,
): Promise<{ readonly test: TestLab; readonly project: LabProject }> {
  const test = await startTestLab([
    { name: 'alpha', login: 'key' },
    { name: 'bravo', login: 'key' },
  ]);
  const project = await test.project({
    'inventory/hosts.yml': 'ungrouped:\n  hosts:\n',
    ...files,
  });
  await adoptAll(test, project);
  return { test, project };
}

/** Detects the Pis of the lab, adopts all and enrolls them with its key. */
export async function adoptAll({ lab }: TestLab, project: LabProject): Promise<void> {
  expectCode(await project.rpi(['detect']), 0);
  expectCode(await project.rpi(['inventory', 'add', '--all']), 0);
  expectCode(await project.rpi(['access', 'enroll', '--accept-new', '--key', lab.identity]), 0);
}
