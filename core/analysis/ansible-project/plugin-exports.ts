/** Which filters and tests a Python file brings, as far as its text says so: for completion. */
import { basename } from 'node:path';

export type PluginKind = 'filter' | 'test' | 'lookup';

/**
 * The names that a file of plugins brings. Unlike pluginNames, which no name may escape, these are
 * only the ones that are certain: the keys of what `filters()` or `tests()` gives back. A lookup is
 * called like its file.
 */
export function pluginExports(kind: PluginKind, path: string, text: string): readonly string[] {
  if (kind === 'lookup') return [basename(path, '.py')];
  const body = bodyOf(text, kind === 'filter' ? 'filters' : 'tests');
  if (body === undefined) return [];
  const named = /\breturn\s+(?:\w+\.)?([A-Za-z_]\w*)\s*$/m.exec(body)?.[1];
  const own = keysIn(body);
  const names = own.length > 0 || named === undefined ? own : keysIn(dictCalled(text, named));
  return [...new Set(names)];
}

/** The lines below `def name(self):` that stand further in. */
function bodyOf(text: string, name: string): string | undefined {
  const head = new RegExp(`^([ \\t]*)def ${name}\\(.*$`, 'm').exec(text);
  if (head === null) return undefined;
  const indent = head[1]?.length ?? 0;
  const lines: string[] = [];
  for (const line of text.slice(head.index + head[0].length).split('\n')) {
    const isBlank = line.trim() === '';
    // A bracket may close at the beginning of the line.
    if (!isBlank && line.search(/\S/) <= indent && !/^\s*[\])}]/.test(line)) break;
    lines.push(line);
  }
  return lines.join('\n');
}

/** From `NAME = {` or `NAME = dict(` on, to the bracket at the beginning of a line. */
function dictCalled(text: string, name: string): string {
  const head = new RegExp(`^[ \\t]*(?:self\\.)?${name}\\s*=\\s*(?:\\{|dict\\()`, 'm').exec(text);
  if (head === null) return '';
  const rest = text.slice(head.index + head[0].lastIndexOf('=') + 1);
  const end = /^[ \t]*[)}]/m.exec(rest)?.index ?? rest.indexOf('\n');
  return rest.slice(0, end < 0 ? rest.length : end);
}

function keysIn(code: string): string[] {
  const plain = code.replace(/#.*$/gm, '');
  const keys = outermost(plain, [...plain.matchAll(/(?<=[{,]\s*)['"]([A-Za-z_]\w*)['"]\s*:/g)]);
  const stored = [...plain.matchAll(/\[\s*['"]([A-Za-z_]\w*)['"]\s*\]\s*=(?!=)/g)];
  const call = /\bdict\(([^()]*)\)?/.exec(plain)?.[1] ?? '';
  const words = [...call.matchAll(/(?:^|,)\s*([A-Za-z_]\w*)\s*=(?!=)/g)];
  return [...keys, ...stored, ...words].map((match) => match[1] ?? '');
}

/** Without keys of dicts that stand within values. */
function outermost(code: string, keys: readonly RegExpExecArray[]): RegExpExecArray[] {
  const depths = keys.map(({ index }) => {
    const before = code.slice(0, index);
    return (before.match(/[[{(]/g)?.length ?? 0) - (before.match(/[\]})]/g)?.length ?? 0);
  });
  const least = Math.min(...depths);
  return keys.filter((_key, index) => depths[index] === least);
}
