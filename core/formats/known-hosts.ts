/**
 * OpenSSH's known_hosts: reading, looking a host up, adding and removing lines. The file is
 * shared with ssh and Ansible, so it is only ever appended to or relieved of whole names.
 *
 * Semantics follow sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT", with two stricter choices: a key of
 * another type than the known ones counts as changed (we ask a host for its known types first),
 * and a line that names the host but can't be read refuses it. Certificates are not supported:
 * `@cert-authority` lines neither allow nor forbid anything.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { encodeBlob, parsePublicKey, sameKey, type PublicKey } from './ssh-key.ts';

export type KnownHostsLine = {
  /** Counts from 1. */
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | 'unknown' | undefined;
  /** The comma-separated patterns, or one hashed name. */
  readonly names: readonly string[];
  /** Undefined where the key can't be read. */
  readonly key: PublicKey | undefined;
};

export type HostKeyVerdict =
  | { readonly type: 'known' }
  | { readonly type: 'unknown' }
  /** Other keys are on record; none of them is this one. */
  | { readonly type: 'changed'; readonly known: readonly PublicKey[]; readonly lines: number[] }
  | { readonly type: 'revoked'; readonly line: number }
  | { readonly type: 'unreadable'; readonly line: number };

/** How a host stands in the file: its address, in brackets with the port unless that is 22. */
export function knownHostName(address: string, port: number): string {
  const name = address.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** Every line that is neither empty nor a comment. */
export function parseKnownHosts(text: string): KnownHostsLine[] {
  return text
    .split('\n')
    .map((content, index) => parseLine(content.replace(/\r$/, ''), index + 1))
    .filter((line) => line !== undefined);
}

/** What the file says about `key` shown by the host `name` (see knownHostName). */
export function lookUpHostKey(
  lines: readonly KnownHostsLine[],
  name: string,
  key: PublicKey,
): HostKeyVerdict {
  const about = lines.filter((line) => namesHost(line, name));
  const revoked = about.find(
    (line) =>
      (line.marker === 'revoked' || line.marker === 'unknown') &&
      (line.key === undefined || sameKey(line.key, key)),
  );
  if (revoked !== undefined) return { type: 'revoked', line: revoked.line };
  const plain = about.filter((line) => line.marker === undefined);
  if (plain.some((line) => line.key !== undefined && sameKey(line.key, key))) {
    return { type: 'known' };
  }
  const unreadable = plain.find((line) => line.key === undefined);
  if (unreadable !== undefined) return { type: 'unreadable', line: unreadable.line };
  const known = plain.flatMap((line) => (line.key === undefined ? [] : [line.key]));
  return known.length === 0
    ? { type: 'unknown' }
    : { type: 'changed', known, lines: plain.map((line) => line.line) };
}

/** The key types on record for a host: what to ask it for first, as ssh does. */
export function knownKeyTypes(lines: readonly KnownHostsLine[], name: string): string[] {
  const types = lines
    .filter((line) => line.marker === undefined && namesHost(line, name))
    .flatMap((line) => (line.key === undefined ? [] : [line.key.type]));
  return [...new Set(types)];
}

/** The text with one line more. A last line without an end is ended first. */
export function appendHostKey(text: string, name: string, key: PublicKey): string {
  const gap = text === '' || text.endsWith('\n') ? '' : '\n';
  return `${text}${gap}${name} ${key.type} ${encodeBlob(key)}\n`;
}

/**
 * The text without what it says of `name`: the name is taken from its lines, and lines that name
 * nobody else go. Patterns with wildcards, `@` lines, comments and all other lines stay byte for
 * byte.
 */
export function removeHost(text: string, name: string): string {
  const kept = text.split('\n').flatMap((content, index) => {
    const line = parseLine(content.replace(/\r$/, ''), index + 1);
    if (line === undefined || line.marker !== undefined) return [content];
    const names = line.names.filter((pattern) => !isExactly(pattern, name));
    if (names.length === line.names.length) return [content];
    if (names.every((pattern) => pattern.startsWith('!'))) return [];
    return [content.replace(/\S+/, names.join(','))];
  });
  return kept.join('\n');
}

/** The hashed form of a name, `|1|SALT|HASH`: HMAC-SHA1 of the name with the salt as key. */
export function hashHostName(name: string, salt: Uint8Array): string {
  const hash = createHmac('sha1', salt).update(name.toLowerCase()).digest('base64');
  return `|1|${Buffer.from(salt).toString('base64')}|${hash}`;
}

function parseLine(content: string, line: number): KnownHostsLine | undefined {
  const trimmed = content.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return undefined;
  const words = trimmed.split(/[ \t]+/);
  const markerWord = words[0]?.startsWith('@') === true ? words.shift() : undefined;
  const [names = '', ...key] = words;
  return {
    line,
    marker: markerOf(markerWord),
    names: names.split(',').filter((name) => name !== ''),
    key: parsePublicKey(key.join(' ')),
  };
}

function markerOf(word: string | undefined): KnownHostsLine['marker'] {
  if (word === undefined) return undefined;
  if (word === '@revoked') return 'revoked';
  return word === '@cert-authority' ? 'cert-authority' : 'unknown';
}

/** True when a pattern matches and no negated one does. */
function namesHost(line: KnownHostsLine, name: string): boolean {
  const wanted = name.toLowerCase();
  let found = false;
  for (const pattern of line.names) {
    const negated = pattern.startsWith('!');
    if (!matchesName(negated ? pattern.slice(1) : pattern, wanted)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

function matchesName(pattern: string, name: string): boolean {
  if (pattern.startsWith('|')) return matchesHashed(pattern, name);
  return matchesWildcard(pattern.toLowerCase(), name);
}

function matchesHashed(pattern: string, name: string): boolean {
  const [, version, salt, hash] = pattern.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** `*` for any run of characters, `?` for one; linear in pattern × name, unlike a regex of `.*`. */
function matchesWildcard(pattern: string, name: string): boolean {
  let [p, n, star, mark] = [0, 0, -1, 0];
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++;
      mark = n;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === name[n])) {
      p++;
      n++;
    } else if (star >= 0) {
      p = star + 1;
      n = ++mark;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

function isExactly(pattern: string, name: string): boolean {
  return pattern.startsWith('|')
    ? matchesHashed(pattern, name.toLowerCase())
    : pattern.toLowerCase() === name.toLowerCase();
}
