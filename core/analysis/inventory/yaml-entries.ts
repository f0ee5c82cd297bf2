/** A YAML inventory with its places; core/formats/inventory/yaml-inventory.ts says what is right. */
import { expandHosts, HostPatternError } from '../../formats/inventory/host-pattern.ts';
import { isEmpty, resolved, type Entry, type YamlNode } from '../../formats/playbook/node.ts';
import { parseYamlNodes } from '../../formats/playbook/yaml-nodes.ts';
import { yamlSyntaxDrafts } from '../yaml-syntax.ts';
import {
  NO_ENTRIES,
  type HostEntry,
  type InventoryEntries,
  type InventoryEntry,
  type InventoryFormFault,
  type Repeated,
  type StrayKey,
  type VariableEntry,
} from './entries.ts';

const SECTIONS = ['hosts', 'vars', 'children'];

export function yamlEntries(text: string): InventoryEntries {
  const { roots, faults: syntax } = parseYamlNodes(text);
  const entries: InventoryEntry[] = [];
  const faults: InventoryFormFault[] = yamlSyntaxDrafts(syntax).map(({ start, end, message }) => ({
    start,
    end,
    message,
  }));
  const repeated: Repeated[] = [];
  const stray: StrayKey[] = [];
  const fault = ({ start, end }: YamlNode, message: string): void => {
    faults.push({ start, end: Math.min(end, lineEnd(text, start)), message });
  };

  const namedIn = (node: YamlNode, what: Repeated['what']): readonly Entry[] => {
    const map = resolved(node);
    if (map.kind !== 'map') return [];
    // What comes by an alias stands elsewhere.
    if (node.kind === 'alias') return map.entries;
    const first = new Map<string, Entry>();
    for (const entry of map.entries) {
      const earlier = first.get(entry.name);
      if (earlier !== undefined && entry.name !== '<<') {
        const { start, end } = entry.key;
        repeated.push({ start, end, what, name: entry.name, earlier: earlier.key });
      } else first.set(entry.name, entry);
    }
    return map.entries;
  };

  const readSection = (node: YamlNode, name: string, what: Repeated['what']): readonly Entry[] => {
    const value = resolved(node);
    if (value.kind === 'map') return namedIn(node, what);
    if (isEmpty(value) || (value.kind === 'scalar' && value.unreadable === true)) return [];
    if (value.kind === 'scalar' && typeof value.value === 'string') {
      return [{ key: value, name: value.text, value: empty(value.end) }];
    }
    fault(value, `Write “name:” below ${name}, without a dash before it.`);
    return [];
  };

  const readGroup = ({ key, name, value }: Entry, parent: string | undefined): void => {
    if (!isName(key)) {
      fault(key, 'The name of a group is text: this one needs quotation marks.');
      return;
    }
    entries.push({
      kind: 'group',
      name,
      range: { start: key.start, end: key.end },
      ...(parent === undefined ? {} : { parent }),
    });
    const body = resolved(value);
    if (body.kind === 'scalar' && body.unreadable === true) return;
    if (body.kind !== 'map') {
      if (!isEmpty(body)) fault(value, `A group has hosts, children or vars; ${name} is none.`);
      return;
    }
    for (const section of namedIn(value, 'section')) {
      if (section.name === 'vars') readVariables(section, { kind: 'group', name });
      else if (section.name === 'children') {
        for (const child of readSection(section.value, 'children', 'group')) readGroup(child, name);
      } else if (section.name === 'hosts') {
        for (const host of readSection(section.value, 'hosts', 'host')) readHost(host, name);
      } else if (section.name !== '<<') {
        const { start, end } = section.key;
        stray.push({ start, end, name: section.name, group: name });
      }
    }
  };

  const readHost = ({ key, name, value }: Entry, group: string): void => {
    if (!isName(key)) {
      fault(key, 'The name of a host is text: this one needs quotation marks.');
      return;
    }
    let expanded: { readonly hosts: readonly string[]; readonly port: number | undefined };
    try {
      expanded = expandHosts(name);
    } catch (error) {
      if (!(error instanceof HostPatternError)) throw error;
      fault(key, sentence(error.message));
      expanded = { hosts: [], port: undefined };
    }
    const host: HostEntry = {
      kind: 'host',
      pattern: name,
      ...expanded,
      group,
      range: { start: key.start, end: key.end },
    };
    entries.push(host);
    const body = resolved(value);
    if (body.kind === 'map') readVariables({ key, name, value }, host);
    else if (body.kind === 'sequence' || (isFilled(body) && !isUnreadable(body))) {
      fault(value, `The variables of ${name} stand on lines of their own, as “name: value”.`);
    }
  };

  const readVariables = (section: Entry, owner: VariableEntry['owner']): void => {
    for (const { key, name, value } of readSection(section.value, section.name, 'variable')) {
      const scalar = resolved(value);
      entries.push({
        kind: 'variable',
        owner,
        name,
        nameRange: { start: key.start, end: key.end },
        text: scalar.kind === 'scalar' ? scalar.text : undefined,
        valueRange: { start: value.start, end: value.end },
        isVault: scalar.kind === 'scalar' && scalar.tag !== undefined && /vault/.test(scalar.tag),
      });
    }
  };

  const root = roots[0] === undefined ? undefined : resolved(roots[0]);
  if (root === undefined || isEmpty(root)) return { ...NO_ENTRIES, format: 'yaml', faults };
  if (root.kind !== 'map') {
    if (syntax.length === 0) fault(root, 'An inventory is a mapping of groups: begin with “all:”.');
    return { ...NO_ENTRIES, format: 'yaml', faults };
  }
  if (
    root.entries.some(({ name, value }) => name === 'plugin' && resolved(value).kind === 'scalar')
  ) {
    return { ...NO_ENTRIES, faults };
  }
  for (const entry of namedIn(root, 'group')) {
    if (SECTIONS.includes(entry.name)) {
      // Ansible reads it as a group, so what is wrong below it is wrong all the same.
      const before = stray.length;
      readGroup(entry, undefined);
      stray.length = before;
      const { start, end } = entry.key;
      stray.push({ start, end, name: entry.name, group: undefined });
    } else readGroup(entry, undefined);
  }
  return { format: 'yaml', entries, faults, repeated, stray };
}

const empty = (at: number): YamlNode => ({
  kind: 'scalar',
  start: at,
  end: at,
  style: 'plain',
  text: '',
  value: null,
});

function isName(node: YamlNode): boolean {
  const key = resolved(node);
  return key.kind === 'scalar' && typeof key.value === 'string' && key.value !== '';
}

/** As Python sees it: `pi1: 0` and `pi1: ''` count as no variables. */
function isFilled(node: YamlNode): boolean {
  return node.kind === 'scalar' && Boolean(node.value);
}

function isUnreadable(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.unreadable === true;
}

function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
