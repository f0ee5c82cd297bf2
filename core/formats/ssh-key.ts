/** OpenSSH keys: the one-line public form, fingerprints, and new ed25519 pairs. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';

/** A public key. `blob` is its wire form, which is also what a server shows as its host key. */
export type PublicKey = {
  /** As in the first word of the blob: `ssh-ed25519`, `ssh-rsa`, `ecdsa-sha2-nistp256` … */
  readonly type: string;
  readonly blob: Uint8Array;
  readonly comment: string;
};

/** A pair in OpenSSH's own formats. The private half is a secret: file mode 0600. */
export type KeyPair = { readonly privateKey: string; readonly publicKey: PublicKey };

/** The fingerprint as OpenSSH shows it: `SHA256:` and 43 base64 characters without padding. */
export function fingerprint(key: Pick<PublicKey, 'blob'>): string {
  const digest = createHash('sha256').update(key.blob).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/** A type as people say it: `ED25519`, `RSA`, `ECDSA`; other types as they are. */
export function keyTypeName(type: string): string {
  if (type === 'ssh-ed25519') return 'ED25519';
  if (type === 'ssh-rsa') return 'RSA';
  return type.startsWith('ecdsa-sha2-') ? 'ECDSA' : type;
}

export function sameKey(a: Pick<PublicKey, 'blob'>, b: Pick<PublicKey, 'blob'>): boolean {
  return Buffer.compare(a.blob, b.blob) === 0;
}

/** One line of a `.pub` file, without a line end. */
export function formatPublicKey(key: PublicKey): string {
  const base = `${key.type} ${encodeBlob(key)}`;
  return key.comment === '' ? base : `${base} ${key.comment}`;
}

/** The base64 form of the blob, as it stands in public key files and known_hosts. */
export function encodeBlob(key: Pick<PublicKey, 'blob'>): string {
  return Buffer.from(key.blob).toString('base64');
}

/**
 * Reads a line of a `.pub` file: `TYPE BASE64 [COMMENT]`. Undefined for anything else: a private
 * key, options in front, broken base64, a type that the blob contradicts, control characters.
 */
export function parsePublicKey(line: string): PublicKey | undefined {
  const match = /^\s*([A-Za-z0-9@.-]+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*?))?\s*$/.exec(line);
  if (match === null) return undefined;
  const [, type, base64, comment = ''] = match;
  if (type === undefined || base64 === undefined || hasControlCharacter(comment)) return undefined;
  const blob = Buffer.from(base64, 'base64');
  // Node skips what is not base64; a key must read back to exactly what was written.
  if (stripPadding(blob.toString('base64')) !== stripPadding(base64)) return undefined;
  const key = publicKeyFromBlob(blob, comment);
  return key?.type === type ? key : undefined;
}

/**
 * A key from its wire form, as a server sends it: strings with their lengths (RFC 4253, 6.6), the
 * first of which names the type. Undefined for anything else.
 */
export function publicKeyFromBlob(blob: Uint8Array, comment = ''): PublicKey | undefined {
  // Of its own, not a slice of Node's pool: a key that is kept would keep 64 kB for its 51 bytes.
  const bytes = Buffer.from(Uint8Array.from(blob).buffer);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  const type = parts[0]?.toString('latin1') ?? '';
  const isKey = parts.length > 1 && /^[A-Za-z0-9@.-]{1,64}$/.test(type);
  return isKey ? { type, blob: bytes, comment } : undefined;
}

/** A new ed25519 pair in the format of OpenSSH’s PROTOCOL.key, without a passphrase. */
export function generateKeyPair(comment: string): KeyPair {
  const jwk = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  if (jwk.x === undefined || jwk.d === undefined) throw new Error('ed25519 export lacks x or d');
  const publicBytes = Buffer.from(jwk.x, 'base64url');
  const seed = Buffer.from(jwk.d, 'base64url');
  const type = 'ssh-ed25519';
  const blob = Buffer.concat([sshString(type), sshString(publicBytes)]);
  const check = randomBytes(4);
  const secret = pad(
    Buffer.concat([
      check,
      check,
      sshString(type),
      sshString(publicBytes),
      sshString(Buffer.concat([seed, publicBytes])),
      sshString(comment),
    ]),
  );
  const container = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    sshString('none'), // cipher
    sshString('none'), // key derivation
    sshString(''), // its options
    uint32(1), // number of keys
    sshString(blob),
    sshString(secret),
  ]);
  const lines = container.toString('base64').match(/.{1,70}/g) ?? [];
  const armour = (word: string): string => `-----${word} OPENSSH PRIVATE KEY-----`;
  return {
    privateKey: [armour('BEGIN'), ...lines, armour('END'), ''].join('\n'),
    publicKey: { type, blob, comment },
  };
}

function hasControlCharacter(text: string): boolean {
  return Array.from(text).some((character) => character < ' ' || character === '\u007f');
}

function stripPadding(base64: string): string {
  return base64.replace(/=+$/, '');
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function sshString(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** Pads with 1, 2, 3 … to the cipher’s block, which is 8 for `none`. */
function pad(bytes: Buffer): Buffer {
  const missing = (8 - (bytes.length % 8)) % 8;
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, i) => i + 1))]);
}
