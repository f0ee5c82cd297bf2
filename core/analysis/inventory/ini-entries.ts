/** An INI inventory with its places; core/formats/inventory/ini-inventory.ts says what is right. */
import { expandHosts, HostPatternError } from '../../formats/inventory/host-pattern.ts';
import { parseIniInventory } from '../../formats/inventory/ini-inventory.ts';
import type { TextRange } from '../features.ts';
import type {
  HostEntry,
  InventoryEntries,
  InventoryEntry,
  Repeated,
  VariableEntry,
} from './entries.ts';

type Word = TextRange & { readonly text: string };

export function iniEntries(text: string): InventoryEntries {
  const entries: InventoryEntry[] = [];
  const repeated: Repeated[] = [];
  const lines: TextRange[] = [];
  /** Hosts of each group, and variables of each owner, with the place of the first. */
  const seen = new Map<string, TextRange>();
  let group = 'ungrouped';
  let kind = 'hosts';

  const once = (key: string, what: Repeated['what'], name: string, range: TextRange): void => {
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, range);
    else repeated.push({ ...range, what, name, earlier });
  };

  const readLine = ({ start, end }: TextRange): void => {
    const source = text.slice(start, end);
    const section = /^\[([^:\]\s]+)(?::(\w+))?\]/.exec(source);
    if (section?.[1] !== undefined) {
      [group, kind] = [section[1], section[2] ?? 'hosts'];
      if (kind !== 'vars') {
        const range = { start: start + 1, end: start + 1 + group.length };
        entries.push({ kind: 'group', name: group, range });
      }
    } else if (kind === 'children') {
      const name = /^[^:\]\s#]+/.exec(source)?.[0];
      if (name === undefined) return;
      const range = { start, end: start + name.length };
      entries.push({ kind: 'group', name, range, parent: group });
      once(`child\0${group}\0${name}`, 'group', name, range);
    } else if (kind === 'vars') {
      const equals = source.indexOf('=');
      if (equals < 0) return;
      const name = source.slice(0, equals).trim();
      const valueStart =
        start + equals + 1 + (/^\s*/.exec(source.slice(equals + 1))?.[0].length ?? 0);
      const range = { start, end: start + name.length };
      entries.push(
        variable({ kind: 'group', name: group }, name, range, { start: valueStart, end }),
      );
      once(`variable\0${group}\0${name}`, 'variable', name, range);
    } else readHost(start, end);
  };

  const variable = (
    owner: VariableEntry['owner'],
    name: string,
    nameRange: TextRange,
    valueRange: TextRange,
  ): VariableEntry => ({
    kind: 'variable',
    owner,
    name,
    nameRange,
    text: text.slice(valueRange.start, valueRange.end).replace(/^(["'])(.*)\1$/, '$2'),
    valueRange,
    isVault: false,
  });

  const readHost = (start: number, end: number): void => {
    const [first, ...assignments] = wordsOf(text, start, end);
    if (first === undefined) return;
    let expanded: { readonly hosts: readonly string[]; readonly port: number | undefined };
    try {
      expanded = expandHosts(first.text);
    } catch (error) {
      if (!(error instanceof HostPatternError)) throw error;
      return;
    }
    const range = { start: first.start, end: first.end };
    const host: HostEntry = { kind: 'host', pattern: first.text, ...expanded, group, range };
    entries.push(host);
    for (const name of expanded.hosts) once(`host\0${group}\0${name}`, 'host', name, range);
    const names = new Map<string, TextRange>();
    for (const word of assignments) {
      const equals = word.text.indexOf('=');
      if (equals < 0) continue;
      const name = word.text.slice(0, equals);
      const nameRange = { start: word.start, end: word.start + equals };
      entries.push(variable(host, name, nameRange, { start: nameRange.end + 1, end: word.end }));
      const earlier = names.get(name);
      if (earlier === undefined) names.set(name, nameRange);
      else repeated.push({ ...nameRange, what: 'variable', name, earlier });
    }
  };

  for (const match of text.replace(/^\uFEFF/, ' ').matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)) {
    const content = match[0].trim();
    const start = match.index + match[0].indexOf(content);
    const range = { start, end: start + content.length };
    lines.push(range);
    if (content !== '' && !content.startsWith('#') && !content.startsWith(';')) readLine(range);
  }
  return {
    format: 'ini',
    entries,
    faults: faultsOf(text, lines),
    repeated: withoutEchoes(repeated),
    stray: [],
  };
}

function faultsOf(text: string, lines: readonly TextRange[]): InventoryEntries['faults'] {
  const parsed = parseIniInventory(text);
  if (parsed.ok) return [];
  const echoes = linesBelowWrongSections(text, lines);
  return parsed.faults
    .filter(({ line }) => !echoes.has(line ?? 0))
    .map(({ message, line }) => {
      const { start, end } = lines[(line ?? 1) - 1] ?? { start: 0, end: 0 };
      return { start, end, message: `${message.charAt(0).toUpperCase()}${message.slice(1)}.` };
    });
}

/** What stands below a section that is none is read as something that it isn’t. */
function linesBelowWrongSections(text: string, lines: readonly TextRange[]): Set<number> {
  const below = new Set<number>();
  let isWrong = false;
  for (const [index, { start, end }] of lines.entries()) {
    const source = text.slice(start, end);
    if (source.startsWith('[')) {
      isWrong = !/^\[[^:\]\s]+(?::(?:hosts|children|vars))?\]/.test(source);
    } else if (isWrong) below.add(index + 1);
  }
  return below;
}

/** A range that names many hosts twice is one fault. */
function withoutEchoes(repeated: readonly Repeated[]): Repeated[] {
  const told = new Set<number>();
  return repeated.filter(({ start }) => {
    if (told.has(start)) return false;
    told.add(start);
    return true;
  });
}

/** Words as `splitWords` of core/formats finds them, as they are written. */
function wordsOf(text: string, start: number, end: number): Word[] {
  const words: Word[] = [];
  let from: number | undefined;
  let quote = '';
  for (let at = start; at <= end; at++) {
    const char = at === end ? ' ' : text.charAt(at);
    if (quote === '' && char === '#') {
      if (from !== undefined) words.push({ start: from, end: at, text: text.slice(from, at) });
      return words;
    }
    if (quote === '' && /\s/.test(char)) {
      if (from !== undefined) words.push({ start: from, end: at, text: text.slice(from, at) });
      from = undefined;
      continue;
    }
    from ??= at;
    if (char === '\\' && quote !== "'") at++;
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) quote = '';
  }
  return words;
}
