/**
 * Conditions on installer options, as the option tables write them: `a=b`, `a!=b`, `a~b` (contains),
 * a bare name (is set to something).
 */
export type Condition =
  | {
      readonly kind: 'equals' | 'differs' | 'contains';
      readonly name: string;
      readonly value: string;
    }
  | { readonly kind: 'set'; readonly name: string };

const KINDS = { '=': 'equals', '!=': 'differs', '~': 'contains' } as const;

/** Throws a TypeError for what is no condition: the tables are ours. */
export function parseCondition(text: string): Condition {
  const match = /^([a-z][a-z0-9_]*)(?:(!=|=|~)(\S+))?$/.exec(text);
  const [, name, operator, value] = match ?? [];
  if (name === undefined) throw new TypeError(`“${text}” is no condition.`);
  if (operator === undefined || value === undefined) return { kind: 'set', name };
  if (operator !== '=' && operator !== '!=' && operator !== '~') {
    throw new TypeError(`“${text}” is no condition.`);
  }
  return { kind: KINDS[operator], name, value };
}

/** As a person writes it. */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'equals':
      return `${condition.name}=${condition.value}`;
    case 'differs':
      return `${condition.name} other than ${condition.value}`;
    case 'contains':
      return `${condition.name} with ${condition.value} in it`;
    case 'set':
      return condition.name;
  }
}

/**
 * Whether it holds, `valueOf` giving the value in force ('' for none, undefined for unknown);
 * undefined where that depends on an unknown value.
 */
export function holds(
  condition: Condition,
  valueOf: (name: string) => string | undefined,
): boolean | undefined {
  const value = valueOf(condition.name);
  if (value === undefined) return undefined;
  switch (condition.kind) {
    case 'equals':
      return value === condition.value;
    case 'differs':
      return value !== condition.value;
    case 'contains':
      return value.includes(condition.value);
    case 'set':
      return value !== '';
  }
}
