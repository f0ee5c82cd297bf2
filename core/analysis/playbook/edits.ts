/** Edits that several rules make, and how values are written in YAML. */
import { isResolvedPlain } from '../../formats/inventory/ansible-yaml.ts';
import type { Entry, Range, YamlNode } from '../../formats/playbook/node.ts';
import type { TextEdit } from '../../formats/text-edit.ts';
import type { Fix } from '../finding.ts';

/** The column of an offset. */
export function columnAt(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

export function replace(range: Range, text: string): TextEdit {
  return { start: range.start, end: range.end, text };
}

/** A fix for each name: the first is taken by “fix all” where there is no other. */
export function renameFixes(range: Range, names: readonly string[]): readonly Fix[] {
  return names.map((name) => ({
    title: `Write ${name} instead`,
    edits: [replace(range, name)],
    ...(names.length === 1 ? { preferred: true } : {}),
  }));
}

/** “, did you mean a or b?”, or nothing. */
export function proposal(names: readonly string[]): string {
  return names.length === 0 ? '.' : `: did you mean ${names.join(' or ')}?`;
}

/** A key with its value, the spaces before it and its line’s end; undefined where more than it would go. */
export function removeEntry(text: string, entry: Entry): TextEdit | undefined {
  const start = text.lastIndexOf('\n', entry.key.start - 1) + 1;
  const newline = text.indexOf('\n', entry.value.end);
  const end = newline < 0 ? text.length : newline + 1;
  const isAlone =
    /^ *$/.test(text.slice(start, entry.key.start)) &&
    /^[ \t]*(?:#.*)?\r?\n?$/.test(text.slice(entry.value.end, end));
  return isAlone ? { start, end, text: '' } : undefined;
}

/** A value as YAML: plain where that means the same. */
export function yamlScalar(value: string): string {
  const isPlain =
    /^[\w/.~+][\w/.,~+@%=:-]*(?: [\w/.,~+@%=-]+)*$/.test(value) &&
    !value.endsWith(':') &&
    !isResolvedPlain(value);
  if (isPlain) return value;
  if (/^(?:true|false|yes|no|on|off)$/i.test(value)) {
    return /^(?:true|yes|on)$/i.test(value) ? 'true' : 'false';
  }
  if (/^(?:0|[1-9]\d*)$/.test(value)) return value;
  return doubleQuoted(value);
}

export function doubleQuoted(value: string): string {
  if (value.includes('"') && !value.includes("'") && !value.includes('\n')) return `'${value}'`;
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

/** Where a person looks first in a task or play: its first key, or all of it. */
export function headOf(node: YamlNode): Range {
  if (node.kind === 'map') return node.entries[0]?.key ?? node;
  return node.end > node.start ? node : { start: node.start, end: node.start + 1 };
}
