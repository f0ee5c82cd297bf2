/**
 * Lines for OpenSSH's client configuration, after ssh_config(5): the hosts of a project, and the
 * Include that makes them known. A person's file is only ever given one line or relieved of it.
 */
import type { InventoryHost } from '../inventory/host.ts';
import type { SshIdentity } from './command.ts';
import { DEFAULT_USER } from './project-session.ts';

/**
 * A path as a word of the configuration; undefined where it can't be said: ssh replaces % and ${,
 * takes * ? [ in an Include for patterns, and its versions differ about \ and ".
 */
export function configWord(path: string): string | undefined {
  return /["\\%*?[\]\p{Cc}]|\$\{/u.test(path) ? undefined : `"${path}"`;
}

export type HostsFile = {
  readonly text: string;
  /** Hosts that ssh has no words for. */
  readonly leftOut: readonly string[];
};

/**
 * The include file of a project. `words` are paths by configWord. Says the same as sshCommand.
 * HostKeyAlias is not needed: ssh looks a host up by HostName and Port, as rpi writes it down.
 */
export function hostsFile(
  hosts: readonly InventoryHost[],
  words: SshIdentity,
  root: string,
): HostsFile {
  const sayable = hosts.filter(isSayable);
  const blocks = sayable.map(({ name, address, port, user }) =>
    [
      `Host ${name}`,
      `  HostName ${address}`,
      `  Port ${port}`,
      `  User ${user ?? DEFAULT_USER}`,
      ...(words.identityFile === undefined ? [] : [`  IdentityFile ${words.identityFile}`]),
      // Said in both cases: another project's line about the same name must not mix in.
      `  IdentitiesOnly ${words.identityFile === undefined ? 'no' : 'yes'}`,
      `  UserKnownHostsFile ${words.knownHosts}`,
      '  StrictHostKeyChecking yes',
      '',
    ].join('\n'),
  );
  const where = root.replace(/\p{Cc}/gu, ' ');
  const head = `# The Pis of ${where}, written by: rpi ssh config\n# It is written anew each time: changes are lost.\n\n`;
  return {
    text: head + blocks.join('\n'),
    leftOut: hosts.filter((host) => !isSayable(host)).map(({ name }) => name),
  };
}

/** Names with wildcards, spaces or a leading - mean something else to ssh. */
function isSayable({ name, address, user }: InventoryHost): boolean {
  return (
    /^[\p{L}\p{N}_][\p{L}\p{N}_.:-]*$/u.test(name) &&
    /^[\p{L}\p{N}_:][\p{L}\p{N}_.:-]*$/u.test(address) &&
    /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(user ?? DEFAULT_USER)
  );
}

export type ConfigLine = {
  /** Counts from 0. */
  readonly index: number;
  /** Lower case, as in `host`. */
  readonly keyword: string;
  /** The arguments, without their quotes. */
  readonly words: readonly string[];
  /** Before the first Host or Match: it holds for every host. */
  readonly global: boolean;
};

/** The lines of a configuration that say something. */
export function parseConfigLines(text: string): ConfigLine[] {
  let global = true;
  return text.split('\n').flatMap((line, index): ConfigLine[] => {
    const [, keyword = '', rest = ''] =
      /^\s*([A-Za-z][A-Za-z0-9]*)(?:\s*=\s*|\s+|$)(.*?)\s*$/s.exec(line) ?? [];
    if (keyword === '') return [];
    const lower = keyword.toLowerCase();
    if (lower === 'host' || lower === 'match') global = false;
    return [{ index, keyword: lower, words: wordsOf(rest), global }];
  });
}

function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [, quoted, plain] of text.matchAll(/"([^"]*)"?|([^\s"]+)/g)) {
    if (plain?.startsWith('#') === true) break;
    words.push(quoted ?? plain ?? '');
  }
  return words;
}

/** The names that Host lines of a configuration mean literally. */
export function hostNames(text: string): Set<string> {
  const lines = parseConfigLines(text).filter(({ keyword }) => keyword === 'host');
  return new Set(lines.flatMap(({ words }) => words.filter((word) => !/[*?!]/.test(word))));
}

/**
 * The text with the Include of `file`: after the Includes of other projects, or nothing but a new
 * first line. Unchanged where it already holds for every host.
 */
export function withInclude(text: string, file: string, others: readonly string[]): string {
  const includes = parseConfigLines(text).filter(
    ({ keyword, global }) => keyword === 'include' && global,
  );
  if (includes.some(({ words }) => words.includes(file))) return text;
  const after = includes.findLast(({ words }) => words.some((word) => others.includes(word)));
  const lines = text.split('\n');
  const end = /\r$/.test(lines[0] ?? '') && lines.length > 1 ? '\r' : '';
  const line = `Include "${file}"${end}`;
  if (after === undefined) return text === '' ? `${line}\n` : `${line}\n${text}`;
  // A last line that has no end gets one.
  const at = after.index + 1;
  const next = [...lines.slice(0, at), line, ...lines.slice(at)].join('\n');
  return at === lines.length ? `${next}\n` : next;
}

/** The text without lines that include `file` alone; `shared`: lines that include it with others. */
export function withoutInclude(
  text: string,
  file: string,
): { readonly text: string; readonly shared: readonly number[] } {
  const about = parseConfigLines(text).filter(
    ({ keyword, words }) => keyword === 'include' && words.includes(file),
  );
  const alone = new Set(about.filter(({ words }) => words.length === 1).map(({ index }) => index));
  const kept = text.split('\n').filter((_, index) => !alone.has(index));
  return {
    text: kept.join('\n'),
    shared: about.filter(({ words }) => words.length > 1).map(({ index }) => index + 1),
  };
}
