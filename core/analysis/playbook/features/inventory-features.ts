/** What an editor is told about an inventory besides its findings. */
import type { AnsibleProject } from '../../ansible-project/project.ts';
import type { Hint, Hover, Named, Outline } from '../../features.ts';
import type { InventoryFacts } from '../../inventory/facts.ts';
import { describeGroup, describeHost } from './host-descriptions.ts';
import { variableMarkdown } from './variable-values.ts';
import type { NamedOccurrence } from './names.ts';

/**
 * Hosts where they are listed, groups where they stand. `expand`: also each host of a range, which
 * can’t be given another name there.
 */
export function* namesInInventory(
  { hosts, groups, variables }: InventoryFacts,
  expand = false,
): Generator<NamedOccurrence> {
  for (const { pattern, range, hosts: names } of hosts) {
    yield { kind: 'host', name: pattern, ...range, isDefinition: true };
    if (!expand || names.length < 2) continue;
    for (const name of names) yield { kind: 'host', name, ...range, isDefinition: true };
  }
  for (const { name, range } of groups) {
    yield { kind: 'group', name, ...range, isDefinition: true };
  }
  for (const { name, nameRange } of variables) {
    yield { kind: 'variable', name, ...nameRange, isDefinition: true };
  }
}

export function namedInInventoryAt(facts: InventoryFacts, offset: number): Named | undefined {
  for (const { kind, name, start, end } of namesInInventory(facts)) {
    if (start <= offset && offset <= end) return { kind, name, start, end };
  }
  return undefined;
}

export function hoverInventory(
  facts: InventoryFacts,
  offset: number,
  project: AnsibleProject | undefined,
): Hover | undefined {
  const named = namedInInventoryAt(facts, offset);
  if (named === undefined || project === undefined) return undefined;
  const { kind, name, start, end } = named;
  const markdown =
    kind === 'variable'
      ? variableMarkdown(name, project, undefined)
      : kind === 'host'
        ? describeHost(name, project)
        : describeGroup(name, project);
  return markdown === undefined ? undefined : { range: { start, end }, markdown };
}

export function inventoryOutline({ hosts, groups }: InventoryFacts): Outline[] {
  const seen = new Set<string>();
  return groups.flatMap(({ name, range, parent }) => {
    if (seen.has(name)) return [];
    seen.add(name);
    const own = hosts.filter(({ group }) => group === name);
    const end = Math.max(range.end, ...own.map((host) => host.range.end));
    const start = Math.min(range.start, ...own.map((host) => host.range.start));
    return [
      {
        name,
        detail: parent === undefined ? '' : `in ${parent}`,
        kind: 'group',
        range: { start, end },
        nameRange: range,
        children: own.map(({ pattern, range: at }) => ({
          name: pattern,
          detail: '',
          kind: 'host',
          range: at,
          nameRange: at,
        })),
      },
    ];
  });
}

/** How many hosts a range stands for, and how many a group has. */
export function inventoryHints(
  { hosts, groups }: InventoryFacts,
  project: AnsibleProject | undefined,
): Hint[] {
  const ranges = hosts.flatMap(({ hosts: names, range }): Hint[] =>
    names.length < 2
      ? []
      : [{ at: range.end, label: `${names.length} hosts`, tooltip: names.slice(0, 20).join(', ') }],
  );
  const inventories = project?.hosts.inventories ?? [];
  const counts = groups.flatMap(({ name, range }): Hint[] => {
    const names = new Set(inventories.flatMap(({ groups: all }) => all[name] ?? []));
    if (names.size === 0) return [];
    const label = names.size === 1 ? '1 host' : `${names.size} hosts`;
    return [{ at: range.end, label, tooltip: [...names].slice(0, 20).join(', ') }];
  });
  return [...ranges, ...counts].sort((a, b) => a.at - b.at);
}
