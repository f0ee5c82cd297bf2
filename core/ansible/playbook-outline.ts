/** What a playbook's text says of itself, for choosing what to run; nothing is executed. */
import { parse } from 'yaml';

export type PlaybookOutline = {
  /** Names of its plays, in order; of an imported playbook its path. */
  readonly plays: readonly string[];
  /** Tags of its plays, roles, blocks and tasks, each once, sorted; those of included files are not. */
  readonly tags: readonly string[];
};

/** Keys below which tasks and roles stand. */
const NESTED = [
  'pre_tasks',
  'roles',
  'tasks',
  'post_tasks',
  'handlers',
  'block',
  'rescue',
  'always',
] as const;

/** Undefined where the text is no playbook, not a list of plays. One with faults is one. */
export function playbookOutline(text: string): PlaybookOutline | undefined {
  const document = parsed(text);
  if (!Array.isArray(document) || document.length === 0) return undefined;
  const plays: string[] = [];
  const tags = new Set<string>();
  for (const play of document as unknown[]) {
    if (!isMap(play)) return undefined;
    const imported = play['import_playbook'] ?? play['ansible.builtin.import_playbook'];
    if (imported === undefined && play['hosts'] === undefined) return undefined;
    plays.push(
      asText(play['name']) ?? asText(imported) ?? `hosts: ${asText(play['hosts']) ?? '…'}`,
    );
    collectTags(play, tags);
  }
  return { plays, tags: [...tags].sort() };
}

function collectTags(node: Readonly<Record<string, unknown>>, tags: Set<string>): void {
  for (const tag of tagsOf(node['tags'])) tags.add(tag);
  for (const key of NESTED) {
    const below = node[key];
    if (!Array.isArray(below)) continue;
    for (const item of below as unknown[]) if (isMap(item)) collectTags(item, tags);
  }
}

/** A list, or one string with commas; what a template makes is not known. */
function tagsOf(value: unknown): string[] {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  return given
    .flatMap((tag) => asText(tag)?.split(',') ?? [])
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '' && !tag.includes('{{'));
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    // Silent: vaulted values and other tags of Ansible's are of no interest here, faults are Ansible's
    // to tell.
    return parse(text, { version: '1.1', logLevel: 'silent', maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}
