import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { afterAll, describe, expect, it } from 'vitest';
import {
  fingerprint,
  formatPublicKey,
  generateKeyPair,
  parsePublicKey,
} from '../../core/formats/ssh-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'rpi-ssh-key-'));
afterAll(() => rmSync(folder, { recursive: true }));
const keygen = (...args: string[]): string =>
  execFileSync('ssh-keygen', args, { encoding: 'utf8' }).trim();

describe('a generated pair', () => {
  const pair = generateKeyPair('rpi greenhouse');
  const path = join(folder, 'generated');
  writeFileSync(path, pair.privateKey, { mode: 0o600 });

  it('is one that ssh-keygen reads, with the same public half', () => {
    expect(keygen('-y', '-f', path)).toBe(formatPublicKey(pair.publicKey));
  });

  it('has the fingerprint that ssh-keygen shows', () => {
    expect(keygen('-l', '-f', path)).toContain(` ${fingerprint(pair.publicKey)} rpi greenhouse`);
  });

  it('is one that ssh2 signs with', () => {
    const parsed = ssh2.utils.parseKey(pair.privateKey);
    if (parsed instanceof Error) throw parsed;
    const signature = parsed.sign('data');
    if (signature instanceof Error) throw signature;
    expect(parsed.verify('data', signature)).toBe(true);
  });

  it('has a padding of every length right', () => {
    for (let length = 0; length < 9; length++) {
      writeFileSync(path, generateKeyPair('x'.repeat(length)).privateKey, { mode: 0o600 });
      expect(keygen('-y', '-f', path)).toMatch(/^ssh-ed25519 /);
    }
  });
});

describe('reading a public key', () => {
  it.each([
    ['ed25519', ['-t', 'ed25519']],
    ['rsa', ['-t', 'rsa', '-b', '2048']],
    ['ecdsa', ['-t', 'ecdsa']],
  ])('takes %s keys of ssh-keygen and writes them back', (name, args) => {
    const path = join(folder, name);
    keygen('-q', '-N', '', '-C', 'me at home', '-f', path, ...args);
    const text = keygen('-y', '-f', path);
    const key = parsePublicKey(text);
    expect(key?.comment).toBe('me at home');
    expect(key === undefined ? '' : formatPublicKey(key)).toBe(text);
    expect(keygen('-l', '-f', path)).toContain(key === undefined ? '-' : fingerprint(key));
  });

  const good = formatPublicKey(generateKeyPair('').publicKey);
  it.each([
    ['nothing', ''],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
    ['options in front', `no-pty ${good}`],
    ['another type than its blob', good.replace('ssh-ed25519', 'ssh-rsa')],
    ['cut base64', good.slice(0, -1)],
    ['a line end in its comment', `${good} a\nssh-rsa b`],
  ])('refuses %s', (_what, text) => {
    expect(parsePublicKey(text)).toBeUndefined();
  });

  it('never throws, and only takes what it writes back', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String().map((b) => `ssh-rsa ${b}`),
        ),
        (text) => {
          const key = parsePublicKey(text);
          if (key !== undefined) expect(parsePublicKey(formatPublicKey(key))).toEqual(key);
        },
      ),
    );
  });
});
