/** Roles, handlers, variables, groups and hosts of a project by a part of their names. */
import type { AnsibleProject } from '../../ansible-project/project.ts';
import type { ProjectSymbol, ReadText } from '../../features.ts';
import { readInventoryText } from '../../inventory/facts.ts';
import { namesInInventory } from './inventory-features.ts';

/** The letters of `query` in this order, as editors look for symbols. */
export function projectSymbols(project: AnsibleProject, query: string): ProjectSymbol[] {
  const isWanted = matcher(query);
  const found: ProjectSymbol[] = [];
  for (const [name, folders] of project.roles) {
    const folder = folders[0];
    const main = folder === undefined ? undefined : `${folder}/tasks/main.yml`;
    if (main === undefined || !isWanted(name) || !project.tree.files.has(main)) continue;
    found.push({ name, kind: 'file', container: 'role', path: main, start: 0, end: 0 });
  }
  for (const { path, extract } of project.documents.values()) {
    const container = path.slice(project.root.length + 1);
    for (const { names, start, end } of extract.handlers) {
      const [name] = names;
      if (name === undefined || !isWanted(name)) continue;
      found.push({ name, kind: 'task', container, path, start, end });
    }
    for (const { name, start, end, by } of extract.definitions) {
      if (by === 'fact' || by === 'add_host' || !isWanted(name)) continue;
      found.push({ name, kind: 'variable', container, path, start, end });
    }
  }
  return found;
}

/** Groups and hosts of the inventories, which the index keeps no places of. */
export async function inventorySymbols(
  project: AnsibleProject,
  query: string,
  read: ReadText,
): Promise<ProjectSymbol[]> {
  const isWanted = matcher(query);
  const found: ProjectSymbol[] = [];
  for (const path of project.hosts.files.keys()) {
    const text = await read(path);
    if (text === undefined) continue;
    const container = path.slice(project.root.length + 1);
    const seen = new Set<string>();
    for (const { kind, name, start, end } of namesInInventory(readInventoryText(text, path))) {
      if ((kind !== 'group' && kind !== 'host') || seen.has(`${kind} ${name}`)) continue;
      seen.add(`${kind} ${name}`);
      if (isWanted(name)) found.push({ name, kind, container, path, start, end });
    }
  }
  return found;
}

function matcher(query: string): (name: string) => boolean {
  const letters = query.toLowerCase().replace(/\s/g, '');
  return (name) => {
    let at = 0;
    const lower = name.toLowerCase();
    for (const letter of letters) {
      at = lower.indexOf(letter, at) + 1;
      if (at === 0) return false;
    }
    return true;
  };
}
