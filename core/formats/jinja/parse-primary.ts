/** Operands: names, literals, and what stands in brackets. */
import { parseExpressionOf, parseTuple } from './parse-expression.ts';
import { readStringLiteral } from './string-literal.ts';
import { shortened, type TokenReader } from './token-reader.ts';
import type { DictExpression, ErrorExpression, Expression, SequenceExpression } from './tree.ts';

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

/** A name, a literal, or what stands in brackets. */
export function parsePrimary(reader: TokenReader): Expression {
  const { current } = reader;
  const { type, text, start, end } = current;
  switch (type) {
    case 'name': {
      reader.take();
      const value = CONSTANTS.get(text);
      return value === undefined
        ? { kind: 'name', name: text, start, end }
        : { kind: 'literal', value, start, end };
    }
    case 'string':
      return parseStrings(reader);
    case 'integer':
    case 'float':
      reader.take();
      return { kind: 'literal', value: Number(text.replaceAll('_', '')), start, end };
    case 'operator':
      if (text === '(') return parseParentheses(reader);
      if (text === '[') return parseList(reader);
      if (text === '{') return parseDict(reader);
      return failAtOperator(reader);
    case 'end':
      return reader.fail('missing', 'An expression is missing here.');
  }
}

/** Fails where an operand should stand; says so of operators of other languages. */
export function failAtOperator(reader: TokenReader): ErrorExpression {
  const { text, start, end } = reader.current;
  if (text === '|' && reader.next.text !== '|') {
    const before = reader.tokens.find((token) => token.end === start);
    if (before?.text === '|') {
      const range = { start: before.start, end };
      return reader.fail('unexpected', 'Jinja2 writes “or” for “||”.', range, {
        ...range,
        newText: 'or',
      });
    }
  }
  if (text === '=') {
    const before = reader.tokens.find((token) => token.end === start);
    if (before?.text === '==') {
      const range = { start: before.start, end };
      return reader.fail('unexpected', 'Jinja2 compares with “==”.', range, {
        ...range,
        newText: '==',
      });
    }
  }
  return reader.fail('unexpected', `An expression is expected here, not “${shortened(text)}”.`);
}

/** Strings that follow each other are one. */
function parseStrings(reader: TokenReader): Expression {
  const { start } = reader.current;
  let value = '';
  while (reader.current.type === 'string') {
    const token = reader.current;
    const read = readStringLiteral(token.text);
    if (read.fault !== undefined) {
      const range = { start: token.start + read.fault.start, end: token.start + read.fault.end };
      return reader.fail(
        'unexpected',
        'Python does not know this escape: write a backslash twice to mean one.',
        range,
      );
    }
    reader.take();
    value += read.value;
  }
  return { kind: 'literal', value, ...reader.since(start) };
}

function parseParentheses(reader: TokenReader): Expression {
  const { start } = reader.take();
  const inner = parseTuple(reader, { inParentheses: true });
  failAtComprehension(reader);
  reader.expectOperator(')');
  return inner.kind === 'tuple' && inner.start > start
    ? { ...inner, ...reader.since(start) }
    : inner;
}

function parseList(reader: TokenReader): SequenceExpression {
  const { start } = reader.take();
  const items: Expression[] = [];
  while (!reader.isAtEnd() && !reader.isOperator(']')) {
    if (items.length > 0) {
      failAtComprehension(reader);
      reader.expectOperator(',', `“,” or “]” is expected here${reader.found()}.`);
      if (reader.isOperator(']') || reader.isAtEnd()) break;
    }
    items.push(parseExpressionOf(reader));
  }
  reader.expectOperator(']');
  return { kind: 'list', items, ...reader.since(start) };
}

/** Fails at `[a for a in b]`. */
export function failAtComprehension(reader: TokenReader): void {
  if (!reader.isName('for')) return;
  reader.fail(
    'unexpected',
    'Jinja2 has no comprehensions: use the filters map, select, selectattr.',
  );
}

function parseDict(reader: TokenReader): DictExpression {
  const { start } = reader.take();
  const pairs: { key: Expression; value: Expression }[] = [];
  while (!reader.isAtEnd() && !reader.isOperator('}')) {
    if (pairs.length > 0) {
      failAtComprehension(reader);
      reader.expectOperator(',', `“,” or “}” is expected here${reader.found()}.`);
      if (reader.isOperator('}') || reader.isAtEnd()) break;
    }
    const key = parseExpressionOf(reader);
    reader.expectOperator(':', `“:” and a value are expected here${reader.found()}.`);
    if (reader.fault !== undefined) break;
    pairs.push({ key, value: parseExpressionOf(reader) });
  }
  reader.expectOperator('}');
  return { kind: 'dict', pairs, ...reader.since(start) };
}
