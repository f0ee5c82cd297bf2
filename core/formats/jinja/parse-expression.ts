/**
 * Expressions, as Jinja2's parser reads them, down to its peculiarities: `a is b c` takes `c` as
 * the argument of the test `b`, any word may be a name, unary minus binds before filters.
 */
import { readStringLiteral } from './string-literal.ts';
import type { Token } from './token.ts';
import { shortened, type TokenReader } from './token-reader.ts';
import type {
  Argument,
  DictExpression,
  ErrorExpression,
  Expression,
  Identifier,
  Operand,
  SequenceExpression,
} from './tree.ts';

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

function failAtOperator(reader: TokenReader): ErrorExpression {
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

function failAtComprehension(reader: TokenReader): void {
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

/** `.attribute`, `[index]` and `(arguments)`. */
export function parsePostfix(reader: TokenReader, first: Expression, start: number): Expression {
  let expression = first;
  for (;;) {
    if (reader.isOperator('.')) expression = parseAttribute(reader, expression, start);
    else if (reader.isOperator('[')) expression = parseSubscript(reader, expression, start);
    else if (reader.isOperator('(')) expression = parseCall(reader, expression, start);
    else return expression;
  }
}

function parseAttribute(reader: TokenReader, object: Expression, from: number): Expression {
  reader.take();
  const { type, text, start, end } = reader.current;
  if (type === 'integer') {
    reader.take();
    const index: Expression = { kind: 'literal', value: Number(text), start, end };
    return { kind: 'subscript', object, index, ...reader.since(from) };
  }
  const attribute = reader.expectIdentifier('The name of an attribute') ?? {
    name: '',
    ...empty(reader),
  };
  return { kind: 'attribute', object, attribute, ...reader.since(from) };
}

function empty(reader: TokenReader): { start: number; end: number } {
  const { end } = reader.since(Infinity);
  return { start: end, end };
}

function parseSubscript(reader: TokenReader, object: Expression, start: number): Expression {
  const opening = reader.take();
  const indices: Expression[] = [];
  while (!reader.isAtEnd() && !reader.isOperator(']')) {
    if (indices.length > 0) reader.expectOperator(',', `“]” is expected here${reader.found()}.`);
    if (reader.fault !== undefined) break;
    indices.push(parseIndex(reader));
  }
  const inner = reader.since(opening.end);
  reader.expectOperator(']');
  const [only] = indices;
  const index: Expression =
    only !== undefined && indices.length === 1 ? only : { kind: 'tuple', items: indices, ...inner };
  return { kind: 'subscript', object, index, ...reader.since(start) };
}

function parseIndex(reader: TokenReader): Expression {
  const { start } = reader.current;
  const bound = (): Expression | undefined =>
    reader.isOperator(':') || reader.isOperator(']') || reader.isOperator(',') || reader.isAtEnd()
      ? undefined
      : parseExpressionOf(reader);
  const from = reader.isOperator(':') ? undefined : parseExpressionOf(reader);
  if (!reader.isOperator(':')) {
    return from ?? { kind: 'error', ...reader.since(start) };
  }
  reader.take();
  const to = bound();
  const step = reader.skipOperator(':') ? bound() : undefined;
  return {
    kind: 'slice',
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(step === undefined ? {} : { step }),
    ...reader.since(start),
  };
}

function parseCall(reader: TokenReader, callee: Expression, start: number): Expression {
  const args = parseArguments(reader);
  return { kind: 'call', callee, arguments: args, ...reader.since(start) };
}

function parseArguments(reader: TokenReader): Argument[] {
  reader.take();
  const args: Argument[] = [];
  while (!reader.isAtEnd() && !reader.isOperator(')')) {
    if (args.length > 0) {
      failAtComprehension(reader);
      reader.expectOperator(',', `“,” or “)” is expected here${reader.found()}.`);
      if (reader.isOperator(')') || reader.isAtEnd()) break;
    }
    args.push(parseArgument(reader, args));
  }
  reader.expectOperator(')');
  return args;
}

function parseArgument(reader: TokenReader, before: readonly Argument[]): Argument {
  const { current, next } = reader;
  const { start, end } = current;
  const has = (...kinds: Argument['kind'][]): boolean =>
    before.some((argument) => kinds.includes(argument.kind));
  if (reader.isOperator('*')) {
    if (has('spread', 'keywordSpread')) {
      reader.fail('unexpected', 'Only one “*” is possible, and none after “**”.');
    }
    reader.take();
    const value = parseExpressionOf(reader);
    return { kind: 'spread', value, ...reader.since(start) };
  }
  if (reader.isOperator('**')) {
    if (has('keywordSpread')) reader.fail('unexpected', 'Only one “**” is possible.');
    reader.take();
    const value = parseExpressionOf(reader);
    return { kind: 'keywordSpread', value, ...reader.since(start) };
  }
  if (current.type === 'name' && next.type === 'operator' && next.text === '=') {
    if (has('keywordSpread')) reader.fail('unexpected', 'Nothing may follow “**”.');
    reader.take();
    reader.take();
    const keyword = { name: current.text, start, end };
    const value = parseExpressionOf(reader);
    return { kind: 'keyword', keyword, value, ...reader.since(start) };
  }
  if (has('keyword', 'spread', 'keywordSpread')) {
    reader.fail('unexpected', 'An argument without a name must stand before those with names.');
  }
  const value = parseExpressionOf(reader);
  return { kind: 'positional', value, ...reader.since(start) };
}

function parseFilters(reader: TokenReader, first: Expression, start: number): Expression {
  let expression = first;
  for (;;) {
    if (reader.isOperator('|')) {
      reader.take();
      expression = parseFilter(reader, expression, start);
    } else if (reader.isName('is')) expression = parseTest(reader, expression, start);
    else if (reader.isOperator('(')) expression = parseCall(reader, expression, start);
    else return expression;
  }
}

/** `upper | indent(2)`, of `input` or of a body. */
export function parseFilterChain(reader: TokenReader): Expression {
  const { start } = reader.current;
  let filter = parseFilter(reader, undefined, start);
  while (reader.skipOperator('|')) filter = parseFilter(reader, filter, start);
  return filter;
}

function parseFilter(
  reader: TokenReader,
  input: Expression | undefined,
  start: number,
): Expression {
  if (reader.isOperator('|')) failAtOperator(reader);
  const filter = parseDottedName(reader, 'The name of a filter');
  const args = reader.isOperator('(') ? parseArguments(reader) : [];
  return {
    kind: 'filter',
    ...(input === undefined ? {} : { input }),
    filter,
    arguments: args,
    ...reader.since(start),
  };
}

function parseDottedName(reader: TokenReader, what: string): Identifier {
  const first = reader.expectIdentifier(what);
  if (first === undefined) return { name: '', ...empty(reader) };
  let { name, end } = first;
  while (reader.skipOperator('.')) {
    const part = reader.expectIdentifier(what);
    if (part === undefined) break;
    name += `.${part.name}`;
    end = part.end;
  }
  return { name, start: first.start, end };
}

const NO_ARGUMENT: ReadonlySet<string> = new Set(['else', 'or', 'and']);

function parseTest(reader: TokenReader, input: Expression, start: number): Expression {
  reader.take();
  const negated = reader.skipName('not');
  const test = parseDottedName(reader, 'The name of a test');
  const args = parseTestArguments(reader);
  return { kind: 'test', input, negated, test, arguments: args, ...reader.since(start) };
}

function parseTestArguments(reader: TokenReader): Argument[] {
  if (reader.isOperator('(')) return parseArguments(reader);
  const { type, text, start, end } = reader.current;
  const begins =
    type === 'operator' ? text === '[' || text === '{' : type !== 'end' && !NO_ARGUMENT.has(text);
  if (!begins) return [];
  if (reader.isName('is')) {
    reader.fail('unexpected', 'Tests can’t be chained: write “and” between them.');
    return [];
  }
  if (type === 'name' && TAKEN_BY_TESTS.has(text) && beginsOperand(reader.next)) {
    reader.fail(
      'unexpected',
      `Jinja2 takes “${text}” for an argument of the test: put the test into parentheses.`,
      { start, end },
    );
    return [];
  }
  const value = parsePostfix(reader, parsePrimary(reader), start);
  return [{ kind: 'positional', value, ...reader.since(start) }];
}

const TAKEN_BY_TESTS: ReadonlySet<string> = new Set(['if', 'in', 'not']);
/** Words that may follow an expression. */
const FOLLOWS: ReadonlySet<string> = new Set(
  'and or not in is if else recursive ignore with without as import'.split(' '),
);

/** True for a word after which an operand that stands before it has no operator. */
function beginsOperand({ type, text }: Token): boolean {
  return type === 'name' ? !FOLLOWS.has(text) : type !== 'operator' && type !== 'end';
}

function asIs(error: ErrorExpression): Expression {
  return error;
}
