/** What the lexer says of the faults in a tag: the cause, and what to write instead. */
import type { SyntaxFault } from './tree.ts';

/** Brackets that open, with those that close them. */
export const OPENERS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** A bracket that is open. */
export type Bracket = { readonly text: string; readonly start: number };

const TYPOGRAPHIC = /[‘’‚‛“”„‟«»]/u;

export function unclosedBracket({ text, start }: Bracket): SyntaxFault {
  return {
    kind: 'unclosed-bracket',
    message: `“${text}” is never closed: “${OPENERS[text] ?? ''}” is missing.`,
    start,
    end: start + 1,
  };
}

export function unclosedString(start: number, quote: string, end: number): SyntaxFault {
  return {
    kind: 'unclosed-string',
    message: `The string that begins here is never closed: ${quote} is missing.`,
    start,
    end: Math.max(end, start + 1),
  };
}

/** A character that Jinja2 has no use for. */
export function strangeCharacter(text: string, start: number, character: string): SyntaxFault {
  const kind = 'unexpected';
  if (text.startsWith('&&', start)) {
    const range = { start, end: start + 2 };
    const correction = { ...range, newText: 'and' };
    return { kind, message: 'Jinja2 writes “and” for “&&”.', ...range, correction };
  }
  const range = { start, end: start + character.length };
  if (character === '!') {
    const correction = { ...range, newText: 'not ' };
    return { kind, message: 'Jinja2 writes “not” for “!”.', ...range, correction };
  }
  const message = TYPOGRAPHIC.test(character)
    ? `“${character}” is a typographic quote: write " or '.`
    : character === '?'
      ? 'Jinja2 has no “?:”: write “b if a else c” for “a ? b : c”.'
      : `“${character}” has no meaning in an expression.`;
  return { kind, message, ...range };
}
