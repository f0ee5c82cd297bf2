import { nearest } from '../../../inventory/nearest.ts';
import type { RpiYmlRule } from '../rpi-yml-rule.ts';

/** rpi makes the group when the first Pi is placed in it, so it is no fault; a slip looks the same. */
export const rpiGroup: RpiYmlRule = {
  code: 'rpi-group',
  *check({ values, valueRange }, { groups }) {
    if (groups === undefined || typeof values !== 'object' || values === null) return;
    const rules: unknown = 'groups' in values ? values.groups : undefined;
    if (!Array.isArray(rules)) return;
    for (const [index, rule] of (rules as unknown[]).entries()) {
      if (typeof rule !== 'object' || rule === null || !('group' in rule)) continue;
      const { group } = rule;
      const range = valueRange(['groups', index, 'group']);
      if (typeof group !== 'string' || range === undefined || groups.has(group)) continue;
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(group)) continue; // the schema says so
      const near = nearest(group, [...groups]);
      yield {
        ...range,
        message:
          `No group ${group} is in the inventory yet; rpi makes it with the first Pi that is placed in it.` +
          (near.length === 0 ? '' : ` There is ${near.join(' and ')}.`),
        fixes: near.map((name) => ({ title: `Write ${name}`, edits: [{ ...range, text: name }] })),
      };
    }
  },
};
