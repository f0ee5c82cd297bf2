/** Tasks of the type `rpi` as data: what tasks.json says, and the words it stands for. */

export type RpiTaskDefinition = {
  readonly type: 'rpi';
  /** The subcommand: the first word after `rpi`. */
  readonly command: string;
  /** The words after it, one entry each. */
  readonly args?: readonly string[];
  /** An Ansible host pattern. */
  readonly limit?: string;
  /** Of a workspace with several: the project by its label, or by its folder. */
  readonly project?: string;
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

/** Whether the subcommand runs Ansible on this machine. */
export function needsAnsible(command: string): boolean {
  return ['provision', 'deploy', 'verify', 'playbook'].includes(command);
}

/**
 * The project that a task of the whole workspace is of: the named one, else the only one there is;
 * undefined where there is none at all. A fault is for the person who wrote the task.
 */
export function projectOfTask<
  Project extends { readonly label: string; readonly root: { readonly fsPath: string } },
>(
  { project: wanted }: { readonly [name: string]: unknown },
  open: readonly Project[],
): { readonly project: Project | undefined } | { readonly fault: string } {
  if (wanted !== undefined) {
    const named = open.find(({ label, root }) => label === wanted || root.fsPath === wanted);
    if (named !== undefined) return { project: named };
    return { fault: `“project” of an rpi task is one of: ${labelsOf(open)}.` };
  }
  if (open.length <= 1) return { project: open[0] };
  return {
    fault: `An rpi task of a workspace with several projects needs a “project”, one of: ${labelsOf(open)}.`,
  };
}

function labelsOf(open: readonly { readonly label: string }[]): string {
  return open.map(({ label }) => JSON.stringify(label)).join(', ');
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

/** Characters of a word in a task's name: the names of many hosts are one word. */
const LONGEST = 60;

/** How a task is called where tasks are listed; the source `rpi` stands before it. */
export function taskName(words: readonly string[]): string {
  return words
    .map((word) => (word.length > LONGEST ? `${word.slice(0, LONGEST - 1)}…` : word))
    .map((word) => (/^[^\s"']+$/.test(word) ? word : JSON.stringify(word)))
    .join(' ');
}
