/** The scripts are run by the shell that Debian has as sh, on folders of this machine. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../core/install/backup.ts';
import {
  armScript,
  backupScript,
  claimScript,
  cleanScript,
  putScript,
  verifyScript,
} from '../../core/install/remote-scripts.ts';
import { batches } from '../../core/install/upload.ts';

const NONCE = '0123456789abcdef0123456789abcdef';
const JOB = { id: 'j1', nonce: NONCE, owner: 'ann@laptop', host: 'kitchen' };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rpi-scripts-'));
  mkdirSync(join(folder, 'boot'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The answer's lines; what would be in /var/lib is in the test's folder, and no whole disk is synced. */
function run(script: string): string[] {
  const local = script
    .replaceAll('/var/lib/rpi-install', join(folder, 'lib'))
    .replaceAll('/proc/sys/vm/drop_caches', '/dev/null')
    .replaceAll(/^ *sync$/gm, ':');
  const { stdout } = spawnSync('sh', ['-s'], { input: local, encoding: 'utf8' });
  return stdout.split('\n').filter((line) => line !== '');
}

const claim = (nonce = NONCE, former: readonly string[] = [], seconds = 60): string[] =>
  run(claimScript({ ...JOB, nonce }, former, seconds));

describe('the job file', () => {
  it('belongs to the first, and names them to the second', () => {
    expect(claim()).toEqual(['claimed']);
    const [held = ''] = claim('f'.repeat(32));
    const holder: unknown = JSON.parse(Buffer.from(held.slice(5), 'base64').toString());
    expect(holder).toMatchObject({ owner: 'ann@laptop', nonce: NONCE });
  });

  it('may be taken by its own job, by one that takes its place, and once it has ended', () => {
    claim();
    expect(claim()).toEqual(['claimed']);
    expect(claim('a'.repeat(32), [NONCE])).toEqual(['claimed']);
    expect(claim('b'.repeat(32), ['a'.repeat(32)], -1)).toEqual(['claimed']);
    expect(claim('c'.repeat(32))).toEqual(['claimed']);
  });

  it('is asked before anything is written', () => {
    claim('f'.repeat(32));
    const piece = { path: 'a', content: Buffer.from('x'), first: true };
    expect(run(putScript(NONCE, join(folder, 'boot'), [piece]))).toEqual(['job-lost']);
    expect(run(cleanScript(NONCE, { disarm: [], remove: [], restore: [] }))).toEqual(['job-lost']);
  });
});

describe('files', () => {
  const boot = (): string => join(folder, 'boot');
  const staging = (): string => join(folder, 'boot/new');
  const FILES = [
    { path: "ne tinst/config/it's $x", content: Buffer.from('a\0b\n'.repeat(400_000)) },
    { path: 'ne tinst/empty', content: Buffer.alloc(0) },
    { path: 'ne tinst/config.txt', content: Buffer.from('os_prefix=x\n') },
  ];
  const sums = FILES.map(({ path, content }) => ({ path, sha256: sha256(content) }));
  const send = (): void => {
    for (const batch of batches(FILES)) {
      expect(run(putScript(NONCE, staging(), batch))).toEqual(['written']);
    }
  };
  const arm = (): string[] =>
    run(
      armScript(NONCE, boot(), staging(), {
        replaced: ['ne tinst/config'],
        sums,
        switch: { from: 'ne tinst/config.txt', to: 'tryboot.txt' },
      }),
    );

  it('arrive as they were sent, in pieces where they are long', () => {
    claim();
    expect(batches(FILES).length).toBeGreaterThan(1);
    send();
    expect(run(verifyScript(NONCE, staging(), sums))).toEqual(['verified']);
    writeFileSync(join(staging(), 'ne tinst/empty'), 'x');
    expect(run(verifyScript(NONCE, staging(), sums)).at(-1)).not.toBe('verified');
  });

  it('are put in their place, with what arms as the last; nothing of before stays in a folder', () => {
    claim();
    mkdirSync(join(boot(), 'ne tinst/config'), { recursive: true });
    writeFileSync(join(boot(), 'ne tinst/config/former.list'), '');
    send();
    expect(arm()).toEqual(['armed']);
    expect(readFileSync(join(boot(), 'tryboot.txt'), 'utf8')).toBe('os_prefix=x\n');
    expect(() => readFileSync(join(boot(), 'ne tinst/config/former.list'))).toThrow();
  });

  it('that were spoilt meanwhile arm nothing', () => {
    claim();
    send();
    writeFileSync(join(staging(), 'ne tinst/empty'), 'x');
    expect(arm().at(-1)).toBe('failed');
    expect(() => readFileSync(join(boot(), 'tryboot.txt'))).toThrow();
  });

  it('of before come back, and the job ends', () => {
    claim();
    send();
    arm();
    const config = join(boot(), 'ne tinst/config');
    const answer = run(
      cleanScript(NONCE, {
        disarm: [join(boot(), 'tryboot.txt')],
        remove: [staging(), config],
        restore: [{ path: join(config, 'former.list'), content: Buffer.from('root 644 /x\n') }],
      }),
    );
    expect(answer).toEqual(['cleaned']);
    expect(readFileSync(join(config, 'former.list'), 'utf8')).toBe('root 644 /x\n');
    expect(() => readFileSync(join(boot(), 'tryboot.txt'))).toThrow();
    expect(claim('f'.repeat(32))).toEqual(['claimed']);
  });

  it('are backed up whole', () => {
    const path = join(boot(), 'config.txt');
    writeFileSync(path, 'arm_64bit=1\n');
    const answer = run(backupScript([path, join(boot(), 'none')], []));
    const index = answer.findIndex((line) => line.endsWith(path));
    expect(answer[index]).toBe(`file 12 ${sha256(Buffer.from('arm_64bit=1\n'))} ${path}`);
    expect(Buffer.from(answer[index + 1] ?? '', 'base64').toString()).toBe('arm_64bit=1\n');
    expect(answer.at(-1)).toBe('end');
  });

  it('of which half a script arrives are not touched', () => {
    claim();
    const script = putScript(NONCE, boot(), [
      { path: 'a', content: Buffer.from('x'), first: true },
    ]);
    run(script.slice(0, script.indexOf('put() {') + 60));
    expect(() => readFileSync(join(boot(), 'a'))).toThrow();
  });
});
