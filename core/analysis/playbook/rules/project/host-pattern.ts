/** `hosts:` that no inventory has. */
import { RpiError } from '../../../../errors.ts';
import { parseAddress } from '../../../../formats/inventory/host-pattern.ts';
import type { Inventory } from '../../../../inventory/host.ts';
import { nearest } from '../../../../inventory/nearest.ts';
import { selectHosts } from '../../../../inventory/select.ts';
import type { AnsibleProject } from '../../../ansible-project/project.ts';
import type { Draft } from '../../../rule.ts';
import { proposal } from '../../edits.ts';
import { extractOf, type ProjectRuleOfPlaybooks } from './project.ts';

/** Names that need no inventory. */
const ALWAYS = new Set(['all', '*', 'localhost', '127.0.0.1', '::1', 'ungrouped']);

export const hostPattern: ProjectRuleOfPlaybooks = {
  code: 'host-pattern',
  *check(facts, { ansible }) {
    if (ansible === undefined || !canTellHosts(ansible)) return;
    for (const { start, end, pattern, isDynamic } of extractOf(facts).hosts) {
      if (isDynamic) continue;
      yield* ofPattern(ansible, pattern, { start, end }, facts.text);
    }
  },
};

/** Without any host there is nothing to match; what add_host makes is not known before it runs. */
export function canTellHosts({ hosts, documents }: AnsibleProject): boolean {
  return (
    hosts.isComplete &&
    hosts.inventories.some((inventory) => inventory.hosts.length > 0) &&
    ![...documents.values()].some(({ extract }) => extract.addsHosts)
  );
}

function* ofPattern(
  { hosts: { inventories } }: AnsibleProject,
  pattern: string,
  range: { readonly start: number; readonly end: number },
  text: string,
): Generator<Draft> {
  const parts = partsOf(pattern);
  let isWrong = false;
  for (const part of parts) {
    const name = part.text.replace(/^[!&]/, '');
    if (name === '' || ALWAYS.has(name)) continue;
    if (inventories.some((inventory) => matches(inventory, name))) continue;
    isWrong = true;
    const hasGroup = inventories.some(({ groups }) => name in groups);
    // An inventory that has hosts only later has its groups already.
    const known = namesOf(inventories);
    const near = hasGroup ? [] : nearest(name, known);
    const from = text.slice(range.start, range.end).indexOf(pattern);
    const at = from < 0 ? undefined : range.start + from + part.at + part.text.length - name.length;
    const place = at === undefined ? range : { start: at, end: at + name.length };
    yield {
      ...place,
      ...(hasGroup ? { severity: 'information' } : {}),
      message: hasGroup
        ? `The group ${name} has no hosts.`
        : `No host or group of the inventory matches “${name}”${proposal(near)}`,
      fixes:
        at === undefined
          ? []
          : // None is preferred: “fix all” must not choose the Pis that a play runs on.
            near.map((better) => ({
              title: `Write ${better}`,
              edits: [{ ...place, text: better }],
            })),
    };
  }
  if (isWrong || parts.length < 2 || parts.some(({ text: part }) => ALWAYS.has(part.slice(1))))
    return;
  if (parts.some(({ text: part }) => ALWAYS.has(part) && part !== 'all' && part !== '*')) return;
  if (!inventories.some((inventory) => matches(inventory, pattern))) {
    yield {
      ...range,
      message: `“${pattern}” leaves no host: each part matches some, but not together.`,
    };
  }
}

function matches(inventory: Inventory, pattern: string): boolean {
  try {
    return selectHosts(inventory, pattern).length > 0;
  } catch (error) {
    if (error instanceof RpiError) return false;
    throw error;
  }
}

function namesOf(inventories: readonly Inventory[]): string[] {
  return inventories.flatMap(({ hosts, groups }) => [
    ...hosts.map(({ name }) => name),
    ...Object.keys(groups).filter((name) => name !== 'ungrouped'),
  ]);
}

/** As core/inventory/select.ts takes a pattern apart, with the places. */
function partsOf(pattern: string): { readonly text: string; readonly at: number }[] {
  const isList = pattern.includes(',');
  if (!isList && parseAddress(pattern) !== undefined)
    return [{ text: pattern.trim(), at: pattern.search(/\S|$/) }];
  if (pattern.startsWith('~') && !isList) return [{ text: pattern, at: 0 }];
  const words = isList ? /[^,\s](?:[^,]*[^,\s])?/g : /(?:[^\s:[\]]|\[[^\]]*\])+/g;
  return [...pattern.matchAll(words)].map((match) => ({ text: match[0], at: match.index }));
}
