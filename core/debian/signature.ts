/** Who signed an archive, by gpgv and the keyrings that are on this machine. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findExecutable, runCommand, type Environment } from '../command/run.ts';

export type Signature =
  | { readonly type: 'good'; readonly by: string }
  | { readonly type: 'bad'; readonly why: string }
  /** It can't be told here; `why` says what is missing. */
  | { readonly type: 'unknown'; readonly why: string };

export type SignatureInput = {
  /** A file with its signature around it, or one with the signature beside it. */
  readonly files: readonly [string] | readonly [signature: string, content: string];
  /** Files of public keys, tried all at once. */
  readonly keyrings: readonly string[];
};

/** Where distributions put the keyrings of archives. */
const FOLDERS = ['/usr/share/keyrings', '/etc/apt/keyrings', '/etc/apt/trusted.gpg.d'];

/** The keyrings of this machine that may hold the keys of Debian, Raspbian or Raspberry Pi. */
export async function systemKeyrings(): Promise<string[]> {
  const found = await Promise.all(
    FOLDERS.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      return names
        .filter((name) => /^(?:debian-archive-keyring|rasp.*)\.(?:gpg|pgp)$/.test(name))
        .map((name) => join(folder, name));
    }),
  );
  return found.flat();
}

/** Checks a signature. Throws `run.cancelled`. */
export async function checkSignature(
  { files, keyrings }: SignatureInput,
  context: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<Signature> {
  if (keyrings.length === 0) {
    return { type: 'unknown', why: 'no keyring of Debian, Raspbian or Raspberry Pi is here' };
  }
  const gpgv = await findExecutable('gpgv', context.env);
  if (gpgv === undefined) return { type: 'unknown', why: 'gpgv is not installed here' };
  const rings = keyrings.flatMap((keyring) => ['--keyring', keyring]);
  const command = { command: gpgv, args: ['--status-fd', '1', ...rings, ...files] };
  const { code, stdout, stderr } = await runCommand(command, context);
  const said = (word: string): string | undefined =>
    new RegExp(`^\\[GNUPG:\\] ${word}(?: (.*))?$`, 'm').exec(stdout)?.[1];
  const good = said('GOODSIG');
  // An archive may be signed by several keys, of which one that is known is enough.
  if (good !== undefined && said('BADSIG') === undefined && said('VALIDSIG') !== undefined) {
    return { type: 'good', by: good.replace(/^\S+ /, '') };
  }
  if (said('BADSIG') !== undefined) {
    return { type: 'bad', why: 'the signature does not fit: what is served was changed' };
  }
  if (said('EXPKEYSIG') !== undefined)
    return { type: 'bad', why: 'the key that signed it expired' };
  if (said('REVKEYSIG') !== undefined) {
    return { type: 'bad', why: 'the key that signed it was revoked' };
  }
  const key = said('NO_PUBKEY');
  if (key !== undefined) {
    return { type: 'unknown', why: `it is signed by the key ${key}, which is in no keyring here` };
  }
  return { type: 'bad', why: `gpgv ended with ${code}: ${stderr.trim().split('\n').at(-1) ?? ''}` };
}
