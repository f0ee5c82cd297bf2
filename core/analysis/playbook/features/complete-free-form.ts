/** What may be typed next in arguments that are a string: `apt: name=git state=`. */
import { parseFreeForm } from '../../../formats/playbook/free-form.ts';
import type { Range } from '../../../formats/playbook/node.ts';
import type { Knowledge } from '../knowledge.ts';
import type { LinePlace } from './line-place.ts';

/** Where in such a string a place is. */
export type FreeFormPlace =
  | { readonly kind: 'module'; readonly word: Range }
  | {
      readonly kind: 'option';
      readonly module: string;
      readonly word: Range;
      readonly given: ReadonlySet<string>;
    }
  | {
      readonly kind: 'value';
      readonly module: string;
      readonly option: string;
      /** Without quotes. */
      readonly value: Range;
    };

/** `module`: the one whose value the place is in, or `action`. Undefined where nothing can be told. */
export function freeFormPlace(
  text: string,
  offset: number,
  key: string,
  start: number,
  knowledge: Knowledge,
): FreeFormPlace | undefined {
  const written = text.slice(start, offset);
  const words = parseFreeForm(written, false);
  if (words.unclosed !== undefined && words.unclosed.opener.length > 1) return undefined;
  const isOpen = written !== '' && !/\s$/.test(written);
  const end = offset + (/^[^\s"']*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0);
  const isAction = key === 'action' || key === 'local_action';
  const [first, ...rest] = words.words;
  const last = isOpen ? words.words.at(-1) : undefined;
  const wordStart = start + (last?.start ?? written.length);
  if (isAction && (first === undefined || (first === last && rest.length === 0))) {
    return { kind: 'module', word: { start: wordStart, end } };
  }
  const module = isAction ? (first?.text ?? '') : key;
  const meaning = knowledge.module(module);
  if (meaning.kind !== 'known') return undefined;
  const before = (isAction ? rest : words.words).filter((word) => word !== last);
  const equals = last?.text.indexOf('=') ?? -1;
  if (last !== undefined && equals > 0) {
    const quote = /^["']/.test(last.text.slice(equals + 1)) ? 1 : 0;
    return {
      kind: 'value',
      module,
      option: last.text.slice(0, equals),
      value: { start: wordStart + equals + 1 + quote, end },
    };
  }
  // Free text is no option.
  if (meaning.module.free === true && last === undefined) return undefined;
  const given = before.flatMap(({ option }) => option?.name ?? []);
  return { kind: 'option', module, word: { start: wordStart, end }, given: new Set(given) };
}

/**
 * Where the string begins that the place is in, with the key before it; undefined where the value
 * is no string: a mapping, or another keyword’s.
 */
export function freeFormStart(
  text: string,
  offset: number,
  { valueOf, value, path }: LinePlace,
): { readonly key: string; readonly start: number } | undefined {
  if (valueOf !== undefined) {
    const isString = value.start <= offset && !/^[[{&*!>|]/.test(text.slice(value.start, offset));
    return isString ? { key: valueOf, start: value.start } : undefined;
  }
  // On a line of its own, below `apt: >` or `apt: name=git`.
  const key = path.at(-1);
  const at = key === undefined ? -1 : text.lastIndexOf(`${key}:`, offset);
  if (key === undefined || at < 0) return undefined;
  const from = at + key.length + 1;
  const head = /^[ \t]*(?:[>|][+-]?\d?[ \t]*\r?\n[ \t]*|(?=\w+=))/.exec(text.slice(from, offset));
  return head === null ? undefined : { key, start: from + head[0].length };
}
