/** What stands in `{% … %}`: the head of a block, or a statement that is a tag alone. */
import { parseExpressionOf, parseTuple } from './parse-expression.ts';
import { parseFilterChain } from './parse-postfix.ts';
import { parseNameToBind, parseTarget } from './parse-target.ts';
import type { TokenReader } from './token-reader.ts';
import type { BlockHead, Expression, NameExpression, Parameter, SimpleHead } from './tree.ts';

/** A tag as far as it stands alone; `condition` is that of `if`. */
export type TagHead =
  | { readonly opens: true; readonly head: BlockHead; readonly condition?: Expression }
  | { readonly opens: false; readonly head: SimpleHead };

/** The tags that begin something, with those that end it; a tag alone has no end. */
export const END_TAGS: ReadonlyMap<string, string | undefined> = new Map([
  ['if', 'endif'],
  ['for', 'endfor'],
  ['macro', 'endmacro'],
  ['call', 'endcall'],
  ['filter', 'endfilter'],
  ['set', 'endset'],
  ['block', 'endblock'],
  ['with', 'endwith'],
  ['autoescape', 'endautoescape'],
  ['raw', 'endraw'],
  ['extends', undefined],
  ['include', undefined],
  ['import', undefined],
  ['from', undefined],
  ['do', undefined],
  ['print', undefined],
  ['break', undefined],
  ['continue', undefined],
]);

const HEADS: Readonly<Record<string, (reader: TokenReader) => TagHead>> = {
  if: (reader) => opening(reader, { kind: 'if' }, parseTest(reader)),
  for: parseFor,
  macro: parseMacro,
  call: parseCallBlock,
  filter: (reader) => opening(reader, { kind: 'filterBlock', filter: parseFilterChain(reader) }),
  set: parseSet,
  block: parseBlock,
  with: parseWith,
  autoescape: (reader) => opening(reader, { kind: 'autoescape', value: parseExpressionOf(reader) }),
  extends: (reader) => alone({ kind: 'extends', template: parseExpressionOf(reader) }),
  include: parseInclude,
  import: parseImport,
  from: parseFrom,
  do: (reader) => alone({ kind: 'do', expression: parseTuple(reader) }),
  print: parsePrint,
  break: () => alone({ kind: 'break' }),
  continue: () => alone({ kind: 'continue' }),
};

/** Reads what follows the name of the tag; nothing where there is no such tag. */
export function parseTagHead(reader: TokenReader, name: string): TagHead | undefined {
  const parse = Object.hasOwn(HEADS, name) ? HEADS[name] : undefined;
  const head = parse?.(reader);
  if (head !== undefined) expectEnd(reader);
  return head;
}

/** The condition of `if` and `elif`. */
export function parseTest(reader: TokenReader): Expression {
  return parseTuple(reader, { withoutCondition: true });
}

/** Fails where the tag goes on. */
export function expectEnd(reader: TokenReader): void {
  if (reader.isAtEnd()) return;
  const { text, start, end, type } = reader.current;
  if (text === '=' && type === 'operator') {
    const range = { start, end };
    reader.fail('unexpected', '“=” assigns; compare with “==”.', range, {
      ...range,
      newText: '==',
    });
    return;
  }
  const operand = type !== 'operator';
  reader.fail(
    'unexpected',
    operand
      ? `An operator or “${reader.close}” is missing before “${text.slice(0, 40)}”.`
      : `“${reader.close}” is expected here${reader.found()}.`,
  );
}

function opening(reader: TokenReader, head: BlockHead, condition?: Expression): TagHead {
  // As in Python.
  reader.skipOperator(':');
  return { opens: true, head, ...(condition === undefined ? {} : { condition }) };
}

function alone(head: SimpleHead): TagHead {
  return { opens: false, head };
}

function parseFor(reader: TokenReader): TagHead {
  const target = parseTarget(reader, { endsAt: 'in' });
  if (!reader.skipName('in')) {
    reader.fail(
      'missing',
      `A loop is written “for name in list”: “in” is missing${reader.found()}.`,
    );
  }
  const iterable = parseTuple(reader, { withoutCondition: true, endsAt: 'recursive' });
  const condition = reader.skipName('if') ? parseExpressionOf(reader) : undefined;
  const recursive = reader.skipName('recursive');
  return opening(reader, {
    kind: 'for',
    target,
    iterable,
    recursive,
    ...(condition === undefined ? {} : { condition }),
  });
}

function parseMacro(reader: TokenReader): TagHead {
  const name = parseNameToBind(reader);
  const parameters = parseSignature(reader);
  return opening(reader, {
    kind: 'macro',
    parameters,
    ...(name === undefined ? {} : { name }),
  });
}

