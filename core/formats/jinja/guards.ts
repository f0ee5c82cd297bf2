/** Which variables must be defined for a condition to be true, or to be false. */
import { inputOf, type Expression } from './tree.ts';

/** The names that are certainly defined where the expression turned out true (or false). */
export function namesDefinedWhen(expression: Expression, outcome: boolean): ReadonlySet<string> {
  switch (expression.kind) {
    case 'unary':
      return expression.operator === 'not' ? namesDefinedWhen(expression.operand, !outcome) : NONE;
    case 'logical': {
      const each = expression.operands.map((operand) => namesDefinedWhen(operand, outcome));
      // True of “and” means all of them are true; false of “or” that all are false.
      return (expression.operator === 'and') === outcome ? union(each) : intersection(each);
    }
    case 'test': {
      const positive = outcome !== expression.negated;
      const asked = expression.test.name;
      const defined = positive ? asked === 'defined' : asked === 'undefined';
      return defined ? rootName(expression.input) : NONE;
    }
    case 'filter':
      // Of a variable that is not defined, `default(false)` is not true.
      return outcome && isDefault(expression.filter.name) && !defaultIsTrue(expression)
        ? rootName(expression)
        : NONE;
    case 'conditional':
      return NONE;
    default:
      return NONE;
  }
}

/** Names of the filter that stands in for what is not defined. */
export function isDefault(filter: string): boolean {
  return filter === 'default' || filter === 'd';
}

/** Names of the tests that ask whether something is defined. */
export function isDefinedTest(test: string): boolean {
  return test === 'defined' || test === 'undefined';
}

function defaultIsTrue({ arguments: args }: Expression & { readonly kind: 'filter' }): boolean {
  const value = args.find(
    (argument) => argument.kind === 'positional' || argument.keyword?.name === 'default_value',
  )?.value;
  if (value === undefined) return args.length > 0;
  switch (value.kind) {
    case 'literal':
      return Boolean(value.value);
    case 'list':
    case 'tuple':
      return value.items.length > 0;
    case 'dict':
      return value.pairs.length > 0;
    default:
      return true;
  }
}

/** The variable that the expression takes something of: `a` in `a.b[0] | first`. */
function rootName(expression: Expression): ReadonlySet<string> {
  let root: Expression | undefined = expression;
  for (let inner = inputOf(root); inner !== undefined; inner = inputOf(inner)) root = inner;
  return root.kind === 'name' ? new Set([root.name]) : NONE;
}

const NONE: ReadonlySet<string> = new Set();

function union(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  return new Set(sets.flatMap((set) => [...set]));
}

function intersection(sets: readonly ReadonlySet<string>[]): ReadonlySet<string> {
  const [first = NONE, ...others] = sets;
  return new Set([...first].filter((name) => others.every((set) => set.has(name))));
}
