/** `rpi lint` as it is called, and its arithmetic beside the program that people use for it. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findExecutable, runChecked } from '../../core/command/run.ts';
import { encryptedPassphrase } from '../../core/formats/wifi.ts';

const program = resolve(import.meta.dirname, '../../cli/rpi.ts');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rpi-lint-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

function lint(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, NO_COLOR: '1' };
  return new Promise((done) => {
    const child = execFile(
      process.execPath,
      [program, 'lint', ...args],
      { cwd: folder, env },
      (_error, stdout, stderr) => done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe('rpi lint', () => {
  it('points at every fault, hides passwords, and ends with 1 where there is an error', async () => {
    await write(
      'installer-config.txt',
      "rootpw='s3cret'\n\tbootsize=512M\nuserpw = hunter22\nhostnmae=x\n",
    );
    const { code, stdout } = await lint('installer-config.txt');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'installer-config.txt:2:11: error bootsize is “512M”, but “+”, a number and M or G are wanted, as in +512M. (invalid-value)\n' +
        '    \tbootsize=512M\n    \t         ^^^^\n',
    );
    expect(stdout).toContain('installer-config.txt:4:1: warning');
    expect(stdout).toMatch(/2 errors, 1 warning, 1 remark in 1 file\.\n$/);
    expect(stdout).not.toMatch(/s3cret|hunter22/);
  });

  it('ends with 0 where there are warnings alone, or nothing', async () => {
    await write('a.installer-config', 'hostname=x\n');
    expect(await lint('a.installer-config')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('(root-password)') as string,
    });
    await write('post-install.txt', 'echo hello\n');
    expect(await lint('post-install.txt')).toEqual({
      code: 0,
      stdout: 'Nothing to say in 1 file.\n',
      stderr: '',
    });
  });

  it('gives JSON, a line for each finding', async () => {
    await write('installer-config.txt', "rootpw='s3cret'\nbootsize=512M\n");
    await write('post-install.txt', 'if true; then\n');
    const { code, stdout } = await lint('--json', 'installer-config.txt', 'post-install.txt');
    expect(code).toBe(1);
    expect(stdout).not.toContain('s3cret');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toEqual([
      expect.objectContaining({ code: 'clear-password', severity: 'information', line: 1 }),
      {
        path: 'installer-config.txt',
        line: 2,
        column: 10,
        endLine: 2,
        endColumn: 14,
        severity: 'error',
        code: 'invalid-value',
        message: expect.stringContaining('+512M') as unknown,
        docs: 'docs/installer-config.md#invalid-value',
        fixes: ['Write bootsize=+512M'],
      },
      expect.objectContaining({ path: 'post-install.txt', code: 'script-syntax' }),
    ]);
  });

  it('without files takes those of the project, and says so where there is none', async () => {
    expect(await lint()).toMatchObject({ code: 2 });
    await write('rpi.yml', 'version: 1\nid: linttest\n');
    await write('create/installer-config.txt', "rootpw='own'\n");
    await write('create/post-install.txt', 'exit\n');
    await write('create/files/my.list', 'root 644 etc/motd\n');
    const { code, stdout } = await lint();
    expect(code).toBe(1);
    expect(stdout).toContain('create/post-install.txt:1:1: error');
    expect(stdout).toContain('create/files/my.list:1:10: warning');
    expect(stdout).toMatch(/in 4 files\.\n$/);
  });

  it('tells of a faulty rpi.yml among the rest, and of a folder that has none', async () => {
    await write('ansible.cfg', '[defaults]\n');
    await write('site.yml', '- hosts: all\n  tasks:\n    - debug:\n        mesg: a\n');
    const alone = await lint('--no-ansible');
    expect(alone).toMatchObject({ code: 1 });
    expect(alone.stdout).toContain('site.yml:4:9: error');
    await write('rpi.yml', 'version: 1\nid: x\n');
    const { code, stdout } = await lint('--no-ansible');
    expect(code).toBe(1);
    expect(stdout).toContain('rpi.yml:2:5: error');
    expect(stdout).toContain('site.yml:4:9: error');
  });

  it('refuses a file that no rule is for', async () => {
    await write('notes.md', '');
    expect(await lint('notes.md')).toMatchObject({ code: 2 });
  });
});

const wpaPassphrase = await findExecutable('wpa_passphrase', process.env);

it.skipIf(wpaPassphrase === undefined)(
  'a Wi-Fi passphrase is encrypted as wpa_passphrase does',
  async () => {
    const character = fc.constantFrom(
      ...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)),
    );
    const text = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
      fc.array(character, { minLength, maxLength }).map((characters) => characters.join(''));
    // As the first argument it would be taken for an option.
    const network = text(1, 32).filter((name) => !name.startsWith('-'));
    for (const [name, passphrase] of fc.sample(fc.tuple(network, text(8, 63)), 60)) {
      const { stdout } = await runChecked(
        { command: wpaPassphrase ?? '', args: [name], stdin: `${passphrase}\n` },
        { env: process.env, signal: new AbortController().signal },
      );
      expect(encryptedPassphrase(name, passphrase), `${name} / ${passphrase}`).toBe(
        /^\tpsk=([0-9a-f]{64})$/m.exec(stdout)?.[1],
      );
    }
  },
);
