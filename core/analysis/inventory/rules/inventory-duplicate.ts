import type { InventoryFacts } from '../facts.ts';
import type { HostEntry, Repeated, VariableEntry } from '../entries.ts';
import type { Draft } from '../../rule.ts';
import type { InventoryRule } from '../inventory-rule.ts';

/** In YAML the later of two equal names replaces the earlier one, with all below it. */
export const inventoryDuplicate: InventoryRule = {
  code: 'inventory-duplicate',
  *check(facts) {
    for (const each of facts.repeated) yield ofRepeated(each, facts.format);
    yield* ofVariables(facts);
  },
};

function ofRepeated(
  { start, end, what, name, earlier }: Repeated,
  format: InventoryFacts['format'],
): Draft {
  const lost =
    what === 'variable'
      ? 'the later value counts'
      : format === 'yaml'
        ? 'this one replaces the first, with everything below it'
        : 'once would do';
  return {
    start,
    end,
    message: `${name} is here twice: ${lost}.`,
    related: [{ start: earlier.start, end: earlier.end, message: 'the first' }],
  };
}

/** A host that two groups name, each with another value of one variable. */
function* ofVariables({ variables }: InventoryFacts): Iterable<Draft> {
  const values = new Map<string, VariableEntry>();
  for (const variable of variables) {
    const { owner, name, nameRange, text } = variable;
    if (owner.kind !== 'host') continue;
    const earlier = firstOf(values, owner, name);
    if (earlier === undefined) {
      for (const host of owner.hosts) values.set(`${host}\0${name}`, variable);
    } else if (earlier.owner !== owner && earlier.text !== text && isSame(earlier.owner, owner)) {
      yield {
        start: nameRange.start,
        end: nameRange.end,
        message: `${owner.pattern} has another ${name} further up: the later value counts.`,
        related: [{ ...earlier.nameRange, message: 'the first' }],
      };
    }
  }
}

function firstOf(
  values: ReadonlyMap<string, VariableEntry>,
  { hosts }: HostEntry,
  name: string,
): VariableEntry | undefined {
  for (const host of hosts) {
    const found = values.get(`${host}\0${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A range for many and a line for one of them is a way to say “but this one”. */
function isSame(a: VariableEntry['owner'], b: HostEntry): boolean {
  return a.kind === 'host' && a.pattern === b.pattern && a.group !== b.group;
}
