import type { InventoryRule } from '../inventory-rule.ts';

/** Ansible warns of these; a group's name is used as a variable's in templates. */
export const inventoryNames: InventoryRule = {
  code: 'inventory-names',
  *check({ groups, hosts }) {
    const told = new Set<string>();
    const named = new Map(groups.map((group) => [group.name, group]));
    for (const { name, range } of groups) {
      if (told.has(name) || /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) continue;
      told.add(name);
      yield {
        start: range.start,
        end: range.end,
        message: `A group’s name has letters, digits and “_” only, and begins with no digit; Ansible warns of ${name}.`,
      };
    }
    for (const { pattern, range } of hosts) {
      if (!named.has(pattern) || told.has(pattern)) continue;
      told.add(pattern);
      yield {
        start: range.start,
        end: range.end,
        message: `${pattern} is a group and a host: a pattern with that name means both.`,
      };
    }
  },
};
