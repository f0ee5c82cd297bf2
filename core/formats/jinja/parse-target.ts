/** What tags assign to. */
import { readTuple } from './parse-expression.ts';
import { parsePrimary } from './parse-primary.ts';
import type { TokenReader } from './token-reader.ts';
import type { Expression, NameExpression } from './tree.ts';

/** The one name that a macro, an argument or an import binds. */
export function parseNameToBind(reader: TokenReader): NameExpression | undefined {
  const { current } = reader;
  const expression = current.type === 'name' ? parsePrimary(reader) : undefined;
  if (expression?.kind === 'name') return expression;
  if (expression === undefined) {
    reader.fail(
      reader.isAtEnd() ? 'missing' : 'unexpected',
      `A name is expected here${reader.found()}.`,
    );
  } else failToAssign(reader, expression);
  return undefined;
}

type TargetRules = { readonly endsAt?: string; readonly withNamespace?: boolean };

/** What is assigned to: a name, a tuple of names, and for `set` an attribute of a namespace. */
export function parseTarget(reader: TokenReader, rules: TargetRules = {}): Expression {
  const { start } = reader.current;
  const attributes = new Set<Expression>();
  const parse = (): Expression => {
    const { start: from } = reader.current;
    const primary = parsePrimary(reader);
    if (rules.withNamespace !== true || primary.kind !== 'name' || from !== primary.start) {
      return primary;
    }
    if (!reader.skipOperator('.')) return primary;
    const attribute = reader.expectIdentifier('The name of an attribute');
    if (attribute === undefined) return primary;
    const expression: Expression = {
      kind: 'attribute',
      object: primary,
      attribute,
      ...reader.since(from),
    };
    attributes.add(expression);
    return expression;
  };
  const target = reader.nested(
    () =>
      readTuple(reader, rules.endsAt === undefined ? {} : { endsAt: rules.endsAt }, start, parse),
    (error): Expression => error,
  );
  const wrong = firstUnassignable(target, attributes);
  if (wrong !== undefined) failToAssign(reader, wrong);
  return target;
}

function firstUnassignable(
  target: Expression,
  attributes: ReadonlySet<Expression>,
): Expression | undefined {
  switch (target.kind) {
    case 'name':
    case 'error':
      return undefined;
    case 'tuple':
      return target.items
        .map((item) => firstUnassignable(item, attributes))
        .find((item) => item !== undefined);
    default:
      return attributes.has(target) ? undefined : target;
  }
}

function failToAssign(reader: TokenReader, { start, end }: Expression): void {
  reader.fail('unexpected', 'Only names can be assigned to.', { start, end });
}
