/**
 * Expressions, as Jinja2's parser reads them, down to its peculiarities: `a is b c` takes `c` as
 * the argument of the test `b`, any word may be a name, unary minus binds before filters.
 */
import { parseFilters, parsePostfix } from './parse-postfix.ts';
import { parsePrimary } from './parse-primary.ts';
import type { TokenReader } from './token-reader.ts';
import type { ErrorExpression, Expression, Identifier, Operand } from './tree.ts';

export type TupleRules = {
  /** `for a in b if c`: the `if` belongs to the loop. */
  readonly withoutCondition?: boolean;
  /** A word that ends the tuple after a comma. */
  readonly endsAt?: string;
  /** `()` is a tuple, nothing is not. */
  readonly inParentheses?: boolean;
};

/** One expression, with `a if b else c`. */
export function parseExpressionOf(reader: TokenReader): Expression {
  return reader.nested(() => parseConditional(reader), asIs);
}

/** `a`, or the tuple `a, b`. */
export function parseTuple(reader: TokenReader, rules: TupleRules = {}): Expression {
  const { start } = reader.current;
  const parse = rules.withoutCondition === true ? parseOr : parseConditional;
  return reader.nested(() => readTuple(reader, rules, start, () => parse(reader)), asIs);
}

/** The items of a tuple as `parse` reads them. */
export function readTuple(
  reader: TokenReader,
  rules: TupleRules,
  start: number,
  parse: () => Expression,
): Expression {
  const items: Expression[] = [];
  let comma = false;
  do {
    if (items.length > 0) comma = true;
    if (endsTuple(reader, rules)) break;
    items.push(parse());
  } while (reader.skipOperator(','));
  const [only] = items;
  if (only !== undefined && !comma) return only;
  if (items.length === 0 && rules.inParentheses !== true) {
    return reader.fail('missing', `An expression is expected here${reader.found()}.`);
  }
  return { kind: 'tuple', items, ...reader.since(start) };
}

function endsTuple(reader: TokenReader, { endsAt }: TupleRules): boolean {
  return (
    reader.isAtEnd() || reader.isOperator(')') || (endsAt !== undefined && reader.isName(endsAt))
  );
}

function parseConditional(reader: TokenReader): Expression {
  const { start } = reader.current;
  return parseConditions(reader, parseOr(reader), start);
}

/** `a if b if c` is possible; each makes the tree a level deeper. */
function parseConditions(reader: TokenReader, value: Expression, start: number): Expression {
  if (!reader.skipName('if')) return value;
  const condition = parseOr(reader);
  const otherwise = reader.skipName('else') ? parseExpressionOf(reader) : undefined;
  const conditional: Expression = {
    kind: 'conditional',
    value,
    condition,
    ...(otherwise === undefined ? {} : { otherwise }),
    ...reader.since(start),
  };
  return reader.nested(() => parseConditions(reader, conditional, start), asIs);
}

function parseOr(reader: TokenReader): Expression {
  return parseLogical(reader, 'or', () => parseLogical(reader, 'and', () => parseNot(reader)));
}

function parseLogical(
  reader: TokenReader,
  operator: 'and' | 'or',
  parse: () => Expression,
): Expression {
  const { start } = reader.current;
  const first = parse();
  if (!reader.isName(operator)) return first;
  const operands = [first];
  while (reader.skipName(operator)) operands.push(parse());
  return { kind: 'logical', operator, operands, ...reader.since(start) };
}

function parseNot(reader: TokenReader): Expression {
  if (!reader.isName('not')) return parseCompare(reader);
  const { start } = reader.take();
  const operand = reader.nested(() => parseNot(reader), asIs);
  return { kind: 'unary', operator: 'not', operand, ...reader.since(start) };
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

function parseCompare(reader: TokenReader): Expression {
  const { start } = reader.current;
  const first = parseArithmetic(reader, 0);
  const rest: Operand[] = [];
  for (;;) {
    const operator = takeComparison(reader);
    if (operator === undefined) break;
    rest.push({ operator, operand: parseArithmetic(reader, 0) });
  }
  return rest.length === 0 ? first : { kind: 'compare', first, rest, ...reader.since(start) };
}

function takeComparison(reader: TokenReader): Identifier | undefined {
  const { current, next } = reader;
  if (current.type === 'operator' && COMPARISONS.has(current.text)) {
    reader.take();
    return { name: current.text, start: current.start, end: current.end };
  }
  if (reader.skipName('in')) return { name: 'in', start: current.start, end: current.end };
  if (reader.isName('not') && next.type === 'name' && next.text === 'in') {
    reader.take();
    reader.take();
    return { name: 'not in', start: current.start, end: next.end };
  }
  return undefined;
}

/** From the weakest; `~` binds stronger than `+`, as in Jinja2. */
const ARITHMETIC: readonly ReadonlySet<string>[] = [
  new Set(['+', '-']),
  new Set(['~']),
  new Set(['*', '/', '//', '%']),
  new Set(['**']),
];

function parseArithmetic(reader: TokenReader, level: number): Expression {
  const operators = ARITHMETIC[level];
  if (operators === undefined) return parseUnary(reader, true);
  const { start } = reader.current;
  const first = parseArithmetic(reader, level + 1);
  const rest: Operand[] = [];
  for (;;) {
    const { type, text, start: from, end } = reader.current;
    if (type !== 'operator' || !operators.has(text)) break;
    reader.take();
    const operator = { name: text, start: from, end };
    rest.push({ operator, operand: parseArithmetic(reader, level + 1) });
  }
  return rest.length === 0 ? first : { kind: 'arithmetic', first, rest, ...reader.since(start) };
}

function parseUnary(reader: TokenReader, withFilters: boolean): Expression {
  const { start, text } = reader.current;
  let expression: Expression;
  if (reader.isOperator('-') || reader.isOperator('+')) {
    reader.take();
    const operand = reader.nested(() => parseUnary(reader, false), asIs);
    const operator = text === '-' ? '-' : '+';
    expression = { kind: 'unary', operator, operand, ...reader.since(start) };
  } else {
    expression = parsePrimary(reader);
  }
  expression = parsePostfix(reader, expression, start);
  return withFilters ? parseFilters(reader, expression, start) : expression;
}

function asIs(error: ErrorExpression): Expression {
  return error;
}
