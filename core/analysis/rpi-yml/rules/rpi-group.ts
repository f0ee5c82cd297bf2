import { nearest } from '../../../inventory/nearest.ts';
import type { Draft } from '../../rule.ts';
import type { RpiYmlFacts, SettingsPath } from '../facts.ts';
import type { RpiYmlRule } from '../rpi-yml-rule.ts';

export const rpiGroup: RpiYmlRule = {
  code: 'rpi-group',
  *check(facts, { groups }) {
    if (groups === undefined) return;
    // rpi makes the group when the first Pi is placed in it, so it is no fault; a slip looks the same.
    yield* ofList(facts, ['groups'], groups, (group) => ({
      message: `No group ${group} is in the inventory yet; rpi makes it with the first Pi that is placed in it.`,
    }));
    // Here it is: Pis that were to be left alone are not.
    const withAll = new Set([...groups, 'all', 'ungrouped']);
    yield* ofList(facts, ['monitor', 'remedies', 'groups'], withAll, (group) => ({
      severity: 'warning',
      message: `No group ${group} is in the inventory: this mode counts for no Pi.`,
    }));
  },
};

function* ofList(
  { document, valueRange }: RpiYmlFacts,
  path: SettingsPath,
  groups: ReadonlySet<string>,
  draftOf: (group: string) => Pick<Draft, 'message' | 'severity'>,
): Iterable<Draft> {
  for (let index = 0; document.hasIn([...path, index]); index++) {
    const at = [...path, index, 'group'];
    const group: unknown = document.getIn(at);
    const range = valueRange(at);
    if (typeof group !== 'string' || range === undefined || groups.has(group)) continue;
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(group)) continue; // the schema says so
    const near = nearest(group, [...groups]);
    const { message, ...rest } = draftOf(group);
    yield {
      ...range,
      ...rest,
      message: message + (near.length === 0 ? '' : ` There is ${near.join(' and ')}.`),
      fixes: near.map((name) => ({ title: `Write ${name}`, edits: [{ ...range, text: name }] })),
    };
  }
}
