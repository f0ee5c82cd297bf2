import { nearest } from '../../../inventory/nearest.ts';
import type { InventoryRule } from '../inventory-rule.ts';

const SECTIONS = ['hosts', 'children', 'vars'];

export const inventoryKey: InventoryRule = {
  code: 'inventory-key',
  *check({ stray }) {
    for (const { start, end, name, group } of stray) {
      if (group === undefined) {
        yield {
          start,
          end,
          message: `Ansible takes “${name}” for the name of a group here. Put it below one, as below “all:”.`,
        };
        continue;
      }
      const near = nearest(name, SECTIONS);
      yield {
        start,
        end,
        message:
          `Ansible passes over “${name}”: a group has hosts, children and vars.` +
          (near.length === 0
            ? ` A group in ${group} goes below “children:”, a host below “hosts:”.`
            : ''),
        fixes: near.map((better) => ({
          title: `Write ${better}`,
          edits: [{ start, end, text: better }],
          preferred: true,
        })),
      };
    }
  },
};
