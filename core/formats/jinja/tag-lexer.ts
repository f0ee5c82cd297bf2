/**
 * Cuts a tag into words, as Jinja2's lexer does: the closing delimiter counts where no bracket is
 * open. Where Jinja2 would give up, this says why and finds where the tag was meant to end.
 */
import {
  OPENERS,
  strangeCharacter,
  unclosedBracket,
  unclosedString,
  type Bracket,
} from './tag-faults.ts';
import type { Delimiters } from './delimiters.ts';
import type { Tag, Token } from './token.ts';
import type { SyntaxFault } from './tree.ts';

/** The text, and what earlier tags of it have cost: a text full of faults must stay cheap. */
export type LexerState = {
  readonly text: string;
  readonly delimiters: Delimiters;
  /** Characters read inside tags so far, those read twice counted twice. */
  read: number;
  /** From where on a quote is known to be closed nowhere. */
  readonly unclosedQuotes: Map<string, number>;
};

export type TagKind = 'variable' | 'block' | 'bare';

const FLOAT = /(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/y;
const INTEGER =
  /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const ASCII_NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NAME = /[\p{XIDS}_][\p{XIDC}]*/uy;
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/y;
const OPERATORS = new Set(['//', '**', '==', '!=', '>=', '<=']);
const SINGLE = '+-/*%~[](){}><=.:|,;';

/** How far a line is looked at for what was meant. */
const LINE = 400;

/**
 * Reads the tag whose opening delimiter stands at `start`; its words begin at `from`. A bare
 * expression has no delimiters and ends with the text.
 */
export function readTag(state: LexerState, kind: TagKind, start: number, from: number): Tag {
  const reading = new TagReading(state, kind, start, from);
  reading.run();
  const tag = reading.result();
  state.read += tag.range.end - from + reading.wasted(tag);
  return tag;
}

class TagReading {
  readonly state: LexerState;
  readonly text: string;
  readonly kind: TagKind;
  readonly start: number;
  readonly from: number;
  readonly close: string;
  readonly tokens: Token[] = [];
  readonly brackets: Bracket[] = [];
  lastClosed: Bracket | undefined;
  position: number;
  fault: SyntaxFault | undefined;
  /** Where the fault was noticed: behind its cause. */
  noticed = 0;
  /** Where the words end, and where the tag does. */
  ended: { contents: number; end: number } | undefined;

  constructor(state: LexerState, kind: TagKind, start: number, from: number) {
    const { blockEnd, variableEnd } = state.delimiters;
    this.state = state;
    this.text = state.text;
    this.kind = kind;
    this.start = start;
    this.from = from;
    this.close = kind === 'block' ? blockEnd : kind === 'variable' ? variableEnd : '\0';
    this.position = from;
  }

  /** Characters read beyond the tag's end. */
  wasted(tag: Tag): number {
    return Math.max(0, this.position - tag.range.end);
  }

  run(): void {
    while (this.ended === undefined && this.position < this.text.length) this.step();
  }

  result(): Tag {
    const { text, kind, start } = this;
    if (kind === 'bare') {
      const end = this.ended?.end ?? text.length;
      const bracket = this.ended === undefined ? this.brackets.at(-1) : undefined;
      if (bracket !== undefined) this.note(unclosedBracket(bracket));
      return this.tag(end, end);
    }
    const blamed =
      this.ended === undefined || this.fault !== undefined ? this.runawayString() : undefined;
    if (blamed !== undefined) {
      this.fault = blamed.fault;
      return this.tag(blamed.contents, blamed.contents + this.close.length);
    }
    if (this.ended !== undefined) return this.tag(this.ended.contents, this.ended.end);
    const end = this.endOfLine();
    if (this.fault === undefined || this.fault.start >= end) {
      const bracket = this.brackets.find((each) => each.start < end);
      const opening = text.slice(start, this.from);
      this.fault = {
        kind: 'unclosed-tag',
        message: `“${opening}” is never closed: “${this.close}” is missing.`,
        start,
        end: this.from,
      };
      if (bracket === undefined) this.correctAt(end, ` ${this.close}`);
    }
    return this.tag(end, end);
  }

  private tag(contents: number, end: number): Tag {
    const tokens = this.tokens.filter((token) => token.end <= contents);
    tokens.push({ type: 'end', text: '', start: contents, end: contents });
    const range = { start: this.start, end };
    return this.fault === undefined ? { tokens, range } : { tokens, range, fault: this.fault };
  }

  /** A string that swallowed the closing delimiter: that is where the fault began. */
  private runawayString(): { fault: SyntaxFault; contents: number } | undefined {
    for (const token of this.tokens) {
      if (token.type !== 'string') continue;
      if (this.fault !== undefined && token.start > this.noticed) return undefined;
      const at = token.text.indexOf(this.close);
      if (at === -1) continue;
      const contents = token.start + at;
      const end = token.start + token.text.slice(0, at).trimEnd().length;
      return { fault: unclosedString(token.start, token.text.charAt(0), end), contents };
    }
    return undefined;
  }

  /** Where a tag that is never closed is taken to end: at the end of its first line of words. */
  private endOfLine(): number {
    const first = this.tokens[0]?.start ?? this.from;
    const lineFeed = this.text.indexOf('\n', first);
    let end = lineFeed === -1 ? this.text.length : lineFeed;
    while (end > this.from && /\s/.test(this.text.charAt(end - 1))) end--;
    return end;
  }

  private correctAt(offset: number, newText: string): void {
    if (this.fault === undefined) return;
    this.fault = { ...this.fault, correction: { start: offset, end: offset, newText } };
  }

  /** Only the first fault of a tag counts: the others follow from it, as a rule. */
  private note(fault: SyntaxFault): void {
    if (this.fault !== undefined) return;
    this.fault = fault;
    this.noticed = this.position;
  }

  private step(): void {
    const { text, position } = this;
    if (this.closesHere()) return;
    const character = text.charAt(position);
    if (this.opensAnother(character)) return;
    if (isDigit(character) && this.match(FLOAT, 'float', true)) return;
    if (isDigit(character) && this.match(INTEGER, 'integer', false)) return;
    if (character === '"' || character === "'") this.readString(character);
    else if (SINGLE.includes(character) || text.startsWith('!=', position)) this.readOperator();
    else if (!this.skipSpace() && !this.readName()) this.refuse();
  }

  private closesHere(): boolean {
    const { text, position, close, kind } = this;
    if (kind === 'bare' || this.brackets.length > 0) return false;
    const character = text.charAt(position);
    const signed = character === '-' || (character === '+' && kind === 'block') ? 1 : 0;
    if (!text.startsWith(close, position + signed)) return false;
    this.endAt(position, position + signed + close.length);
    return true;
  }

  private endAt(contents: number, end: number): void {
    this.ended = { contents, end };
    this.position = end;
  }

  /** `{%` and `{#` can't stand inside a tag, and `{{` never makes sense there. */
  private opensAnother(character: string): boolean {
    const { text, position, start, from, close } = this;
    const { blockStart, variableStart, commentStart } = this.state.delimiters;
    if (character !== '{') return false;
    const opened = [blockStart, variableStart, commentStart].find(
      (each) => each.startsWith('{') && text.startsWith(each, position),
    );
    if (opened === undefined) return false;
    if (this.kind === 'bare' && this.fault !== undefined) {
      this.position += opened.length;
      return true;
    }
    const nested = opened === variableStart && this.closesOnThisLine(position);
    if (this.kind === 'bare' || nested) {
      this.note({
        kind: 'unexpected',
        message: `“${opened}” has no place inside an expression: write the name alone.`,
        start: position,
        end: position + opened.length,
      });
      const inner = text.indexOf(this.state.delimiters.variableEnd, position);
      this.position = inner === -1 ? position + opened.length : inner + 2;
      return true;
    }
    const end = this.tokens.at(-1)?.end ?? from;
    this.note({
      kind: 'unclosed-tag',
      message: `“${text.slice(start, from)}” is never closed: “${close}” is missing.`,
      start,
      end: from,
      ...(this.brackets.length > 0
        ? {}
        : { correction: { start: end, end, newText: ` ${close}` } }),
    });
    this.endAt(end, Math.max(end, from));
    this.position = position;
    return true;
  }

  /** For `{{ a[{{ b }}] }}`: after the end of the inner one comes that of the outer. */
  private closesOnThisLine(position: number): boolean {
    const { text, close } = this;
    const { variableEnd, variableStart, blockStart } = this.state.delimiters;
    const from = position + variableStart.length;
    const [line = ''] = text.slice(from, from + LINE).split('\n', 1);
    const inner = line.indexOf(variableEnd);
    if (inner === -1) return false;
    const after = line.slice(inner + variableEnd.length);
    const outer = after.indexOf(close);
    if (outer === -1) return false;
    const between = after.slice(0, outer);
    return !between.includes(variableStart) && !between.includes(blockStart);
  }

  private match(pattern: RegExp, type: Token['type'], notAfterDot: boolean): boolean {
    if (notAfterDot && this.text.charAt(this.position - 1) === '.') return false;
    pattern.lastIndex = this.position;
    const word = pattern.exec(this.text)?.[0];
    if (word === undefined) return false;
    this.push(type, word);
    return true;
  }

  private push(type: Token['type'], word: string): void {
    const start = this.position;
    this.position += word.length;
    this.tokens.push({ type, text: word, start, end: this.position });
  }

  private skipSpace(): boolean {
    SPACE.lastIndex = this.position;
    if (!SPACE.test(this.text)) return false;
    this.position = SPACE.lastIndex;
    return true;
  }

  private readName(): boolean {
    ASCII_NAME.lastIndex = this.position;
    const ascii = ASCII_NAME.exec(this.text)?.[0] ?? '';
    if (this.text.charCodeAt(this.position + ascii.length) < 128) {
      if (ascii !== '') this.push('name', ascii);
      return ascii !== '';
    }
    return this.match(NAME, 'name', false) || this.pushAscii(ascii);
  }

  private pushAscii(word: string): boolean {
    if (word !== '') this.push('name', word);
    return word !== '';
  }

  private readString(quote: string): void {
    const { state, text, position } = this;
    const end =
      position >= (state.unclosedQuotes.get(quote) ?? Infinity)
        ? undefined
        : endOfString(text, position, quote);
    const exhausted = state.read > 4 * text.length + 1000;
    if (end !== undefined && !(exhausted && text.slice(position, end).includes(this.close))) {
      this.push('string', text.slice(position, end));
      return;
    }
    if (end === undefined) state.unclosedQuotes.set(quote, position);
    const stop = this.endOfOpenString(position);
    this.note(unclosedString(position, quote, stop));
    this.position = Math.max(stop, position + 1);
  }

  /** Where a string without an end is taken to end: before the tag does, or the line. */
  private endOfOpenString(position: number): number {
    const { text } = this;
    const lineFeed = text.indexOf('\n', position);
    const line = text.slice(position, lineFeed === -1 ? text.length : lineFeed);
    const close = this.kind === 'bare' ? -1 : line.indexOf(this.close);
    let stop = position + (close === -1 ? line.length : close);
    while (stop > position + 1 && /[\s)\]}]/.test(text.charAt(stop - 1))) stop--;
    return stop;
  }

  private readOperator(): void {
    const { text, position } = this;
    const double = text.slice(position, position + 2);
    const operator = OPERATORS.has(double) ? double : text.charAt(position);
    if (operator === '%' && this.closesWithOpenBracket()) return;
    if (operator in OPENERS) {
      this.brackets.push({ text: operator, start: position });
    } else if (operator === ')' || operator === ']' || operator === '}') {
      if (!this.closeBracket(operator)) return;
    }
    this.push('operator', operator);
  }

  /** `{% if (a %}`: the word after `%` would have to be an operand, so the bracket is the fault. */
  private closesWithOpenBracket(): boolean {
    const { text, position, close, kind } = this;
    const bracket = this.brackets.at(-1);
    if (kind !== 'block' || bracket === undefined || !text.startsWith(close, position)) {
      return false;
    }
    this.note(unclosedBracket(bracket));
    this.endAt(position, position + close.length);
    return true;
  }

  /** True if the bracket closes the last one that is open. */
  private closeBracket(operator: string): boolean {
    const { text, position, close, kind } = this;
    const open = this.brackets.at(-1);
    if (open !== undefined && OPENERS[open.text] === operator) {
      this.lastClosed = this.brackets.pop();
      return true;
    }
    if (kind !== 'bare' && operator === '}') {
      if (open !== undefined && text.startsWith(close, position)) {
        this.note(unclosedBracket(open));
        this.endAt(position, position + close.length);
        return false;
      }
      const last = this.tokens.at(-1);
      if (last?.text === '}' && last.end === position && text.startsWith(close, position - 1)) {
        this.tokens.pop();
        this.note(unclosedBracket(open ?? this.lastClosed ?? { text: '{', start: last.start }));
        this.endAt(position - 1, position - 1 + close.length);
        return false;
      }
      if (open === undefined) return this.endWrongly();
    }
    this.note({
      kind: 'unexpected',
      message:
        open === undefined
          ? `“${operator}” closes nothing.`
          : `“${operator}” does not close “${open.text}”: “${OPENERS[open.text] ?? ''}” is missing.`,
      start: position,
      end: position + 1,
    });
    const matching = this.brackets.findLastIndex((each) => OPENERS[each.text] === operator);
    if (matching !== -1) this.brackets.length = matching;
    this.position++;
    return false;
  }

  /** `{{ a %}`, `{% if a }}`, `{{ a }`: ended, but not by what began it. */
  private endWrongly(): false {
    const { text, position, close } = this;
    let start = position;
    let end = position + 1;
    if (text.startsWith('}}', position)) end++;
    else if (this.tokens.at(-1)?.text === '%' && this.tokens.at(-1)?.end === position) {
      this.tokens.pop();
      start--;
    }
    this.note({
      kind: 'unclosed-tag',
      message: `“${text.slice(this.start, this.from)}” ends with “${close}”, not with “${text.slice(start, end)}”.`,
      start,
      end,
      correction: { start, end, newText: close },
    });
    this.endAt(start, end);
    return false;
  }

  private refuse(): void {
    const { text, position } = this;
    const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
    const end = position + character.length;
    const fault = strangeCharacter(text, position, character);
    this.note(fault);
    this.position = Math.max(end, fault.end);
  }
}

/** The offset after the closing quote. */
function endOfString(text: string, start: number, quote: string): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === quote) return at + 1;
    if (character === '\\') at++;
  }
  return undefined;
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}
