/** INI inventories, as Ansible's `ini` inventory plugin reads them. They are never written. */
import { expandHosts, HostPatternError } from './host-pattern.ts';
import { pythonValue } from './python-literal.ts';
import type { InventoryFault, ParsedInventory, Statement } from './statement.ts';

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/;
const GROUP_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/;
type SectionKind = 'hosts' | 'children' | 'vars';

/** Reads the text of an INI inventory; every fault at once. */
export function parseIniInventory(text: string): ParsedInventory {
  const statements: Statement[] = [];
  const faults: InventoryFault[] = [];
  const declared = new Set(['all', 'ungrouped']);
  /** Groups that are used; each must be declared by a section of its own, anywhere. */
  const used: { readonly group: string; readonly line: number; readonly message: string }[] = [];
  let group = 'ungrouped';
  let kind: SectionKind = 'hosts';

  const readLine = (source: string, line: number): void => {
    const section = SECTION.exec(source);
    if (section?.[1] !== undefined) {
      const wanted = section[2] ?? 'hosts';
      if (!isSectionKind(wanted)) {
        throw new LineFault(
          `the section [${section[1]}:${wanted}] is none of hosts, children, vars`,
        );
      }
      [group, kind] = [section[1], wanted];
      statements.push({ type: 'group', group });
      if (kind !== 'vars') declared.add(group);
      else
        used.push({ group, line, message: `[${group}:vars] is for a group that is not defined` });
      return;
    }
    if (source.startsWith('[') && source.endsWith(']')) {
      throw new LineFault(`the section ${source} is not valid: no spaces within the brackets`);
    }
    if (kind === 'vars') readVariable(source);
    else if (kind === 'children') readChild(source, line);
    else readHosts(source);
  };

  const readVariable = (source: string): void => {
    const equals = source.indexOf('=');
    if (equals < 0) throw new LineFault(`name=value is wanted, not “${source}”`);
    const name = source.slice(0, equals).trim();
    const value = pythonValue(source.slice(equals + 1).trim());
    statements.push({ type: 'group-variable', group, name, value });
  };

  const readChild = (source: string, line: number): void => {
    const child = GROUP_NAME.exec(source)?.[1];
    if (child === undefined) throw new LineFault(`a group name is wanted, not “${source}”`);
    used.push({ group: child, line, message: `the group ${child} is not defined` });
    statements.push({ type: 'group', group: child }, { type: 'child', group, child });
  };

  const readHosts = (source: string): void => {
    const words = splitWords(source);
    const [pattern, ...assignments] = words;
    if (pattern === undefined || pattern === '') throw new LineFault('a host name is wanted');
    const { hosts, port } = expandHosts(pattern);
    if (pattern.trim().endsWith(':') && port === undefined) {
      throw new LineFault(`“${pattern}” ends in a colon: a port is wanted behind it`);
    }
    if (hosts.includes('---')) throw new LineFault('this is a YAML file without the name of one');
    const variables = assignments.map((word) => {
      const equals = word.indexOf('=');
      if (equals < 0) throw new LineFault(`name=value is wanted, not “${word}”`);
      return { name: word.slice(0, equals), value: pythonValue(word.slice(equals + 1)) };
    });
    for (const host of hosts) {
      statements.push({ type: 'host', host, group, port });
      for (const variable of variables) {
        statements.push({ type: 'host-variable', host, ...variable });
      }
    }
  };

  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const source = raw.trim();
    if (source === '' || source.startsWith(';') || source.startsWith('#')) continue;
    try {
      readLine(source, index + 1);
    } catch (error) {
      if (!(error instanceof LineFault || error instanceof HostPatternError)) throw error;
      faults.push({ message: error.message, line: index + 1, column: 1 });
    }
  }
  for (const { group: name, line, message } of used) {
    if (!declared.has(name)) faults.push({ message, line, column: 1 });
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, statements };
}

class LineFault extends Error {}

function isSectionKind(text: string): text is SectionKind {
  return text === 'hosts' || text === 'children' || text === 'vars';
}

/** Words as Python's `shlex.split(line, comments=True)` finds them. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < line.length) {
    const char = line.charAt(at++);
    if (char === '#') break;
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'") {
      const end = line.indexOf("'", at);
      if (end < 0) throw new LineFault('a quotation mark is not closed');
      word = (word ?? '') + line.slice(at, end);
      at = end + 1;
    } else if (char === '"') {
      const [inside, end] = doubleQuoted(line, at);
      word = (word ?? '') + inside;
      at = end;
    } else if (char === '\\') {
      if (at >= line.length) throw new LineFault('nothing follows the last backslash');
      word = (word ?? '') + line.charAt(at++);
    } else {
      word = (word ?? '') + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function doubleQuoted(line: string, start: number): [string, number] {
  let inside = '';
  for (let at = start; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '"') return [inside, at + 1];
    if (char === '\\' && /["\\]/.test(line.charAt(at + 1))) inside += line.charAt(++at);
    else inside += char;
  }
  throw new LineFault('a quotation mark is not closed');
}
