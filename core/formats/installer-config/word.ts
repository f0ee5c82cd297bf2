/**
 * One word of a shell script, read as bash reads it: quotes, escapes, line continuations. What the
 * shell would compute (variables, commands, arithmetic, `~`) has no value here, only an end.
 */
import { readExpansion, type Stop } from './expansion.ts';
import type { Expansion, WordPart } from './statement.ts';

export type Word = {
  readonly start: number;
  readonly end: number;
  /** What bash makes of it; undefined where that depends on the running shell. */
  readonly value: string | undefined;
  /** True when a quote or a backslash occurs: such a word is never a keyword. */
  readonly quoted: boolean;
  readonly parts: readonly WordPart[];
  readonly expansions: readonly Expansion[];
  /** Where `name=` or `name+=` stands in front, all of it unquoted. */
  readonly assignment: AssignmentHead | undefined;
};

export type AssignmentHead = {
  readonly name: string;
  readonly append: boolean;
  /** Offset of the first character after the `=`. */
  readonly valueStart: number;
  /** The value alone; undefined as for the word. */
  readonly value: string | undefined;
};

const METACHARACTERS = new Set([' ', '\t', '\n', ';', '&', '|', '(', ')', '<', '>']);

/** True for the characters that end an unquoted word. The empty string (end of text) does too. */
export function endsWord(character: string): boolean {
  return character === '' || METACHARACTERS.has(character);
}

/**
 * Reads the word that begins at `start`, which must be no metacharacter. `text` has line feeds
 * only and ends with one. With `assignable`, where the shell expects assignments, it may be one of
 * an array's elements, whose index may hold anything.
 */
export function readWord(text: string, start: number, assignable: boolean): Word | Stop {
  let at = start;
  let value = '';
  let quoted = false;
  let head: { name: string; append: boolean; valueStart: number } | undefined;
  let headOpen = true;
  let headLength = 0;
  /** Where the plain stretch that is being read began. */
  let plainFrom = start;
  const parts: WordPart[] = [];
  const expansions: Expansion[] = [];

  const endPlain = (): void => {
    if (plainFrom < at) parts.push({ kind: 'plain', start: plainFrom, end: at });
  };
  const addPart = (kind: WordPart['kind'], end: number): void => {
    endPlain();
    parts.push({ kind, start: at, end });
    at = end;
    plainFrom = end;
  };
  const finish = (): Word => {
    endPlain();
    const known = expansions.length === 0;
    return {
      start,
      end: at,
      value: known ? value : undefined,
      quoted,
      parts,
      expansions,
      assignment:
        head === undefined
          ? undefined
          : { ...head, value: known ? value.slice(headLength) : undefined },
    };
  };

  for (;;) {
    const character = text.charAt(at);
    if (endsWord(character)) return finish();
    if (character === '\\') {
      const next = text.charAt(at + 1);
      if (next === '\n') {
        addPart('continuation', at + 2);
        continue;
      }
      value += next;
      quoted = true;
      headOpen = false;
      addPart('escape', at + 2);
      continue;
    }
    if (character === "'") {
      const close = text.indexOf("'", at + 1);
      if (close === -1) return unclosedQuote(text, at, parts);
      value += text.slice(at + 1, close);
      quoted = true;
      headOpen = false;
      addPart('single', close + 1);
      continue;
    }
    if (character === '"') {
      const inner = readDoubleQuoted(text, at);
      if ('reason' in inner) {
        return inner.fault === 'quote' && inner.at === at ? unclosedQuote(text, at, parts) : inner;
      }
      value += inner.value;
      for (const expansion of inner.expansions) expansions.push(expansion);
      quoted = true;
      headOpen = false;
      addPart('double', inner.end);
      continue;
    }
    if (character === '$' || character === '`') {
      const expansion = readExpansion(text, at, false, skipDoubleQuoted);
      headOpen = false;
      if (expansion === undefined) {
        value += character;
        at++;
        continue;
      }
      if ('reason' in expansion) return expansion;
      expansions.push(expansion);
      addPart('expansion', expansion.end);
      continue;
    }
    if (headOpen && character === '[') {
      const isName = /^[A-Za-z_][A-Za-z0-9_]*$/.test(value);
      if (assignable && isName && !/^\[[\w@*]*\]/.test(text.slice(at, at + 256))) {
        return { at, fault: 'shell', reason: 'shell code (an array)' };
      }
      headOpen = false;
    }
    if (headOpen && character === '=') {
      headOpen = false;
      const match = /^([A-Za-z_][A-Za-z0-9_]*)(\+?)$/.exec(value);
      if (match?.[1] !== undefined) {
        head = { name: match[1], append: match[2] === '+', valueStart: at + 1 };
        value += character;
        headLength = value.length;
        at++;
        endPlain();
        plainFrom = at;
        continue;
      }
    }
    if (character === '~' && head !== undefined && expandsTilde(text, at)) {
      expansions.push({ kind: 'tilde', start: at, end: at + 1, text: '~', affects: false });
    }
    value += character;
    at++;
  }
}

/**
 * The quote that a person forgot to close is the one that swallowed a line end, not the one behind
 * it that found no partner.
 */
function unclosedQuote(text: string, at: number, parts: readonly WordPart[]): Stop {
  const swallowed = parts.find(
    ({ kind, start, end }) =>
      (kind === 'single' || kind === 'double') && text.slice(start, end).includes('\n'),
  );
  return {
    at: swallowed?.start ?? at,
    fault: 'quote',
    reason: 'this quote is never closed',
  };
}

/** In an assignment, `~` expands at the beginning of the value and after an unquoted colon. */
function expandsTilde(text: string, at: number): boolean {
  let before = at;
  while (text.startsWith('\\\n', before - 2)) before -= 2;
  const previous = text.charAt(before - 1);
  return previous === '=' || previous === ':';
}

type DoubleQuoted = {
  readonly end: number;
  readonly value: string;
  readonly expansions: readonly Expansion[];
};

function readDoubleQuoted(text: string, start: number): DoubleQuoted | Stop {
  let at = start + 1;
  let value = '';
  const expansions: Expansion[] = [];
  for (;;) {
    const character = text.charAt(at);
    if (character === '') {
      return { at: start, fault: 'quote', reason: 'this quote is never closed' };
    }
    if (character === '"') return { end: at + 1, value, expansions };
    if (character === '\\') {
      const next = text.charAt(at + 1);
      at += 2;
      if (next === '\n') continue;
      value += ['$', '`', '"', '\\'].includes(next) ? next : `\\${next}`;
    } else if (character === '$' || character === '`') {
      const expansion = readExpansion(text, at, true, skipDoubleQuoted);
      if (expansion === undefined) {
        value += character;
        at++;
      } else if ('reason' in expansion) {
        return expansion;
      } else {
        expansions.push(expansion);
        at = expansion.end;
      }
    } else {
      value += character;
      at++;
    }
  }
}

function skipDoubleQuoted(text: string, start: number): number | Stop {
  const inner = readDoubleQuoted(text, start);
  return 'reason' in inner ? inner : inner.end;
}
