/** YAML inventories, as Ansible's `yaml` inventory plugin reads them. */
import type { Document } from 'yaml';
import { parseAnsibleYaml, plainValue, valueOf, type AnsibleYaml } from './ansible-yaml.ts';
import { expandHosts, HostPatternError } from './host-pattern.ts';
import type { InventoryFault, ParsedInventory, Statement } from './statement.ts';

export type YamlInventory =
  | ParsedInventory
  /** The configuration of an inventory plugin: Ansible runs it to learn the hosts. */
  | { readonly ok: 'plugin'; readonly plugin: string };

/** Reads the text of a YAML inventory. An empty one has no hosts. */
export function parseYamlInventory(text: string): YamlInventory {
  const yaml = parseAnsibleYaml(text);
  if (yaml.faults.length > 0) return { ok: false, faults: yaml.faults };
  let value: unknown;
  try {
    value = valueOf(yaml.document);
  } catch (error) {
    return { ok: false, faults: [{ message: messageOf(error), line: 1, column: 1 }] };
  }
  if (value === null || value === undefined || value === '') return { ok: true, statements: [] };
  const reader = createReader(yaml);
  if (!(value instanceof Map)) {
    return { ok: false, faults: [reader.faultAt([], 'an inventory is a mapping of groups')] };
  }
  const plugin: unknown = value.get('plugin');
  if (typeof plugin === 'string') return { ok: 'plugin', plugin };
  for (const [name, body] of value as Map<unknown, unknown>) reader.readGroup(name, body, [name]);
  return reader.faults.length > 0
    ? { ok: false, faults: reader.faults }
    : { ok: true, statements: reader.statements };
}

type Path = readonly unknown[];

function createReader(yaml: AnsibleYaml): {
  readonly statements: Statement[];
  readonly faults: InventoryFault[];
  readonly faultAt: (path: Path, message: string) => InventoryFault;
  readonly readGroup: (name: unknown, body: unknown, path: Path) => void;
} {
  const statements: Statement[] = [];
  const faults: InventoryFault[] = [];

  const faultAt = (path: Path, message: string): InventoryFault => ({
    message,
    ...yaml.positionOf(offsetOf(yaml.document, path)),
  });
  const fault = (path: Path, message: string): void => {
    faults.push(faultAt(path, message));
  };

  const readGroup = (name: unknown, body: unknown, path: Path): void => {
    if (typeof name !== 'string' || name === '') {
      fault(path, `the group ${String(name)} needs quotation marks: names are text`);
      return;
    }
    if (body !== null && !(body instanceof Map)) {
      fault(path, `the group ${name} is no mapping (of hosts, children and vars)`);
      return;
    }
    statements.push({ type: 'group', group: name });
    if (body === null) return;
    for (const [key, section] of body as Map<unknown, unknown>) {
      const at = [...path, key];
      if (key === 'vars') readVariables(name, section, at);
      else if (key === 'children') readChildren(name, section, at);
      else if (key === 'hosts') readHosts(name, section, at);
      // Ansible skips other keys with a warning.
    }
  };

  const entriesOf = (section: unknown, path: Path): [unknown, unknown][] => {
    if (section === null || section === undefined) return [];
    if (typeof section === 'string') return [[section, null]];
    if (section instanceof Map) return [...(section as Map<unknown, unknown>)];
    fault(path, `${String(path.at(-1))} is no mapping: write “name:”, without a dash before it`);
    return [];
  };

  const readVariables = (group: string, section: unknown, path: Path): void => {
    for (const [key, value] of entriesOf(section, path)) {
      statements.push({
        type: 'group-variable',
        group,
        name: String(key),
        value: plainValue(value),
      });
    }
  };

  const readChildren = (group: string, section: unknown, path: Path): void => {
    for (const [child, body] of entriesOf(section, path)) {
      readGroup(child, body, [...path, child]);
      if (typeof child === 'string') statements.push({ type: 'child', group, child });
    }
  };

  const readHosts = (group: string, section: unknown, path: Path): void => {
    for (const [key, body] of entriesOf(section, path)) readHost(group, key, body, [...path, key]);
  };

  const readHost = (group: string, key: unknown, body: unknown, path: Path): void => {
    if (typeof key !== 'string' || key === '') {
      fault(path, `the host ${String(key)} needs quotation marks: names are text`);
      return;
    }
    if (isTruthy(body) && !(body instanceof Map)) {
      fault(path, `the variables of the host ${key} are no mapping`);
      return;
    }
    try {
      const { hosts, port } = expandHosts(key);
      for (const host of hosts) {
        statements.push({ type: 'host', host, group, port });
        if (!(body instanceof Map)) continue;
        for (const [name, value] of body as Map<unknown, unknown>) {
          const variable = { host, name: String(name), value: plainValue(value) };
          statements.push({ type: 'host-variable', ...variable });
        }
      }
    } catch (error) {
      if (!(error instanceof HostPatternError)) throw error;
      fault(path, error.message);
    }
  };

  return { statements, faults, faultAt, readGroup };
}

/** Where the key at the end of `path` stands; the nearest parent where it came by an alias. */
function offsetOf(document: Document.Parsed, path: Path): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent: unknown = document.getIn(path.slice(0, depth - 1), true);
    const wanted = path[depth - 1];
    if (!isCollection(parent)) continue;
    for (const { key } of parent.items) {
      if (isRanged(key) && key.value === wanted) return key.range[0];
    }
  }
  return document.contents?.range[0] ?? 0;
}

function isCollection(node: unknown): node is { items: { key?: unknown }[] } {
  return typeof node === 'object' && node !== null && 'items' in node;
}

function isRanged(node: unknown): node is { value: unknown; range: [number, number, number] } {
  return typeof node === 'object' && node !== null && 'value' in node && 'range' in node;
}

/** As Python sees it: `pi1: 0` and `pi1: ''` count as no variables. */
function isTruthy(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
