/** What an inventory file says as a whole. */
import { extname } from 'node:path';
import { parseIniInventory } from '../../formats/inventory/ini-inventory.ts';
import type { Item } from '../document.ts';
import {
  NO_ENTRIES,
  type GroupEntry,
  type HostEntry,
  type InventoryEntries,
  type VariableEntry,
} from './entries.ts';
import { iniEntries } from './ini-entries.ts';
import { yamlEntries } from './yaml-entries.ts';

export type InventoryFacts = Item &
  InventoryEntries & {
    readonly hosts: readonly HostEntry[];
    readonly groups: readonly GroupEntry[];
    readonly variables: readonly VariableEntry[];
  };

const YAML_EXTENSIONS = ['.yml', '.yaml', '.json'];

/** As core/inventory/source.ts tells the formats; `path` for its extension. */
export function readInventoryText(text: string, path: string): InventoryFacts {
  const read = entriesOf(text, extname(path));
  return {
    text,
    ...read,
    hosts: read.entries.filter((entry) => entry.kind === 'host'),
    groups: read.entries.filter((entry) => entry.kind === 'group'),
    variables: read.entries.filter((entry) => entry.kind === 'variable'),
  };
}

function entriesOf(text: string, extension: string): InventoryEntries {
  if (text.startsWith('#!') || extension === '.toml') return NO_ENTRIES;
  if (YAML_EXTENSIONS.includes(extension)) return yamlEntries(text);
  if (extension !== '') return iniEntries(text);
  const yaml = yamlEntries(text);
  if (yaml.faults.length === 0) return yaml;
  const isIni = parseIniInventory(text).ok || /^\s*\[[^\s,]+\]\s*$/m.test(text);
  return isIni ? iniEntries(text) : yaml;
}
