import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../core/files/make-folder.ts';

describe('makeFolder', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rpi-make-folder-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('makes what is missing, with the mode, also from two sides at once', async () => {
    const folder = join(root, 'a/b/c');
    await Promise.all([makeFolder(folder, 0o700), makeFolder(folder, 0o700)]);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
    await makeFolder(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('refuses a path through a file, and a file', async () => {
    writeFileSync(join(root, 'file'), '');
    for (const path of [join(root, 'file'), join(root, 'file/below')]) {
      await expect(makeFolder(path)).rejects.toMatchObject({ code: 'file.not-writable' });
    }
  });

  it.runIf(process.platform === 'linux')('gives up where nothing can be made', async () => {
    for (const path of ['/proc/rpi-test', '/proc/rpi-test/below']) {
      await expect(makeFolder(path)).rejects.toMatchObject({ code: 'file.not-writable' });
    }
  });
});
