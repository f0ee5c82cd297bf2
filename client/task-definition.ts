/** Tasks of the type `rpi` as data: what tasks.json says, and the words it stands for. */

export type RpiTaskDefinition = {
  readonly type: 'rpi';
  /** The subcommand: the first word after `rpi`. */
  readonly command: string;
  /** The words after it, one entry each. */
  readonly args?: readonly string[];
  /** An Ansible host pattern. */
  readonly limit?: string;
};

/** Tasks that are offered without a tasks.json; the one place that names them. */
export const OFFERED: readonly RpiTaskDefinition[] = [
  { type: 'rpi', command: 'detect' },
  { type: 'rpi', command: 'install', args: ['preflight', 'all'] },
  { type: 'rpi', command: 'provision' },
  { type: 'rpi', command: 'deploy' },
  { type: 'rpi', command: 'verify' },
  { type: 'rpi', command: 'monitor', args: ['--once'] },
];

export type TaskGroupName = 'build' | 'test';

/** Where “Run Build Task” and “Run Test Task” list it. */
export function taskGroup(command: string): TaskGroupName | undefined {
  if (command === 'provision' || command === 'deploy') return 'build';
  return command === 'verify' ? 'test' : undefined;
}

/** The definition that stands for the words after `rpi`. */
export function definitionOf([command = '', ...args]: readonly string[]): RpiTaskDefinition {
  return { type: 'rpi', command, ...(args.length === 0 ? {} : { args }) };
}

/**
 * The words after `rpi`, or what is wrong with the definition, for the person who wrote it. The
 * limit goes before a `--`: what follows that is Ansible's.
 */
export function wordsOf(definition: {
  readonly [name: string]: unknown;
}): { readonly words: readonly string[] } | { readonly fault: string } {
  const command = definition['command'];
  const args = definition['args'] ?? [];
  const limit = definition['limit'];
  if (typeof command !== 'string' || !/^[a-z][a-z-]*$/.test(command)) {
    return { fault: 'An rpi task needs a “command”, such as "provision".' };
  }
  if (!isWords(args)) {
    return { fault: '“args” of an rpi task is a list of strings, one entry a word.' };
  }
  if (limit === undefined) return { words: [command, ...args] };
  if (typeof limit !== 'string' || limit === '') {
    return { fault: '“limit” of an rpi task is a host pattern, such as "kitchen,attic".' };
  }
  const end = args.indexOf('--');
  const [own, theirs] = end === -1 ? [args, []] : [args.slice(0, end), args.slice(end)];
  return { words: [command, ...own, '--limit', limit, ...theirs] };
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}

/** How a task is called where tasks are listed; the source `rpi` stands before it. */
export function taskName(words: readonly string[]): string {
  return words.map((word) => (/^[^\s"']+$/.test(word) ? word : JSON.stringify(word))).join(' ');
}
