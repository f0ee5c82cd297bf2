import type { InventoryRule } from '../inventory-rule.ts';

export const inventoryGroupLoop: InventoryRule = {
  code: 'inventory-group-loop',
  *check({ groups }, { children = [] }) {
    const below = new Map<string, Set<string>>();
    const add = (group: string, child: string): void => {
      below.set(group, (below.get(group) ?? new Set()).add(child));
    };
    for (const { group, child } of children) add(group, child);
    for (const { name, parent, range } of groups) {
      if (parent === undefined) continue;
      const way = wayFrom(name, parent, below);
      if (way === undefined) {
        add(parent, name);
        continue;
      }
      yield {
        start: range.start,
        end: range.end,
        message:
          name === parent
            ? `The group ${name} contains itself.`
            : `The group ${parent} is itself within ${name} (${way.join(' → ')}): groups can’t contain each other.`,
      };
    }
  },
};

/** How `to` is reached from `from`, both included. */
function wayFrom(
  from: string,
  to: string,
  below: ReadonlyMap<string, ReadonlySet<string>>,
): string[] | undefined {
  const ways: string[][] = [[from]];
  const seen = new Set<string>();
  for (const way of ways) {
    const last = way.at(-1) ?? from;
    if (last === to) return way;
    if (seen.has(last)) continue;
    seen.add(last);
    for (const child of below.get(last) ?? []) ways.push([...way, child]);
  }
  return undefined;
}
