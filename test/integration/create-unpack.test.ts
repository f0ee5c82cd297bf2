import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bounded } from '../../core/create/growth.ts';
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

  it('stops a zip that holds more than it says', async () => {
    const [big, to, zip] = [join(root, 'big'), join(root, 'to'), join(root, 'a.zip')];
    mkdirSync(to);
    writeFileSync(big, Buffer.alloc(2_000_000));
    execFileSync('zip', ['-q', '-j', zip, big]);
    const bytes = readFileSync(zip);
    // The length before packing, in the file's own header and in the directory at the end.
    bytes.writeUInt32LE(10, 22);
    bytes.writeUInt32LE(10, bytes.indexOf('PK\u0001\u0002', 0, 'latin1') + 24);
    writeFileSync(zip, bytes);
    const context = { env: process.env, signal: AbortSignal.timeout(10_000) };
    await expect(unpack(zip, 'zip', to, context, 1_000_000)).rejects.toThrow(
      /a\.zip holds .* or more/,
    );
  });

  it('ends the work that writes too much, and only that', async () => {
    const file = join(root, 'file');
    const never = new AbortController().signal;
    const found = await bounded(file, 100, never, async (signal) => {
      writeFileSync(file, Buffer.alloc(101));
      await once(signal, 'abort');
      throw new Error('ended');
    });
    expect(found).toBe(101);
    const fails = (): Promise<never> => Promise.reject(new Error('of its own'));
    await expect(bounded(join(root, 'none'), 100, never, fails)).rejects.toThrow('of its own');
  });
});
