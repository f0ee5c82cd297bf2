import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../scripts/bundles.ts';
import { temporaryFolder } from '../temporary.ts';
import { rpi, RPI, startRpi } from './rpi.ts';

async function project(): Promise<string> {
  const root = await temporaryFolder();
  await mkdir(join(root, '.rpi', 'runs'), { recursive: true });
  await writeFile(join(root, 'rpi.yml'), 'version: 1\nid: test-project\n');
  return root;
}

/** Starts a run that lasts, and waits until it has announced its irreversible act. */
async function longRun(root: string, sockets: string) {
  const script = join(ROOT, 'test/integration/long-run.ts');
  const child = spawn(process.execPath, [script, join(root, '.rpi', 'runs'), sockets], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'step.intended') break;
  }
  return child;
}

describe('a run', () => {
  test('killed by -9 is shown as interrupted, with all it had announced', async () => {
    const root = await project();
    const child = await longRun(root, join(root, 's'));
    expect((await rpi(['runs', 'list'], { cwd: root })).stdout).toMatch(/install +live/);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await rpi(['runs', 'list'], { cwd: root })).stdout).toMatch(/install +interrupted/);
    const shown = await rpi(['runs', 'follow', 'last'], { cwd: root });
    expect(shown.stdout).toContain('format the card');
    expect(shown.stdout).toContain('interrupted');
  });

  test('is followed without its name, although others were begun and ended since', async () => {
    const root = await project();
    const child = await longRun(root, join(root, 's'));
    await rpi(['inventory', 'diff'], { cwd: root });
    const list = await rpi(['runs', 'list'], { cwd: root });
    expect(list.stdout).toMatch(/inventory diff[^]*install +live/);
    const following = startRpi(['runs', 'follow'], { cwd: root });
    const ended = once(following, 'close');
    let told = '';
    following.stdout?.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      if (told.includes('format the card')) child.kill('SIGKILL');
    });
    await ended;
    child.kill('SIGKILL');
    expect(told).toContain('format the card');
    expect(told).toContain('interrupted: its process ended without a word. rpi install status');
  });

  test('is cancelled from another terminal', async () => {
    const root = await project();
    const env = { XDG_RUNTIME_DIR: join(root, 'run') };
    const child = await longRun(root, join(root, 'run', 'rpi'));
    const list = await rpi(['--json', 'runs', 'list'], { cwd: root, env });
    const { id } = JSON.parse(list.stdout) as { id: string };
    const exited = once(child, 'exit');
    const cancelled = await rpi(['runs', 'cancel', id], { cwd: root, env });
    expect(cancelled).toMatchObject({ code: 0, stdout: 'cancelling\n' });
    await exited;
    expect((await rpi(['runs', 'list'], { cwd: root, env })).stdout).toMatch(/install +cancelled/);
    const again = await rpi(['runs', 'cancel', id], { cwd: root, env });
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('is not live');
  });

  test.runIf(process.getuid?.() === 0)(
    'on a full disk ends with what is to be done, and journals nothing half',
    async () => {
      const root = await project();
      const tiny = join(root, '.rpi');
      // A file system of one page, and full, in a mount namespace that ends with the command.
      const script = `mount -t tmpfs -o size=4k tmpfs ${tiny} && mkdir ${tiny}/runs && head -c 4096 /dev/zero > ${tiny}/full && exec "$0" "$@"`;
      const { status, stdout, stderr } = spawnSync(
        'unshare',
        ['-m', 'sh', '-c', script, process.execPath, RPI, 'inventory', 'diff'],
        { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
      );
      expect(stdout + stderr).toContain('No room left on the disk');
      expect(stdout + stderr).toContain('Free some space');
      expect(status).toBe(1);
    },
  );
});

describe('rpi', () => {
  test('goes on to its end when the reader of its output has gone', async () => {
    const folder = await temporaryFolder();
    const options = { cwd: folder, env: { XDG_STATE_HOME: folder } };
    const { stdout } = spawnSync(
      'sh',
      ['-c', '"$0" "$1" --json doctor | head -1', process.execPath, RPI],
      { cwd: folder, encoding: 'utf8', env: { ...process.env, ...options.env } },
    );
    expect(stdout).toMatch(/^[^\n]*run\.started[^\n]*\n$/);
    await expect
      .poll(async () => (await rpi(['runs', 'list'], options)).stdout, { timeout: 30_000 })
      .toMatch(/doctor +(ok|failed)/);
  });

  test('takes the answers to several questions from a pipe', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(ROOT, 'test/integration/two-questions.ts')],
      { input: 'yes\nkitchen\n', encoding: 'utf8' },
    );
    expect(stderr).toContain('[yes/no]');
    expect(stdout.trim()).toBe('yes kitchen');
    expect(status).toBe(0);
  });

  test('on an old Node says which one it needs, and what this one is', async () => {
    const pretend =
      'Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.19.0"}})';
    const { code, stderr } = await rpi(['detect'], {
      cwd: ROOT,
      node: ['--import', `data:text/javascript,${pretend}`],
    });
    expect(code).toBe(3);
    expect(stderr).toContain('rpi needs Node 22.13 or newer; this is 20.19.0');
  });

  test('names every subcommand in its help, and every subcommand has help', async () => {
    const { code, stdout } = await rpi(['--help'], { cwd: ROOT });
    expect(code).toBe(0);
    const words = [...stdout.matchAll(/^ {2}([a-z]+) .*/gm)].map((match) => match[1] ?? '');
    expect(words).toEqual(expect.arrayContaining(['init', 'detect', 'inventory', 'access', 'ssh', 'create', 'provision', 'deploy', 'monitor', 'runs', 'doctor'])); // prettier-ignore
    for (const word of ['init', 'detect', 'provision', 'runs', 'doctor']) {
      const help = await rpi([word, '--help'], { cwd: ROOT });
      expect(help.code).toBe(0);
      expect(help.stdout).toContain(`Usage: rpi ${word}`);
    }
  });

  test('a wrong option, a wrong subcommand and a missing project are wrong input, with a way out', async () => {
    const folder = await temporaryFolder();
    const wrong = await rpi(['detect', '--nonsense'], { cwd: folder });
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--nonsense');
    expect((await rpi(['detekt'], { cwd: folder })).stderr).toContain('detect');
    const lost = await rpi(['deploy'], { cwd: folder });
    expect(lost.code).toBe(2);
    expect(lost.stderr).toContain('rpi init');
  });

  test('a wrong rpi.yml is reported with file, line and column, as JSON too', async () => {
    const root = await project();
    await writeFile(join(root, 'rpi.yml'), 'version: 1\nid: test-project\nnetwork: x\n');
    const text = await rpi(['deploy'], { cwd: root });
    expect(text.code).toBe(2);
    expect(text.stderr).toMatch(/rpi\.yml:3:1: unknown setting network/);
    const json = await rpi(['--json', 'deploy'], { cwd: root });
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'config.invalid' } });
  });
});
