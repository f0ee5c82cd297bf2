/** Which words a mapping of a playbook takes, by the keys around it. */
import { BLOCK_SECTIONS, SECTIONS } from '../../../formats/playbook/keywords.ts';
import type { PlaybookFacts } from '../facts.ts';
import type { Knowledge } from '../knowledge.ts';

export type Level =
  | { readonly kind: 'play' }
  | { readonly kind: 'tasks'; readonly isHandlers: boolean }
  /** An entry of a play’s `roles`. */
  | { readonly kind: 'role' }
  /** Within a module’s mapping: its name, and the options that are further out. */
  | { readonly kind: 'module'; readonly path: readonly string[] }
  | { readonly kind: 'other'; readonly path: readonly string[] };

/** What the mapping is that has the keys of `path` around it. */
export function levelOf({ kind, knowledge }: PlaybookFacts, path: readonly string[]): Level {
  let level: Level =
    kind === 'playbook'
      ? { kind: 'play' }
      : kind === 'tasks' || kind === 'handlers'
        ? { kind: 'tasks', isHandlers: kind === 'handlers' }
        : { kind: 'other', path: [] };
  path.forEach((key, index) => {
    const other: Level = { kind: 'other', path: path.slice(index) };
    if (level.kind === 'play') {
      level = (SECTIONS as readonly string[]).includes(key)
        ? { kind: 'tasks', isHandlers: key === 'handlers' }
        : key === 'roles'
          ? { kind: 'role' }
          : other;
    } else if (level.kind === 'role') level = other;
    else if (level.kind === 'tasks') {
      if ((BLOCK_SECTIONS as readonly string[]).includes(key)) return;
      level = isModule(key, knowledge) ? { kind: 'module', path: path.slice(index) } : other;
    }
  });
  return level;
}

export function isModule(name: string, knowledge: Knowledge): boolean {
  if (knowledge.facts.keywords[name] !== undefined || name.startsWith('with_')) return false;
  const { kind } = knowledge.module(name);
  return kind === 'known' || kind === 'opaque';
}
