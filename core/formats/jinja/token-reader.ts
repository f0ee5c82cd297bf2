/** Walks over the words of a tag. After a fault it is at the end: whoever reads finishes. */
import type { Token } from './token.ts';
import type { ErrorExpression, Identifier, Range, SyntaxFault } from './tree.ts';

/** Deeper than any template that people write; Python's own stack ends earlier. */
const MAX_DEPTH = 120;

export class TokenReader {
  readonly tokens: readonly Token[];
  readonly last: Token;
  fault: SyntaxFault | undefined;
  /** What ends the tag, for messages. */
  readonly close: string;
  private index = 0;
  private depth = 0;
  /** The end of the last word that was taken. */
  private taken: number;

  constructor(tokens: readonly Token[], close: string, start: number) {
    const last = tokens.at(-1) ?? { type: 'end', text: '', start, end: start };
    this.tokens = tokens;
    this.last = last;
    this.close = close;
    this.taken = tokens[0]?.start ?? start;
  }

  get current(): Token {
    return this.tokens[this.index] ?? this.last;
  }

  get next(): Token {
    return this.tokens[this.index + 1] ?? this.last;
  }

  isAtEnd(): boolean {
    return this.current.type === 'end';
  }

  /** The words that are left, for guesses at what was meant. */
  get rest(): readonly Token[] {
    return this.tokens.slice(this.index);
  }

  take(): Token {
    const token = this.current;
    if (token.type !== 'end') {
      this.index++;
      this.taken = token.end;
    }
    return token;
  }

  isOperator(text: string): boolean {
    return this.current.type === 'operator' && this.current.text === text;
  }

  isName(text: string): boolean {
    return this.current.type === 'name' && this.current.text === text;
  }

  skipOperator(text: string): boolean {
    const found = this.isOperator(text);
    if (found) this.take();
    return found;
  }

  skipName(text: string): boolean {
    const found = this.isName(text);
    if (found) this.take();
    return found;
  }

  /** What was taken since `start`. */
  since(start: number): Range {
    return { start: Math.min(start, this.taken), end: this.taken };
  }

  expectOperator(text: string, message?: string): void {
    if (!this.skipOperator(text)) {
      this.fail('unexpected', message ?? `“${text}” is expected here${this.found()}.`);
    }
  }

  /** A name that is not a variable: a filter's, an attribute's. */
  expectIdentifier(what: string): Identifier | undefined {
    const token = this.current;
    if (token.type === 'name') {
      this.take();
      return { name: token.text, start: token.start, end: token.end };
    }
    this.fail(
      this.isAtEnd() ? 'missing' : 'unexpected',
      `${what} is expected here${this.found()}.`,
    );
    return undefined;
  }

  /** What stands here instead of what was expected. */
  found(): string {
    return this.isAtEnd() ? '' : `, not “${shortened(this.current.text)}”`;
  }

  /** Notes the first fault; it stands at the current word unless `range` says otherwise. */
  fail(
    kind: SyntaxFault['kind'],
    message: string,
    range: Range = this.here(),
    correction?: SyntaxFault['correction'],
  ): ErrorExpression {
    this.fault ??= {
      kind,
      message,
      start: range.start,
      end: range.end,
      ...(correction === undefined ? {} : { correction }),
    };
    const at = this.taken;
    this.index = this.tokens.length;
    return { kind: 'error', start: at, end: at };
  }

  /** The current word; at the end, the last word that was taken. */
  here(): Range {
    const { start, end } = this.current;
    if (!this.isAtEnd()) return { start, end };
    const before = this.tokens[this.index - 1] ?? this.tokens.at(-2);
    return before === undefined ? { start, end } : { start: before.start, end: before.end };
  }

  /** Reads what is nested one level deeper. */
  nested<T>(read: () => T, otherwise: (error: ErrorExpression) => T): T {
    if (this.depth >= MAX_DEPTH) {
      return otherwise(this.fail('too-deep', 'This is nested too deeply.'));
    }
    this.depth++;
    const result = read();
    this.depth--;
    return result;
  }
}

export function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
