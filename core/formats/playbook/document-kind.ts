/** Which of Ansible’s documents a text is, by its place and, where that says nothing, by its content. */

export type PlaybookKind = 'playbook' | 'tasks' | 'handlers' | 'vars' | 'meta' | 'requirements';

export type PlaybookPlace = {
  /** Folder of the project, absolute or as `path` begins; places are judged below it. */
  readonly root?: string;
  /** Paths that the project runs as playbooks. */
  readonly playbooks?: ReadonlySet<string>;
  /** The editor was told that the document is Ansible’s: content decides wherever it stands. */
  readonly isAnsible?: boolean;
};

/** Undefined for a text that is none of them. Paths may have either kind of slash. */
export function kindOf(
  path: string,
  written: string,
  place: PlaybookPlace,
): PlaybookKind | undefined {
  // Some editors begin a file with a byte order mark.
  const text = written.startsWith('\uFEFF') ? written.slice(1) : written;
  if (!/\.ya?ml$/i.test(path) && place.isAnsible !== true) return undefined;
  // All of it is encrypted.
  if (text.startsWith('$ANSIBLE_VAULT')) return undefined;
  const below = belowRoot(path, place.root);
  const byPlace = kindByPlace(below);
  if (byPlace === 'none') return undefined;
  if (place.playbooks?.has(path) === true) return 'playbook';
  const content = kindByContent(text);
  // A playbook is one wherever it stands, but a task file in tasks/ is not read as another.
  if (content === 'playbook' && byPlace !== 'meta' && byPlace !== 'requirements') return 'playbook';
  if (byPlace !== undefined) return byPlace;
  const isNamedAsPlaybook = /(?:^|\/)(?:main|site|playbooks?)\.ya?ml$/i.test(below);
  if (isNamedAsPlaybook && isListOfPlaybooks(text)) return 'playbook';
  const isAmongPlaybooks = /(?:^|\/)playbooks\/[^/]+$/.test(below);
  // A play that lacks its dash.
  if (content === 'map' && isPlayWithoutDash(text) && (isAmongPlaybooks || isNamedAsPlaybook))
    return 'playbook';
  if (isAmongPlaybooks && content !== 'map') {
    return content === 'tasks' ? 'tasks' : 'playbook';
  }
  if (content === 'tasks' && (place.isAnsible === true || /(?:^|\/)tasks?[-_.\w]*$/.test(below))) {
    return 'tasks';
  }
  return undefined;
}

function belowRoot(path: string, root: string | undefined): string {
  const slashed = path.replaceAll('\\', '/');
  const folder = root?.replaceAll('\\', '/').replace(/\/?$/, '/');
  return folder !== undefined && slashed.startsWith(folder)
    ? slashed.slice(folder.length)
    : slashed;
}

/** Folders that say what is in them; the innermost counts. */
const FOLDERS: Readonly<Record<string, PlaybookKind | 'none' | 'playbooks'>> = {
  tasks: 'tasks',
  handlers: 'handlers',
  vars: 'vars',
  defaults: 'vars',
  group_vars: 'vars',
  host_vars: 'vars',
  meta: 'meta',
  templates: 'none',
  files: 'none',
  library: 'none',
  // Of Event-Driven Ansible: they have hosts and no tasks.
  rulebooks: 'none',
  playbooks: 'playbooks',
};

/** none: a file of Ansible’s that holds neither plays nor tasks nor variables. */
function kindByPlace(path: string): PlaybookKind | 'none' | undefined {
  const folders = path.split('/');
  const file = folders.pop() ?? '';
  if (/^(?:requirements|collections)\.ya?ml$/.test(file)) return 'requirements';
  const inner = folders.findLast((folder) => Object.hasOwn(FOLDERS, folder) || folder === 'roles');
  const kind = inner === undefined ? undefined : FOLDERS[inner];
  if (kind === 'meta') return /^main\.ya?ml$/.test(file) ? 'meta' : 'none';
  return kind === 'playbooks' ? undefined : kind;
}

/** Keys that only plays have. */
const PLAY_KEYS = new Set([
  ...['hosts', 'import_playbook', 'ansible.builtin.import_playbook', 'roles', 'gather_facts'],
  ...['tasks', 'pre_tasks', 'post_tasks', 'handlers', 'vars_files', 'vars_prompt'],
]);

function kindByContent(text: string): 'playbook' | 'tasks' | 'map' | undefined {
  const first = /^(?!---|%|#|[ \t]*$|[ \t]+#).*$/m.exec(text.replaceAll('\r', ''))?.[0] ?? '';
  if (/^[ \t]*-(?:\s|$)/.test(first)) {
    if (topLevelPlay(text)) return 'playbook';
    return /^[ \t]*(?:- +)(?:name|block|[a-z_]+\.[a-z_]+\.[a-z_0-9]+|(?:include|import)_(?:tasks|role|vars)|[a-z_0-9]+)[ \t]*:/m.test(
      text,
    )
      ? 'tasks'
      : undefined;
  }
  return /^[\w"'][^:]*:(?:\s|$)/.test(first) ? 'map' : undefined;
}

/** The oldest form of import_playbook, and nothing else; tasks were included by the same word. */
function isListOfPlaybooks(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => !/^(?:---)?\s*(?:#.*)?$/.test(line));
  return (
    lines.length > 0 &&
    lines.every((line) =>
      /^-\s+(?:ansible\.builtin\.)?include:\s+["']?(?!\S*(?:tasks?|handlers?)[/_.-])/.test(line),
    )
  );
}

function isPlayWithoutDash(text: string): boolean {
  return (
    /^hosts[ \t]*:(?:\s|$)/m.test(text) &&
    /^(?:(?:pre_|post_)?tasks|roles|handlers|become|gather_facts)[ \t]*:(?:\s|$)/m.test(text)
  );
}

/** True where a mapping of the list itself has a key of a play. */
function topLevelPlay(text: string): boolean {
  let dash: number | undefined;
  let key: number | undefined;
  for (const line of text.split(/\r?\n/)) {
    const match = /^( *)(-(?: +|$))?([\w.]+|"\w+"|'\w+')?[ \t]*(:)?/.exec(line);
    if (match === null || line.trim() === '') continue;
    const column = match[1]?.length ?? 0;
    if (match[2] !== undefined && (dash === undefined || column <= dash)) {
      dash = column;
      key = match[3] === undefined ? undefined : column + match[2].length;
    } else if (dash !== undefined && key === undefined && column > dash) key = column;
    const at = match[2] === undefined ? column : column + match[2].length;
    const name = match[3]?.replace(/["']/g, '');
    if (at === key && match[4] === ':' && PLAY_KEYS.has(name ?? '')) return true;
  }
  return false;
}
