import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, makeFolderSync } from '../../../core/files/make-folder.ts';
import { createJournal } from '../../../core/runs/journal.ts';

describe('makeFolder', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rpi-make-folder-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('makes what is missing, with the mode', async () => {
    const folder = join(root, 'a/b/c');
    await makeFolder(folder, 0o700);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
    await makeFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    makeFolderSync(join(root, 'd/e'), 0o700);
    makeFolderSync(join(root, 'd/e'));
    expect(statSync(join(root, 'd')).mode & 0o777).toBe(0o700);
  });

  it('is in nobody’s way who makes the same at the same time', async () => {
    for (let n = 0; n < 30; n += 1) {
      const folder = join(root, String(n), 'b/c/d');
      await Promise.all(Array.from({ length: 5 }, () => makeFolder(folder)));
      expect(statSync(folder).isDirectory()).toBe(true);
    }
  });

  it('refuses a path through a file, and a file', async () => {
    writeFileSync(join(root, 'file'), '');
    for (const path of [join(root, 'file'), join(root, 'file/below')]) {
      await expect(makeFolder(path)).rejects.toMatchObject({ code: 'file.not-writable' });
      expect(() => makeFolderSync(path)).toThrow(/Can't write/);
    }
  });

  it.runIf(process.platform === 'linux')('gives up where nothing can be made', async () => {
    expect(() => createJournal('/proc/rpi-test/runs', 'x')).toThrow(/Can't write/);
    for (const path of ['/proc/rpi-test', '/proc/rpi-test/below']) {
      await expect(makeFolder(path)).rejects.toMatchObject({ code: 'file.not-writable' });
      expect(() => makeFolderSync(path)).toThrow(/Can't write/);
    }
  });
});
