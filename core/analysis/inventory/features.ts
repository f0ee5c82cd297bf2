/** What of an inventory can be folded and selected, and what may be typed next in it. */
import type { AnsibleProject } from '../ansible-project/project.ts';
import type { Completion, Fold, TextRange } from '../features.ts';
import { linePlace } from '../playbook/features/line-place.ts';
import { commentFolds, nested, yamlFolds, yamlSelections } from '../yaml-ranges.ts';
import { CONNECTION_VARIABLES } from './connection-variables.ts';
import type { InventoryFacts } from './facts.ts';

export function inventoryFolds({ text, format }: InventoryFacts): Fold[] {
  if (format !== 'ini') return yamlFolds(text);
  return [
    ...sectionsOf(text).map((range): Fold => ({ ...range, kind: 'region' })),
    ...commentFolds(text),
  ]
    .filter(({ start, end }) => text.slice(start, end).includes('\n'))
    .sort((a, b) => a.start - b.start || b.end - a.end);
}

export function inventorySelections({ text, format }: InventoryFacts, offset: number): TextRange[] {
  if (format !== 'ini') return yamlSelections(text, offset);
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const newline = text.indexOf('\n', offset);
  const line = { start, end: newline < 0 ? text.length : newline };
  return nested([line, ...sectionsOf(text)], text, offset);
}

/** From each heading to the last line of its section. */
function sectionsOf(text: string): TextRange[] {
  const starts = [...text.matchAll(/^\[[^\]\n]+\]/gm)].map(({ index }) => index);
  return starts.map((start, index) => {
    const next = starts[index + 1] ?? text.length;
    return { start, end: start + text.slice(start, next).trimEnd().length };
  });
}

/** The variables by which hosts are reached, and those that others have; groups and hosts. */
export function completeInventory(
  { text, format }: InventoryFacts,
  offset: number,
  project: AnsibleProject | undefined,
): Completion[] {
  return format === 'ini' ? inIni(text, offset, project) : inYaml(text, offset, project);
}

function inYaml(text: string, offset: number, project: AnsibleProject | undefined): Completion[] {
  const place = linePlace(text, offset);
  if (place?.valueOf !== undefined || place === undefined) return [];
  const { path, siblings, word, hasColon } = place;
  const offer = (names: Iterable<string>, kind: Completion['kind'], end = ': '): Completion[] =>
    optionsOf(names, kind, word, hasColon ? '' : end, siblings);
  const [parent, key] = [path.at(-2), path.at(-1)];
  if (key === undefined) return offer(['all'], 'keyword', ':');
  if (key === 'vars' || parent === 'hosts') return offer(variablesOf(project), 'variable');
  if (key === 'hosts') return offer(hostsOf(project), 'reference', ':');
  if (key === 'children') return offer(groupsOf(project), 'reference', ':');
  return path.length === 1 || parent === 'children'
    ? offer(['hosts', 'children', 'vars'], 'keyword', ':')
    : [];
}

function inIni(text: string, offset: number, project: AnsibleProject | undefined): Completion[] {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(start, offset);
  if (/^\s*[#;[]/.test(before)) return [];
  const section = /(?:^|\n)\[([^\]\n]+)\][^[]*$/.exec(text.slice(0, start))?.[1] ?? '';
  const written = /\S*$/.exec(before)?.[0] ?? '';
  const rest = /^[^\s=]*/.exec(text.slice(offset, offset + 200))?.[0].length ?? 0;
  const range = { start: offset - written.length, end: offset + rest };
  if (written.includes('=')) return [];
  const isFirst = before.trim() === written;
  const none = new Set<string>();
  if (section.endsWith(':children'))
    return optionsOf(groupsOf(project), 'reference', range, '', none);
  if (section.endsWith(':vars') || !isFirst) {
    return optionsOf(variablesOf(project), 'variable', range, '=', none);
  }
  return optionsOf(hostsOf(project), 'reference', range, '', none);
}

function optionsOf(
  names: Iterable<string>,
  kind: Completion['kind'],
  range: TextRange,
  end: string,
  given: ReadonlySet<string>,
): Completion[] {
  return [...new Set(names)]
    .filter((name) => !given.has(name))
    .map((label) => ({ label, kind, range, text: `${label}${end}`, order: rankOf(label) + label }));
}

/** People write these first. */
const FIRST = ['host', 'user', 'port', 'ssh_private_key_file', 'python_interpreter', 'become'].map(
  (name) => `ansible_${name}`,
);

const rankOf = (name: string): string =>
  FIRST.includes(name) ? '0' : name.startsWith('ansible_') ? '2' : '1';

function variablesOf(project: AnsibleProject | undefined): string[] {
  return [...CONNECTION_VARIABLES, ...(project?.hosts.variables ?? [])];
}

function hostsOf(project: AnsibleProject | undefined): string[] {
  return (project?.hosts.inventories ?? []).flatMap(({ hosts }) => hosts.map(({ name }) => name));
}

function groupsOf(project: AnsibleProject | undefined): string[] {
  const groups = (project?.hosts.inventories ?? []).flatMap((each) => Object.keys(each.groups));
  return groups.filter((name) => name !== 'all' && name !== 'ungrouped');
}
