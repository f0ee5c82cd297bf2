/** A variable with the values it has, per group and host, and where it is defined. */
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { MAGIC_VARIABLES } from '../../ansible-project/known-variables.ts';
import { SECRET_VARIABLES } from '../../inventory/connection-variables.ts';

const SHOWN = 8;

const BY: Readonly<Record<string, string>> = {
  vars: 'set',
  register: 'registered',
  set_fact: 'set by set_fact',
  vars_prompt: 'asked for',
  loop: 'given by a loop',
  parameter: 'given as a parameter',
  include_vars: 'set by include_vars',
  add_host: 'set by add_host',
  argument_spec: 'named by the role’s argument specification',
  fact: 'a fact',
};

/** `documents`: those that may run together with the one that asks; without them all are named. */
export function variableMarkdown(
  name: string,
  project: AnsibleProject | undefined,
  documents: ReadonlySet<string> | undefined,
): string | undefined {
  const magic = MAGIC_VARIABLES.get(name);
  const lines: string[] = [];
  if (magic !== undefined) lines.push(magic.charAt(0).toUpperCase() + magic.slice(1) + '.');
  else if (/^ansible_/.test(name) && project?.hosts.variables.has(name) !== true) {
    lines.push('A fact of the host, or a variable of Ansible’s.');
  }
  if (project !== undefined) {
    lines.push(...definitions(name, project, documents), ...values(name, project));
  }
  if (lines.length === 0) return undefined;
  return [`**${name}**`, ...lines].join('\n\n');
}

function definitions(
  name: string,
  { documents, root }: AnsibleProject,
  only: ReadonlySet<string> | undefined,
): string[] {
  const found: string[] = [];
  for (const { path, extract } of documents.values()) {
    const isEverywhere = /\/(?:group_vars|host_vars)\//.test(path);
    if (only !== undefined && !only.has(path) && !isEverywhere) continue;
    const by = new Set(
      extract.definitions.filter((each) => each.name === name).map((each) => each.by),
    );
    for (const each of by) {
      const scope = /\/(group|host)_vars\/([^/.]+)/.exec(path);
      const whom = scope === null ? '' : ` for ${scope[2] ?? ''}`;
      found.push(`- ${BY[each] ?? 'set'}${whom} in ${code(path.slice(root.length + 1))}`);
    }
  }
  if (found.length === 0) return [];
  const more = found.length > SHOWN ? [`- … and ${found.length - SHOWN} more`] : [];
  return [[...found.slice(0, SHOWN), ...more].join('\n')];
}

/** The values that the inventory’s hosts have, hosts with the same one together. */
function values(name: string, { hosts: { inventories } }: AnsibleProject): string[] {
  const byValue = new Map<string, string[]>();
  let total = 0;
  for (const { hosts } of inventories) {
    for (const host of hosts) {
      total++;
      if (!Object.hasOwn(host.variables, name)) continue;
      const value = shown(name, host.variables[name]);
      byValue.set(value, [...(byValue.get(value) ?? []), host.name]);
    }
  }
  if (byValue.size === 0) return [];
  const rows = [...byValue].slice(0, SHOWN).map(([value, names]) => {
    if (names.length === total && total > 1) return `| every host | ${value} |`;
    const group = groupOf(names, inventories);
    const some =
      names.slice(0, 4).join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : '');
    return `| ${group ?? some} | ${value} |`;
  });
  return [['| host or group | value |', '| --- | --- |', ...rows].join('\n')];
}

/** The group that has just these hosts. */
function groupOf(
  names: readonly string[],
  inventories: AnsibleProject['hosts']['inventories'],
): string | undefined {
  if (names.length < 2) return undefined;
  const wanted = [...names].sort().join('\n');
  for (const { groups } of inventories) {
    for (const [group, members] of Object.entries(groups)) {
      if ([...members].sort().join('\n') === wanted) return group;
    }
  }
  return undefined;
}

const LONGEST = 80;

function shown(name: string, value: unknown): string {
  const isSecret = SECRET_VARIABLES.has(name) || /passw|secret|token|api_?key/i.test(name);
  if (isSecret) return '••••';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return code(short.replaceAll('|', '\\|').replace(/\s+/g, ' '));
}

const code = (text: string): string => `\`${text.replaceAll('`', '’')}\``;
