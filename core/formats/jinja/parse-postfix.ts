/** What is applied to an operand: attributes, indices, calls, filters and tests. */
import { parseExpressionOf } from './parse-expression.ts';
import { failAtComprehension, failAtOperator, parsePrimary } from './parse-primary.ts';
import type { Token } from './token.ts';
import type { TokenReader } from './token-reader.ts';
import type { Argument, Expression, Identifier } from './tree.ts';

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
  const { start } = current;
  const isKeyword = current.type === 'name' && next.type === 'operator' && next.text === '=';
  const kind: Argument['kind'] = reader.isOperator('*')
    ? 'spread'
    : reader.isOperator('**')
      ? 'keywordSpread'
      : isKeyword
        ? 'keyword'
        : 'positional';
  const wrong = misplacedArgument(kind, before);
  if (wrong !== undefined) {
    return { kind, value: reader.fail('unexpected', wrong), ...reader.since(start) };
  }
  if (kind !== 'positional') reader.take();
  if (kind !== 'keyword') return { kind, value: parseExpressionOf(reader), ...reader.since(start) };
  reader.take();
  const keyword = { name: current.text, start, end: current.end };
  return { kind, keyword, value: parseExpressionOf(reader), ...reader.since(start) };
}

function misplacedArgument(
  kind: Argument['kind'],
  before: readonly Argument[],
): string | undefined {
  const has = (...kinds: Argument['kind'][]): boolean =>
    before.some((argument) => kinds.includes(argument.kind));
  if (has('keywordSpread')) return 'Nothing may follow “**”.';
  if (kind === 'spread' && has('spread')) return 'Only one “*” is possible.';
  return kind === 'positional' && has('keyword', 'spread')
    ? 'An argument without a name must stand before those with names.'
    : undefined;
}

/** `| filter`, `is test`, and calls of what these give. */
export function parseFilters(reader: TokenReader, first: Expression, start: number): Expression {
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
