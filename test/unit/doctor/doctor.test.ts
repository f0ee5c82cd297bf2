import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { doctor, type DoctorOutcome } from '../../../core/doctor/doctor.ts';
import { installCommand } from '../../../core/doctor/platform.ts';
import { openProject, type Project } from '../../../core/project/project.ts';
import type { EventOf } from '../../../core/runs/event.ts';
import { createIdentity } from '../../../core/ssh/identity.ts';
import { writeExecutable } from '../executable.ts';

let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-doctor-'));
  await mkdir(join(folder, 'bin'));
  await mkdir(join(folder, 'project', 'inventory'), { recursive: true });
  await writeFile(join(folder, 'project', 'rpi.yml'), 'version: 1\nid: doctortest\n');
  await writeFile(join(folder, 'project', 'inventory/hosts.yml'), 'all: {hosts: {pi1: , pi2: }}\n');
  env = { HOME: folder, PATH: join(folder, 'bin'), XDG_DATA_HOME: join(folder, 'data') };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, says = 'version 1.0'): Promise<void> {
  await writeExecutable(join(folder, 'bin', name), `#!/bin/sh\necho '${says}'\n`);
}

async function everyProgram(): Promise<void> {
  for (const name of ['ssh', 'nmap', 'avahi-resolve', 'git', 'python3', 'ansible-lint'])
    await program(name);
  await program('ansible-playbook', 'ansible-playbook [core 2.16.3]');
}

const project = (): Promise<Project> => openProject(join(folder, 'project'), env);

type Checks = Record<string, EventOf<'check'>>;

async function examine(
  input: Partial<Parameters<typeof doctor>[0]> = {},
  now = Date.UTC(2026, 0, 1),
): Promise<{ checks: Checks; outcome: DoctorOutcome }> {
  const checks: Checks = {};
  const stream = doctor(
    { project: undefined, system: 'linux', ...input },
    {
      env,
      signal: new AbortController().signal,
      clock: { now: () => now, sleep: () => Promise.resolve() },
      dryRun: false,
      ask: () => Promise.reject(new Error('nothing is asked')),
    },
  );
  for (;;) {
    const step = await stream.next();
    if (step.done === true) return { checks, outcome: step.value };
    if (step.value.kind === 'check') checks[step.value.name] = step.value;
  }
}

describe('rpi doctor', () => {
  it('is content where all is there', async () => {
    await everyProgram();
    const opened = await project();
    await createIdentity(opened.identity, 'test');
    const { checks, outcome } = await examine({ project: opened });
    expect(Object.values(checks).filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(outcome).toMatchObject({ status: 'ok', failed: [], warnings: [] });
    expect(checks['ansible-playbook']?.detail).toContain('2.16.3');
    expect(checks['inventory']?.detail).toBe('2 hosts');
  });

  it('fails for what is needed, warns of the rest, and names the command that installs it', async () => {
    await program('apt-get');
    const { checks, outcome } = await examine();
    expect(outcome.status).toBe('failed');
    expect(outcome.failed).toEqual(['python3', 'ansible-playbook', 'ssh']);
    expect(outcome.warnings).toEqual(['ansible-lint', 'nmap', 'avahi', 'git']);
    expect(checks['ssh']).toMatchObject({
      status: 'failed',
      why: expect.stringContaining('logs in') as string,
      remedy: 'sudo apt-get install -y openssh-client',
    });
  });

  it('finds an Ansible that is too old, and a program that does not run', async () => {
    await everyProgram();
    await program('ansible-playbook', 'ansible-playbook 2.9.27');
    await writeFile(join(folder, 'bin', 'ssh'), '#!/gone\n');
    const { checks, outcome } = await examine();
    expect(outcome.failed).toEqual(['ansible-playbook', 'ssh']);
    expect(checks['ansible-playbook']?.detail).toContain('older than 2.14');
    expect(checks['ssh']?.detail).toContain('does not run');
  });

  it('says that a key others may read is refused by ssh, and how to mend it', async () => {
    await everyProgram();
    const opened = await project();
    await createIdentity(opened.identity, 'test');
    await chmod(opened.identity, 0o644);
    const { checks, outcome } = await examine({ project: opened });
    expect(outcome.failed).toEqual(['identity']);
    expect(checks['identity']?.remedy).toBe(`chmod 600 ${opened.identity}`);
  });

  it('warns where there is no key yet, and of a data folder that others may write to', async () => {
    await everyProgram();
    const opened = await project();
    await mkdir(opened.data, { recursive: true });
    await chmod(opened.data, 0o777);
    const { checks } = await examine({ project: opened });
    expect(checks['identity']).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('rpi access enroll') as string,
    });
    expect(checks['data folder']).toMatchObject({
      status: 'failed',
      remedy: `chmod 700 ${opened.data}`,
    });
  });

  it('names line and column of an error in the inventory', async () => {
    await everyProgram();
    await writeFile(join(folder, 'project', 'inventory/hosts.yml'), 'all:\n  hosts: [\n');
    const { checks, outcome } = await examine({ project: await project() });
    expect(outcome.failed).toEqual(['inventory']);
    expect(checks['inventory']?.detail).toMatch(/hosts\.yml:\d+:\d+/);
  });

  it('does not believe a clock that stands before it was written', async () => {
    await everyProgram();
    const { checks } = await examine({}, 0);
    expect(checks['clock']).toMatchObject({ status: 'failed', detail: 'it says 1970-01-01T00:00' });
  });
});

it('the command to install is that of the machine’s package manager', () => {
  const packages = { any: 'openssh', apt: 'openssh-client' };
  expect(installCommand({ system: 'linux', manager: 'apt' }, packages)).toBe(
    'sudo apt-get install -y openssh-client',
  );
  expect(installCommand({ system: 'linux', manager: 'dnf' }, packages)).toBe(
    'sudo dnf install -y openssh',
  );
  expect(installCommand({ system: 'darwin', manager: 'brew' }, packages)).toBe(
    'brew install openssh',
  );
  expect(installCommand({ system: 'darwin', manager: undefined }, packages)).toContain('Homebrew');
  expect(installCommand({ system: 'win32', manager: undefined }, packages)).toContain('WSL');
});
