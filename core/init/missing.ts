/**
 * `rpi init --missing`: the files of a project that are not there, made from the templates of
 * `rpi init`. A template goes where rpi.yml says that its file is.
 */
import { isAbsolute, join, sep } from 'node:path';
import type { Environment } from '../command/run.ts';
import { RpiError } from '../errors.ts';
import { personalTemplates } from '../project/paths.ts';
import type { Project } from '../project/project.ts';
import type { EventBody } from '../runs/event.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { SCAFFOLD_LAYOUT, STAGES } from './ansible-layout.ts';
import { existingPaths, inspectFolder, readText } from './folder.ts';
import { applyPlanned, fileEvent, planEvent, templateValues } from './init.ts';
import { planFiles, type PlannedFile } from './plan.ts';
import { readTemplates, type Template } from './template-tree.ts';
import type { TemplateValues } from './template-values.ts';

export type MissingInput = {
  /** The folder of the built-in templates (the one that has `project/`). */
  readonly templates: string;
  /** Files or folders, relative to the project; what the project is meant to have if empty. */
  readonly only: readonly string[];
};

export type MissingOutcome = Outcome & {
  /** Relative paths. In a dry run: what would be. */
  readonly created: readonly string[];
};

/** A file that is not there, and the template that it would be made from. */
export type MissingFile = {
  /** Relative to the project, with `/`. */
  readonly path: string;
  /** The template's path, relative to `templates/project/`. */
  readonly template: string;
  /** Whether the project is meant to have it: it comes without being named. */
  readonly expected: boolean;
};

/**
 * Makes what is missing and touches nothing that is there. Throws `input.invalid` for a path that
 * no template makes, and `file.*`.
 */
export async function* createMissing(
  input: MissingInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, MissingOutcome> {
  const { project } = context;
  const templates = await templatesOf(project, input.templates, context.env);
  const missing = await absent(project, templates);
  const wanted = new Set(chosen(missing, templates, input.only).map(({ path }) => path));
  const plan = planFiles(
    templates.map(({ target, template }) => ({ ...template, path: target })),
    await valuesOf(context),
    {
      has: (path) => !wanted.has(path),
      gitignore: await readText(join(project.root, '.gitignore')),
    },
  ).filter(({ action, path }) => action === 'create' && wanted.has(path));
  yield planEvent(project.root, plan);
  const done: PlannedFile[] = [];
  for (const file of plan) {
    if (context.signal.aborted) break;
    if (!context.dryRun) await applyPlanned(project.root, file);
    done.push(file);
    yield fileEvent(file, context.dryRun);
  }
  const created = done.map(({ path }) => path);
  const said = `${created.length} file${created.length === 1 ? '' : 's'}`;
  const summary =
    plan.length === 0
      ? 'Nothing is missing.'
      : `${said} ${context.dryRun ? 'would be created (a dry run)' : 'created'} in ${project.root}.`;
  return {
    status: context.signal.aborted ? 'cancelled' : 'ok',
    summary,
    undone: plan.slice(done.length).map(({ path }) => `${path} was not written.`),
    created,
  };
}

/** What a template could make and nothing has made yet. Throws `file.not-readable`. */
export async function missingFiles(
  project: Project,
  templates: string,
  env: Environment,
): Promise<MissingFile[]> {
  return absent(project, await templatesOf(project, templates, env));
}

type Placed = { readonly template: Template; readonly target: string };

async function templatesOf(
  project: Project,
  folder: string,
  env: Environment,
): Promise<readonly Placed[]> {
  const folders = [folder, personalTemplates(env)].map((each) => join(each, 'project'));
  const places = placesOf(project);
  return (await readTemplates(folders)).flatMap((template) => {
    const target = places.has(template.path) ? places.get(template.path) : template.path;
    return target === undefined ? [] : [{ template, target }];
  });
}

/** Where the files that rpi.yml names are; undefined for what is outside, or is not wanted. */
function placesOf({ config }: Project): Map<string, string | undefined> {
  const stages = STAGES.map((stage): [string, string | undefined] => [
    SCAFFOLD_LAYOUT.playbooks[stage],
    inside(config.ansible[stage]),
  ]);
  return new Map([
    ...stages,
    [SCAFFOLD_LAYOUT.inventory, inside(config.inventory)],
    ['create/installer-config.txt', inside(config.create.config)],
    ['create/post-install.txt', inside(config.create.post_install)],
  ]);
}

function inside(path: string | null): string | undefined {
  if (path === null || isAbsolute(path)) return undefined;
  const plain = path.split(sep).join('/').replace(/^\.\//, '');
  return plain.split('/').includes('..') ? undefined : plain;
}

async function absent(project: Project, templates: readonly Placed[]): Promise<MissingFile[]> {
  const targets = templates.map(({ target }) => target);
  const there = await existingPaths(project.root, targets);
  const isScaffold = STAGES.some(
    (stage) => project.config.ansible[stage] === SCAFFOLD_LAYOUT.playbooks[stage],
  );
  const named = new Set(
    [SCAFFOLD_LAYOUT.inventory, 'create/installer-config.txt', 'create/post-install.txt'].map(
      (path) => placesOf(project).get(path),
    ),
  );
  return templates
    .filter(({ target }) => !there.has(target))
    .map(({ template, target }) => ({
      path: target,
      template: template.path,
      // A project with playbooks of its own wants no roles and no example of ours.
      expected: isScaffold || named.has(target),
    }));
}

function chosen(
  missing: readonly MissingFile[],
  templates: readonly Placed[],
  only: readonly string[],
): readonly MissingFile[] {
  if (only.length === 0) return missing.filter(({ expected }) => expected);
  const paths = only.map((path) =>
    path.split(sep).join('/').replace(/^\.\//, '').replace(/\/+$/, ''),
  );
  const covers = (path: string, target: string): boolean =>
    target === path || target.startsWith(`${path}/`);
  const stranger = paths.find((path) => !templates.some(({ target }) => covers(path, target)));
  if (stranger !== undefined) {
    const known = [...new Set(templates.map(({ target }) => target.split('/')[0] ?? target))];
    throw new RpiError('input.invalid', `No template makes ${stranger}.`, {
      remedy: `There are templates for: ${known.sort().join(', ')}.`,
    });
  }
  return missing.filter(({ path }) => paths.some((wanted) => covers(wanted, path)));
}

/** As `init` renders them, with what rpi.yml says today. */
async function valuesOf(context: ProjectContext): Promise<TemplateValues> {
  const { root, config } = context.project;
  const values = templateValues(root, { networks: [] }, await inspectFolder(root), context);
  return { ...values, inventory: config.inventory, playbooks: config.ansible, scaffold: true };
}
