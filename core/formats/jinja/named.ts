/** Names and strings that are written out in expressions. */
import type { LookupUse } from './reference-types.ts';
import type { CompareExpression, Expression, Identifier } from './tree.ts';

/** The names that an assignment to this binds. */
export function namesIn(target: Expression): Identifier[] {
  if (target.kind === 'name') return [target];
  return target.kind === 'tuple' ? target.items.flatMap(namesIn) : [];
}

/** A string that is written out, with its place; the quotes are a part of that. */
export function textOf(expression: Expression): Identifier | undefined {
  if (expression.kind !== 'literal' || typeof expression.value !== 'string') return undefined;
  return { name: expression.value, start: expression.start, end: expression.end };
}

/** The `b` of `a.b` and of `a['b']`. */
export function entryOf(expression: Expression): Identifier | undefined {
  if (expression.kind === 'attribute') return expression.attribute;
  return expression.kind === 'subscript' ? textOf(expression.index) : undefined;
}

/** `groups.keys()` names no group. */
export function isMethod(applied: readonly Expression[]): boolean {
  return applied[0]?.kind === 'attribute' && applied[1]?.kind === 'call';
}

/** A call of `lookup`, `query` or `q`. */
export function lookupOf(call: Expression & { readonly kind: 'call' }): LookupUse {
  const [first, ...rest] = call.arguments.filter(({ kind }) => kind === 'positional');
  const plugin = first === undefined ? undefined : textOf(first.value);
  const terms = rest.flatMap(({ value }) =>
    (value.kind === 'list' ? value.items : [value]).flatMap((item) => textOf(item) ?? []),
  );
  return {
    start: call.start,
    end: call.end,
    terms,
    arguments: call.arguments,
    ...(plugin === undefined ? {} : { plugin }),
  };
}

/** The group that `'x' in group_names` (or `groups`, or `not in`) asks for, and what it is looked up in. */
export function groupAskedFor({
  first,
  rest,
}: CompareExpression): { readonly group: Identifier; readonly variable: string } | undefined {
  const [only, more] = rest;
  const group = textOf(first);
  if (group === undefined || only === undefined || more !== undefined) return undefined;
  const { operator, operand } = only;
  if (operator.name !== 'in' && operator.name !== 'not in') return undefined;
  return operand.kind === 'name' && (operand.name === 'group_names' || operand.name === 'groups')
    ? { group, variable: operand.name }
    : undefined;
}
