/** `rpi init`: makes a project, or makes one of a folder that is an Ansible project already. */
import { randomBytes } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { writeFileAtomic } from '../files/atomic.ts';
import { makeFolder } from '../files/make-folder.ts';
import { personalTemplates, projectData } from '../project/paths.ts';
import { findProjectRoot } from '../project/project.ts';
import type { EventBody } from '../runs/event.ts';
import type { Context, Operation, Outcome } from '../runs/operation.ts';
import { SCAFFOLD_LAYOUT, STAGES } from './ansible-layout.ts';
import { existingPaths, exists, inspectFolder, readText, type Before } from './folder.ts';
import { additionDiff, creationDiff } from './planned-diff.ts';
import { planFiles, type PlannedFile } from './plan.ts';
import { readTemplates } from './template-tree.ts';
import {
  sshOption,
  commonHome,
  withTilde,
  yamlScalar,
  type TemplateValues,
} from './template-values.ts';

export type InitInput = {
  /** The folder of the project; made if it isn't there. */
  readonly folder: string;
  /** The folder of the built-in templates (the one that has `project/`). */
  readonly templates: string;
  /** Networks to look for Pis in; empty: the default route's. */
  readonly networks: readonly string[];
};

export type InitOutcome = Outcome & {
  readonly root: string;
  readonly projectId: string;
  /** `existing`: the folder was an Ansible project, and only got what rpi needs. */
  readonly kind: 'scaffold' | 'existing';
  /** Relative paths. In a dry run: what would be. */
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly left: readonly string[];
};

/**
 * Makes the files that are missing and never touches one that is there, except for an entry
 * appended to .gitignore. Throws `input.invalid` (the folder is a file, a template is wrong),
 * `config.invalid` (an rpi.yml that is there), `file.not-writable` and `file.disk-full`.
 */
export const init: Operation<InitInput, InitOutcome> = async function* (input, context) {
  const root = resolve(input.folder);
  const before = await inspectFolder(root);
  yield* warnings(root, before);
  const values = templateValues(root, input, before, context);
  if (!values.scaffold) yield explainLayout(values, before);

  const folders = [input.templates, personalTemplates(context.env)];
  const templates = await readTemplates(folders.map((folder) => join(folder, 'project')));
  const gitignore = await readText(join(root, '.gitignore'));
  const known = await existingPaths(
    root,
    templates.map((template) => template.path),
  );
  const plan = planFiles(templates, values, { has: (path) => known.has(path), gitignore });
  yield planEvent(root, plan);

  const done: PlannedFile[] = [];
  for (const file of plan) {
    if (context.signal.aborted) {
      return outcome(root, values, done, 'cancelled', plan.slice(done.length));
    }
    if (!context.dryRun) await applyPlanned(root, file);
    done.push(file);
    yield fileEvent(file, context.dryRun);
  }
  return outcome(root, values, done, 'ok', []);
};

async function* warnings(root: string, before: Before): AsyncGenerator<EventBody> {
  const above = await findProjectRoot(dirname(root));
  if (above !== undefined && before.config === undefined) {
    yield {
      kind: 'log',
      level: 'warn',
      text: `${above} is a project too. Commands in ${root} will use the new one.`,
    };
  }
  if (before.worldWritable) {
    yield {
      kind: 'log',
      level: 'warn',
      text: `Everybody may write to ${root}, so Ansible ignores the ansible.cfg in it. Correct that with: chmod o-w ${root}`,
    };
  }
}

/** What the templates are rendered with, for this folder. */
export function templateValues(
  root: string,
  input: Pick<InitInput, 'networks'>,
  before: Before,
  context: Context,
): TemplateValues {
  const projectName = basename(root) || 'project';
  const projectId = before.config?.id ?? newProjectId(projectName, randomBytes(4).toString('hex'));
  const data = projectData(projectId, context.env);
  const home = commonHome(context.env['HOME']);
  const own = isScaffold(before) ? undefined : before.layout;
  return {
    projectName,
    projectId,
    networks: before.config?.networks ?? input.networks,
    identityFile: withTilde(data.identity, home),
    knownHostsFile: withTilde(data.knownHosts, home),
    dataFolder: withTilde(data.data, home),
    inventory:
      own === undefined ? SCAFFOLD_LAYOUT.inventory : (own.inventory ?? SCAFFOLD_LAYOUT.inventory),
    playbooks: own === undefined ? SCAFFOLD_LAYOUT.playbooks : own.playbooks,
    scaffold: own === undefined,
    sshOption,
    yaml: yamlScalar,
  };
}

