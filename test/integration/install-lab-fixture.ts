/** Virtual Pis that may be reinstalled: enrolled, with the installer's files, beside a mirror. */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Event } from '../../core/runs/event.ts';
import { listRuns } from '../../core/runs/reader.ts';
import { jobsOf, type Job } from '../../core/install/job.ts';
import { enterCommand, labStatus } from '../../lab/lab.ts';
import {
  expectCode,
  startTestLab,
  type LabProject,
  type Machine,
  type TestLab,
} from './lab-fixture.ts';
import { writeMirror } from './raspbian-mirror.ts';
import type { Ended } from './rpi.ts';

const MIRROR_PORT = 8099;
const MIRROR = `http://10.77.0.1:${MIRROR_PORT}/raspbian/`;
/** A folder served as a mirror is; what it lacks is a 404. */
const SERVER = `const { createServer } = require('node:http');
const { readFileSync } = require('node:fs');
createServer((request, response) => {
  try { response.end(readFileSync(process.argv[1] + request.url)); }
  catch { response.writeHead(404).end(); }
}).listen(${MIRROR_PORT}, '10.77.0.1', () => console.log('listening'));`;
/** What a Pi has that was installed by raspberrypi-ua-netinst before. */
const INSTALLER_FILES = `cd /boot/firmware && mkdir -p raspberrypi-ua-netinst && cd raspberrypi-ua-netinst &&
  printf 'os_prefix=raspberrypi-ua-netinst/\\ninitramfs initramfs.gz\\n' > config.txt &&
  : > cmdline.txt && : > initramfs.gz && : > kernel7.img`;

export type InstallLab = AsyncDisposable & {
  readonly lab: TestLab;
  readonly project: LabProject;
  /** Another person's project with the same Pis, on the same network. */
  readonly colleague: () => Promise<LabProject>;
  readonly jobs: (host: string, of?: LabProject) => Promise<Job[]>;
  readonly install: (hosts: readonly string[], args?: readonly string[]) => Promise<Ended>;
};

/** Of `all` machines, each as `key` login with sudo. */
export async function startInstallLab(
  machines: readonly Omit<Machine, 'login'>[],
  options: { readonly packageCache?: boolean } = {},
): Promise<InstallLab> {
  // What has come up goes down again where the rest fails.
  await using stack = new AsyncDisposableStack();
  const lab = stack.use(
    await startTestLab(
      machines.map((machine) => ({ ...machine, login: 'key' as const })),
      options,
    ),
  );
  const names = machines.map(({ name }) => name);
  const newProject = async (): Promise<LabProject> => {
    const project = await lab.project({
      'rpi.yml': [
        'version: 1',
        'id: installtest',
        `access: {identity: ${lab.lab.identity}}`,
        `create: {settings: {mirror: '${MIRROR}', release: bookworm, root_ssh_pwlogin: false, packages: acl}}`,
        '',
      ].join('\n'),
      'inventory/hosts.yml': `all:\n  hosts:\n${names
        .map((name) => `    ${name}: {ansible_host: ${lab.address(name)}, ansible_user: pi}\n`)
        .join('')}`,
      'create/installer-config.txt': 'timezone=Europe/Berlin\n',
      // There is no way out of the lab.
      'create/apt/raspberrypi.org.list': '# none\n',
    });
    expectCode(await project.rpi(['access', 'enroll', '--accept-new']), 0);
    return project;
  };
  const project = await newProject();
  // The packages are of the lab's own repository; that one is missing is seen there only.
  await writeMirror(join(project.home, 'srv', 'raspbian'), ['acl', 'no-such-package']);
  const { command, args } = await enterCommand(
    process.execPath,
    ['-e', SERVER, join(project.home, 'srv')],
    { dir: lab.lab.dir },
  );
  const mirror = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  stack.defer(() => {
    mirror.kill();
  });
  await new Promise((resolve) => mirror.stdout.once('data', resolve));
  for (const name of names) await lab.on(name, INSTALLER_FILES);
  const held = stack.move();
  return {
    lab,
    project,
    colleague: newProject,
    jobs: (host, of = project) => jobsOf({ hosts: hostsFolder(of) }, host),
    install: (hosts, more = []) => project.rpi(['install', ...hosts, ...yesTo(hosts), ...more]),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

export function yesTo(hosts: readonly string[]): string[] {
  return hosts.flatMap((host) => ['--yes-wipe', host]);
}

export function hostsFolder({ home }: LabProject): string {
  return join(home, 'data/rpi/installtest/hosts');
}

/** All files of a folder, by their paths in it. */
export async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

/** Everything on the boot partition, by content. */
export function bootPartition({ lab }: InstallLab, host: string): Promise<string> {
  return lab.on(host, 'cd /boot/firmware && find . -type f | sort | xargs -d "\\n" sha256sum');
}

export async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8');
}

/** Waits until the newest live run of the project has told something; says what it told where not. */
export async function untilTold(
  project: LabProject,
  fits: (event: Event) => boolean,
): Promise<void> {
  const folder = join(project.root, '.rpi/runs');
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const runs = await listRuns(folder);
    if (runs.find(({ state }) => state === 'live')?.events.some(fits) === true) return;
    await delay(50);
  }
  const [newest] = await listRuns(folder);
  const told = newest?.events.slice(-20).map((event) => JSON.stringify(event)) ?? [];
  throw new Error(
    `It was not told. The newest run (${newest?.state ?? 'none'}):\n${told.join('\n')}`,
  );
}

export function about(host: string, kind: Event['kind'], step?: string): (event: Event) => boolean {
  return (event) =>
    event.kind === kind &&
    'host' in event &&
    event.host === host &&
    (step === undefined || ('step' in event && event.step === step));
}

/** Waits until a machine is in a state of the lab's: `installing`, `on`, `dead` … */
export async function untilState({ lab }: InstallLab, host: string, state: string): Promise<void> {
  for (const ends = Date.now() + 60_000; Date.now() < ends;) {
    const status = await labStatus({ dir: lab.lab.dir });
    if (status.up && status.machines.find(({ name }) => name === host)?.state === state) return;
    await delay(100);
  }
  throw new Error(`${host} did not become ${state}`);
}
