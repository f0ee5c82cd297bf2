/** Where the shell's expansions end. What they give is known to the running shell alone. */
import { arePlainCommands } from './plain-commands.ts';
import type { Expansion } from './statement.ts';

/** Why a script can't be read any further. */
export type Stop = {
  readonly at: number;
  readonly fault: 'quote' | 'syntax' | 'shell';
  readonly reason: string;
};

/** Reads a double-quoted string from its first quote; expansion.ts and word.ts need each other. */
export type SkipDoubleQuoted = (text: string, start: number) => number | Stop;

/**
 * The expansion that begins with the `$` or backquote at `at`; undefined where that character
 * stands for itself.
 */
export function readExpansion(
  text: string,
  at: number,
  inQuotes: boolean,
  skipDoubleQuoted: SkipDoubleQuoted,
): Expansion | Stop | undefined {
  const found = (kind: Expansion['kind'], end: number | Stop): Expansion | Stop => {
    if (typeof end !== 'number') return end;
    const written = text.slice(at, end);
    return { kind, start: at, end, text: written, affects: mayAffect(kind, written) };
  };
  if (text.charAt(at) === '`') return found('command', skipBackquoted(text, at));
  const next = text.charAt(at + 1);
  if (next === '(' || next === '{' || next === '[') {
    const end = skipBracketed(text, at, inQuotes, skipDoubleQuoted);
    return found(typeof end === 'number' ? bracketedKind(text.slice(at, end)) : 'command', end);
  }
  if (!inQuotes && next === "'") return found('ansi', skipAnsiQuoted(text, at));
  if (!inQuotes && next === '"') return found('ansi', skipDoubleQuoted(text, at + 1));
  // A continuation between $ and what follows is removed by the shell before it looks.
  if (next === '\\' && text.charAt(at + 2) === '\n') {
    return { at, fault: 'shell', reason: 'a $ before a line end' };
  }
  const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9?$!#*@-])/.exec(text.slice(at + 1, at + 256));
  return name === null ? undefined : found('variable', at + 1 + name[0].length);
}

function bracketedKind(text: string): Expansion['kind'] {
  if (/^\$(?:\(\(|\[)/.test(text)) return 'arithmetic';
  if (text.startsWith('$(')) return 'command';
  return /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(text) ? 'variable' : 'parameter';
}

/** `${x:=…}` and arithmetic assign; `${x:?}`, division by zero and a bad substitution end the shell. */
function mayAffect(kind: Expansion['kind'], text: string): boolean {
  if (kind === 'arithmetic') return true;
  // `$"…"` is read as `"…"` is, and so is what stands in it.
  if (text.startsWith('$"')) return /[$`]/.test(text.slice(2));
  return kind === 'parameter' && !/^\$\{[A-Za-z_][A-Za-z0-9_]*:?[-+][\w.,: /@%-]*\}$/.test(text);
}

function skipBackquoted(text: string, start: number): number | Stop {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '`') return at + 1;
    if (character === '\\') at++;
  }
  return { at: start, fault: 'quote', reason: 'this backquote is never closed' };
}

/** `$'…'`: its escapes are known to bash alone; only its end matters here. */
function skipAnsiQuoted(text: string, start: number): number | Stop {
  for (let at = start + 2; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'") return at + 1;
    if (character === '\\') at++;
  }
  return { at: start, fault: 'quote', reason: 'this quote is never closed' };
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };

/**
 * `$(…)`, `${…}`, `$[…]`. Gives up on what can hold an unpaired bracket (comments, `case`,
 * here-documents, single quotes inside double ones): rather unread than misread.
 */
function skipBracketed(
  text: string,
  start: number,
  inQuotes: boolean,
  skipDoubleQuoted: SkipDoubleQuoted,
): number | Stop {
  const giveUp: Stop = {
    at: start,
    fault: 'shell',
    reason: 'this expansion is too involved to follow',
  };
  const isCommand = text.startsWith('$(', start) && !text.startsWith('$((', start);
  const open: string[] = [CLOSING[text.charAt(start + 1)] ?? ''];
  let at = start + 2;
  while (at < text.length) {
    const character = text.charAt(at);
    if (character === open.at(-1)) {
      open.pop();
      at++;
      if (open.length > 0) continue;
      return isCommand && !arePlainCommands(text.slice(start + 2, at - 1)) ? giveUp : at;
    } else if (character === '(' || character === '{' || character === '[') {
      // `${a{b}` ends at the first brace: only an expansion of its own pairs up in there.
      if (open.at(-1) === '}' && text.charAt(at - 1) !== '$') return giveUp;
      // Commands in there would have to be read too.
      if (character === '(' && text.charAt(at - 1) === '$') return giveUp;
      open.push(CLOSING[character] ?? '');
      at++;
    } else if (')}]'.includes(character)) {
      return giveUp;
    } else if (character === '\\') {
      at += 2;
    } else if (character === '"') {
      if (inQuotes) return giveUp;
      const end = skipDoubleQuoted(text, at);
      if (typeof end !== 'number') return end;
      at = end;
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
  return { at: start, fault: 'shell', reason: 'this expansion is never closed' };
}