/**
 * True for an empty or foreign folder, and for one that `init` has begun to scaffold: its rpi.yml,
 * which is written first, names exactly the files of the scaffold.
 */
function isScaffold({ config, layout }: Before): boolean {
  if (layout === undefined) return true;
  return (
    config !== undefined &&
    config.inventory === SCAFFOLD_LAYOUT.inventory &&
    STAGES.every((stage) => config.ansible[stage] === SCAFFOLD_LAYOUT.playbooks[stage])
  );
}

/** An id that tells people which project it is, and that no other project has. */
export function newProjectId(projectName: string, random: string): string {
  const slug = projectName
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return `${slug === '' ? 'project' : slug}-${random}`;
}

function explainLayout(values: TemplateValues, before: Before): EventBody {
  const others = before.layout?.otherInventories ?? [];
  const missing = STAGES.filter((stage) => values.playbooks[stage] === null);
  const sentences = [
    `This is an Ansible project already: it gets an rpi.yml that fits it and an entry in .gitignore, nothing else.`,
    before.layout?.inventory === undefined
      ? `There is no inventory; rpi will keep ${values.inventory}.`
      : `The inventory is ${values.inventory}.`,
    ...(isYaml(values.inventory) ? [] : [`It is not YAML: rpi reads it, but never writes to it.`]),
    ...(others.length === 0 ? [] : [`There are others, too: ${others.join(', ')}.`]),
    ...(missing.length === 0 ? [] : [`No playbook was found for: ${missing.join(', ')}.`]),
  ];
  return { kind: 'log', level: 'info', text: sentences.join(' ') };
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path);
}

export function planEvent(root: string, plan: readonly PlannedFile[]): EventBody {
  return {
    kind: 'plan',
    title: `Project in ${root}`,
    items: plan.map(({ action, path }) => ({ action, target: path })),
  };
}

const FILE_ACTIONS = { create: 'created', append: 'updated', leave: 'left' } as const;

export function fileEvent(file: PlannedFile, planned: boolean): EventBody {
  return {
    kind: 'file.changed',
    path: file.path,
    action: FILE_ACTIONS[file.action],
    planned,
    ...diffOf(file, planned),
    ...(file.action === 'leave' ? { detail: 'exists' } : {}),
  };
}

/** The whole content of a new file is of interest only where it isn't written. */
function diffOf(file: PlannedFile, planned: boolean): { readonly diff?: string } {
  if (file.action === 'append') return { diff: additionDiff(file.path, file.added) };
  return file.action === 'create' && planned ? { diff: creationDiff(file.path, file.content) } : {};
}

/** Makes the file, unless somebody has made it since it was planned. */
export async function applyPlanned(root: string, file: PlannedFile): Promise<void> {
  const path = join(root, file.path);
  if (file.action === 'leave') return;
  await makeFolder(dirname(path));
  if (file.action === 'append') {
    await writeFileAtomic(path, ((await readText(path)) ?? '') + file.added);
    return;
  }
  // Somebody may have made it since the plan was; theirs is left.
  if (!(await exists(path))) await writeFileAtomic(path, file.content);
}

function outcome(
  root: string,
  values: TemplateValues,
  done: readonly PlannedFile[],
  status: 'ok' | 'cancelled',
  undone: readonly PlannedFile[],
): InitOutcome {
  const paths = (action: PlannedFile['action']): string[] =>
    done.filter((file) => file.action === action).map((file) => file.path);
  const created = paths('create');
  const left = paths('leave');
  return {
    status,
    summary: `${String(created.length)} files created, ${String(left.length)} left as they were, in ${root}`,
    undone: undone.filter((f) => f.action !== 'leave').map((f) => `${f.path} was not written.`),
    root,
    projectId: values.projectId,
    kind: values.scaffold ? 'scaffold' : 'existing',
    created,
    updated: paths('append'),
    left,
  };
}