function parseCallBlock(reader: TokenReader): TagHead {
  const parameters = reader.isOperator('(') ? parseSignature(reader) : [];
  const { start } = reader.current;
  const call = parseExpressionOf(reader);
  if (call.kind !== 'call') {
    reader.fail('unexpected', 'A macro must be called here, as in “call list(hosts)”.', {
      start,
      end: Math.max(start, call.end),
    });
  }
  return opening(reader, { kind: 'call', parameters, call });
}

function parseSignature(reader: TokenReader): Parameter[] {
  reader.expectOperator('(');
  const parameters: Parameter[] = [];
  while (!reader.isAtEnd() && !reader.isOperator(')')) {
    if (parameters.length > 0) reader.expectOperator(',');
    const name = parseNameToBind(reader);
    if (name === undefined) break;
    if (reader.skipOperator('=')) parameters.push({ name, default: parseExpressionOf(reader) });
    else {
      if (parameters.at(-1)?.default !== undefined) {
        reader.fail('unexpected', 'Parameters without a default must stand first.', name);
      }
      parameters.push({ name });
    }
  }
  reader.expectOperator(')');
  return parameters;
}

function parseSet(reader: TokenReader): TagHead {
  const target = parseTarget(reader, { withNamespace: true });
  if (reader.skipOperator('=')) return alone({ kind: 'set', target, value: parseTuple(reader) });
  const filter = reader.skipOperator('|') ? parseFilterChain(reader) : undefined;
  return opening(reader, {
    kind: 'setBlock',
    target,
    ...(filter === undefined ? {} : { filter }),
  });
}

function parseBlock(reader: TokenReader): TagHead {
  const name = reader.expectIdentifier('The name of the block');
  const scoped = reader.skipName('scoped');
  const required = reader.skipName('required');
  if (reader.isOperator('-')) {
    reader.fail('unexpected', 'A block’s name has no hyphens: write an underscore.');
  }
  return opening(reader, {
    kind: 'block',
    scoped,
    required,
    ...(name === undefined ? {} : { name }),
  });
}

function parseWith(reader: TokenReader): TagHead {
  const assignments: { target: Expression; value: Expression }[] = [];
  while (!reader.isAtEnd()) {
    if (assignments.length > 0) reader.expectOperator(',');
    const target = parseTarget(reader);
    reader.expectOperator('=');
    if (reader.fault !== undefined) break;
    assignments.push({ target, value: parseExpressionOf(reader) });
  }
  return opening(reader, { kind: 'with', assignments });
}

function parseInclude(reader: TokenReader): TagHead {
  const template = parseExpressionOf(reader);
  const ignoreMissing = reader.isName('ignore') && reader.next.text === 'missing';
  if (ignoreMissing) {
    reader.take();
    reader.take();
  }
  const withContext = parseContext(reader) ?? true;
  return alone({ kind: 'include', template, ignoreMissing, withContext });
}

function parseImport(reader: TokenReader): TagHead {
  const template = parseExpressionOf(reader);
  if (!reader.skipName('as')) {
    reader.fail('missing', `“as” and a name are expected here${reader.found()}.`);
  }
  const target = parseNameToBind(reader);
  const withContext = parseContext(reader) ?? false;
  return alone({
    kind: 'import',
    template,
    withContext,
    ...(target === undefined ? {} : { target }),
  });
}

function parseFrom(reader: TokenReader): TagHead {
  const template = parseExpressionOf(reader);
  if (!reader.skipName('import')) {
    reader.fail('missing', `“import” and names are expected here${reader.found()}.`);
  }
  const names: { name: NameExpression; alias?: NameExpression }[] = [];
  let context: boolean | undefined;
  do {
    context = parseContext(reader);
    if (context !== undefined) break;
    const name = parseNameToBind(reader);
    if (name === undefined) break;
    if (name.name.startsWith('_')) {
      reader.fail('unexpected', 'Names that begin with “_” can’t be imported.', name);
    }
    const alias = reader.skipName('as') ? parseNameToBind(reader) : undefined;
    names.push({ name, ...(alias === undefined ? {} : { alias }) });
    context = parseContext(reader);
  } while (context === undefined && reader.skipOperator(','));
  return alone({ kind: 'fromImport', template, names, withContext: context ?? false });
}

/** `with context` or `without context`, if one of them stands here. */
function parseContext(reader: TokenReader): boolean | undefined {
  const { text } = reader.current;
  if (!reader.isName('with') && !reader.isName('without')) return undefined;
  if (reader.next.type !== 'name' || reader.next.text !== 'context') return undefined;
  reader.take();
  reader.take();
  return text === 'with';
}

function parsePrint(reader: TokenReader): TagHead {
  const expressions: Expression[] = [];
  while (!reader.isAtEnd()) {
    if (expressions.length > 0) {
      if (!reader.isOperator(',')) break;
      reader.take();
    }
    expressions.push(parseExpressionOf(reader));
  }
  return alone({ kind: 'print', expressions });
}
