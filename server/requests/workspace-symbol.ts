import type { WorkspaceSymbol } from 'vscode-languageserver';
import type { AnsibleProject } from '../../core/analysis/ansible-project/project.ts';
import type { ReadText } from '../../core/analysis/features.ts';
import { Lines } from '../document.ts';
import { uriOf } from '../paths.ts';
import { SYMBOL_KINDS } from './document-symbol.ts';

/** More than anybody reads. */
const MOST = 400;

/** Roles, handlers, variables, groups and hosts of the projects that documents are open of. */
export async function workspaceSymbol(
  query: string,
  projects: readonly AnsibleProject[],
  read: ReadText,
): Promise<WorkspaceSymbol[]> {
  if (projects.length === 0) return [];
  const { inventorySymbols, projectSymbols } =
    await import('../../core/analysis/playbook/features/project-symbols.ts');
  const all = await Promise.all(
    projects.map(async (project) => [
      ...(await inventorySymbols(project, query, read)),
      ...projectSymbols(project, query),
    ]),
  );
  const found = all.flat().slice(0, MOST);
  const lines = new Map<string, Lines>();
  for (const { path } of found) {
    if (!lines.has(path)) lines.set(path, new Lines((await read(path)) ?? ''));
  }
  return found.flatMap((symbol) => {
    const range = lines.get(symbol.path)?.rangeOf(symbol);
    if (range === undefined) return [];
    const { name, kind, container, path } = symbol;
    const location = { uri: uriOf(path), range };
    return [{ name, kind: SYMBOL_KINDS[kind], containerName: container, location }];
  });
}
