/**
 * One word of a shell script, read as bash reads it: quotes, escapes, line continuations. What the
 * shell would compute (variables, commands, arithmetic, `~`) has no value here, only an end.
 */

/** Why a script can't be read any further; `at` is an offset in the text. */
export type Unreadable = { readonly at: number; readonly reason: string };

export type Word = {
  readonly start: number;
  readonly end: number;
  /** What bash makes of it; undefined where that depends on the running shell. */
  readonly value: string | undefined;
  /** True when a quote or a backslash occurs: such a word is never a keyword. */
  readonly quoted: boolean;
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
 * only and ends with one.
 */
export function readWord(text: string, start: number): Word | Unreadable {
  let at = start;
  let value = '';
  let known = true;
  let quoted = false;
  let head: { name: string; append: boolean; valueStart: number } | undefined;
  let headOpen = true;
  let headLength = 0;

  const finish = (): Word => ({
    start,
    end: at,
    value: known ? value : undefined,
    quoted,
    assignment:
      head === undefined
        ? undefined
        : { ...head, value: known ? value.slice(headLength) : undefined },
  });

  for (;;) {
    const character = text.charAt(at);
    if (endsWord(character)) return finish();
    if (character === '\\') {
      const next = text.charAt(at + 1);
      at += 2;
      if (next === '\n') continue;
      value += next;
      quoted = true;
      headOpen = false;
      continue;
    }
    if (character === "'") {
      const close = text.indexOf("'", at + 1);
      if (close === -1) return { at, reason: 'this quote is never closed' };
      value += text.slice(at + 1, close);
      at = close + 1;
      quoted = true;
      headOpen = false;
      continue;
    }
    if (character === '"') {
      const inner = readDoubleQuoted(text, at);
      if ('reason' in inner) return inner;
      value += inner.value;
      known &&= inner.known;
      at = inner.end;
      quoted = true;
      headOpen = false;
      continue;
    }
    if (character === '$' || character === '`') {
      const skipped = skipExpansion(text, at, false);
      if (typeof skipped !== 'number') return skipped;
      if (skipped === at) {
        value += character;
        at++;
      } else {
        known = false;
        at = skipped;
      }
      headOpen = false;
      continue;
    }
    if (headOpen && character === '=') {
      headOpen = false;
      const match = /^([A-Za-z_][A-Za-z0-9_]*)(\+?)$/.exec(value);
      if (match?.[1] !== undefined) {
        head = { name: match[1], append: match[2] === '+', valueStart: at + 1 };
        headLength = value.length + 1;
      }
    }
    if (character === '~' && head !== undefined && expandsTilde(text, at)) known = false;
    value += character;
    at++;
  }
}

/** In an assignment, `~` expands at the beginning of the value and after an unquoted colon. */
function expandsTilde(text: string, at: number): boolean {
  let before = at;
  while (text.startsWith('\\\n', before - 2)) before -= 2;
  const previous = text.charAt(before - 1);
  return previous === '=' || previous === ':';
}

function readDoubleQuoted(
  text: string,
  start: number,
): { readonly end: number; readonly value: string; readonly known: boolean } | Unreadable {
  let at = start + 1;
  let value = '';
  let known = true;
  for (;;) {
    const character = text.charAt(at);
    if (character === '') return { at: start, reason: 'this quote is never closed' };
    if (character === '"') return { end: at + 1, value, known };
    if (character === '\\') {
      const next = text.charAt(at + 1);
      at += 2;
      if (next === '\n') continue;
      value += ['$', '`', '"', '\\'].includes(next) ? next : `\\${next}`;
    } else if (character === '$' || character === '`') {
      const skipped = skipExpansion(text, at, true);
      if (typeof skipped !== 'number') return skipped;
      if (skipped === at) {
        value += character;
        at++;
      } else {
        known = false;
        at = skipped;
      }
    } else {
      value += character;
      at++;
    }
  }
}

/**
 * The offset after the expansion that begins with the `$` or backquote at `at`; `at` itself where
 * that character stands for itself.
 */
function skipExpansion(text: string, at: number, inQuotes: boolean): number | Unreadable {
  if (text.charAt(at) === '`') return skipBackquoted(text, at);
  const next = text.charAt(at + 1);
  if (next === '(' || next === '{' || next === '[') return skipBracketed(text, at, inQuotes);
  if (!inQuotes && next === "'") return skipAnsiQuoted(text, at);
  if (!inQuotes && next === '"') {
    const inner = readDoubleQuoted(text, at + 1);
    return 'reason' in inner ? inner : inner.end;
  }
  // A continuation between $ and what follows is removed by the shell before it looks.
  if (next === '\\' && text.charAt(at + 2) === '\n') return { at, reason: 'a $ before a line end' };
  const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9?$!#*@-])/.exec(text.slice(at + 1, at + 256));
  return name === null ? at : at + 1 + name[0].length;
}

function skipBackquoted(text: string, start: number): number | Unreadable {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '`') return at + 1;
    if (character === '\\') at++;
  }
  return { at: start, reason: 'this backquote is never closed' };
}

/** `$'…'`: its escapes are known to bash alone; only its end matters here. */
function skipAnsiQuoted(text: string, start: number): number | Unreadable {
  for (let at = start + 2; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'") return at + 1;
    if (character === '\\') at++;
  }
  return { at: start, reason: 'this quote is never closed' };
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };

/**
 * `$(…)`, `${…}`, `$[…]`. Gives up on what can hold an unpaired bracket (comments, `case`,
 * here-documents, single quotes inside double ones): rather unread than misread.
 */
function skipBracketed(text: string, start: number, inQuotes: boolean): number | Unreadable {
  const giveUp: Unreadable = { at: start, reason: 'this expansion is too involved to follow' };
  const open: string[] = [CLOSING[text.charAt(start + 1)] ?? ''];
  let at = start + 2;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === open.at(-1)) {
      open.pop();
      at++;
      if (open.length === 0) return at;
    } else if (character === '(' || character === '{' || character === '[') {
      open.push(CLOSING[character] ?? '');
      at++;
    } else if (')}]'.includes(character)) {
      return giveUp;
    } else if (character === '\\') {
      at += 2;
    } else if (character === '"') {
      if (inQuotes) return giveUp;
      const inner = readDoubleQuoted(text, at);
      if ('reason' in inner) return inner;
      at = inner.end;
    } else if (character === "'") {
      const close = text.indexOf("'", at + 1);
      if (inQuotes || close === -1) return giveUp;
      at = close + 1;
    } else if (character === '`' || character === '#' || character === '<') {
      return giveUp;
    } else if (/^case\b/.test(text.slice(at, at + 5)) && open.includes(')')) {
      return giveUp;
    } else {
      at++;
    }
  }
  return { at: start, reason: 'this expansion is never closed' };
}
