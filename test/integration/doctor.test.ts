import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = resolve(import.meta.dirname, '../../cli/rpi.ts');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-doctor-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function rpi(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  const options = {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, NO_COLOR: '1', ...env },
  };
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [program, ...args],
      options,
      (_error, stdout, stderr) => done({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

describe('rpi doctor on the command line', () => {
  it('ends with 1 where something is missing, and says how to get it', async () => {
    const { code, output } = await rpi(['doctor'], { PATH: folder });
    expect(code).toBe(1);
    expect(output).toMatch(
      /✗ ansible-playbook +not found .*\n +rpi provision and rpi deploy run it\.\n +→ /,
    );
    expect(output).toContain('Missing or wrong: python3, ansible-playbook, ssh.');
  });

  it('examines the machine also where rpi.yml is wrong, and shows line and column of that', async () => {
    await writeFile(join(folder, 'rpi.yml'), 'version: 1\nid: doctortest\nnetwork: x\n');
    const { code, output } = await rpi(['doctor']);
    expect(code).toBe(1);
    expect(output).toMatch(/✗ project +\S*rpi\.yml:3:1: unknown setting network/);
    expect(output).toMatch(/✓ node +\d/);
  });

  it('gives the same as JSON lines', async () => {
    const { output } = await rpi(['--json', 'doctor'], { PATH: folder });
    const events = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string; name?: string; status?: string });
    expect(events.filter(({ kind }) => kind === 'check').map(({ name }) => name)).toContain(
      'sqlite',
    );
    expect(events.at(-1)).toMatchObject({ kind: 'run.finished', status: 'failed' });
  });
});

it('rpi monitor outside of a project says how to get one', async () => {
  const { code, output } = await rpi(['monitor']);
  expect(code).toBe(2);
  expect(output).toContain('rpi init');
});
