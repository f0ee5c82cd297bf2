import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashHostName } from '../../../core/formats/known-hosts.ts';
import { encodeBlob, generateKeyPair } from '../../../core/formats/ssh-key.ts';
import { systemClock } from '../../../core/runs/clock.ts';
import { createIdentity } from '../../../core/ssh/identity.ts';
import { acceptHostKeys, readKnownHosts, replaceHostKeys } from '../../../core/ssh/host-keys.ts';

const context = { clock: systemClock, signal: new AbortController().signal };
const { publicKey: key } = generateKeyPair('');
const accepted = [{ address: '10.77.0.50', port: 22, key }];

describe('the project’s known_hosts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rpi-kh-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const at = (path: string) => ({ knownHosts: join(folder, path), locks: join(folder, 'locks') });

  it('in a folder that can’t be made: says which, and what to do', async () => {
    symlinkSync(join(folder, 'unplugged/stick'), join(folder, 'data'));
    const wanted = {
      code: 'file.not-writable',
      message: expect.stringContaining(join(folder, 'data')) as string,
      remedy: expect.stringContaining('Check that the folder exists') as string,
    };
    await expect(acceptHostKeys(at('data/known_hosts'), accepted, context)).rejects.toMatchObject(
      wanted,
    );
    await expect(replaceHostKeys(at('data/known_hosts'), accepted, context)).rejects.toMatchObject(
      wanted,
    );
    await expect(createIdentity(join(folder, 'data/id_ed25519'), '')).rejects.toMatchObject(wanted);
  });

  it('that can’t be read: is not taken for an empty one, and not written over', async () => {
    await mkdir(join(folder, 'known_hosts'));
    writeFileSync(join(folder, 'file'), 'mine');
    for (const path of ['known_hosts', 'file/known_hosts']) {
      const unreadable = { code: 'file.not-readable', remedy: expect.any(String) as string };
      await expect(readKnownHosts(at(path).knownHosts)).rejects.toMatchObject(unreadable);
      await expect(acceptHostKeys(at(path), accepted, context)).rejects.toMatchObject(unreadable);
    }
    expect(await readFile(join(folder, 'file'), 'utf8')).toBe('mine');
  });

  it('with locks that can’t be made: says so', async () => {
    writeFileSync(join(folder, 'locks'), '');
    await expect(acceptHostKeys(at('known_hosts'), accepted, context)).rejects.toMatchObject({
      code: 'file.not-writable',
    });
  });

  it('with hashed names: knows its hosts, and a new key takes the old one’s place', async () => {
    const place = at('known_hosts');
    const old = generateKeyPair('').publicKey;
    const lineOf = (name: string): string =>
      `${hashHostName(name, Buffer.alloc(20, name.length))} ${old.type} ${encodeBlob(old)}\n`;
    const other = lineOf('10.77.0.1');
    writeFileSync(place.knownHosts, lineOf('10.77.0.50') + other);
    await acceptHostKeys(place, accepted, context);
    expect(await readFile(place.knownHosts, 'utf8')).toBe(lineOf('10.77.0.50') + other);
    await replaceHostKeys(place, accepted, context);
    expect(await readFile(place.knownHosts, 'utf8')).toBe(
      `${other}10.77.0.50 ${key.type} ${encodeBlob(key)}\n`,
    );
  });
});
