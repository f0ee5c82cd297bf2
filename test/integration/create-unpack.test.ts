import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpack } from '../../core/create/unpack.ts';

describe('unpack', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'rpi-unpack-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('leaves the links of a zip out, through which folders elsewhere would be changed', async () => {
    const [from, to, zip] = [join(root, 'from'), join(root, 'to'), join(root, 'a.zip')];
    for (const folder of [join(from, 'below'), to]) mkdirSync(folder, { recursive: true });
    writeFileSync(join(from, 'below/file'), 'x');
    symlinkSync(root, join(from, 'raspberrypi-ua-netinst'));
    symlinkSync('file', join(from, 'below/link'));
    execFileSync('zip', ['-q', '-r', '--symlinks', zip, '.'], { cwd: from });
    await unpack(zip, 'zip', to, { env: process.env, signal: AbortSignal.timeout(10_000) });
    expect(readdirSync(to, { recursive: true }).sort()).toEqual(['below', 'below/file']);
  });
});
