/**
 * The one way to write an inventory: lock, read, edit, read again what the edit would make of it,
 * compare with what was meant, replace the file atomically.
 */
import { relative } from 'node:path';
import { RpiError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { unifiedDiff } from '../files/diff.ts';
import { acquireLock } from '../files/lock.ts';
import { applyEdits, type TextChange } from '../formats/text-edit.ts';
import { YamlEditError } from '../formats/yaml-edit.ts';
import type { Project } from '../project/project.ts';
import type { EventBody } from '../runs/event.ts';
import { readOnlyInventory } from './fault.ts';
import { filesOnDisk, withTexts } from './files.ts';
import { checkIntention } from './intention.ts';
import { readInventory, type LoadedInventory } from './load.ts';
import { planFileChanges, type FileChange, type HostChange } from './plan.ts';
import { redactInventory } from './redact.ts';
import type { Programs } from './source.ts';

export type UpdateOptions = {
  readonly dryRun: boolean;
  /** For projects with inventories that are programs; see loadInventory. */
  readonly programs?: Programs | undefined;
};

/**
 * Edits the inventory file itself. Yields `file.changed` with the diff; nothing when the edit
 * changes nothing. Throws `inventory.invalid` (before, or if the result would be),
 * `inventory.not-editable` naming the line, `inventory.read-only` for an inventory that is not
 * YAML, `lock.held`, `file.*`. The file is then as it was.
 */
export async function* updateInventory(
  project: Project,
  change: TextChange,
  options: UpdateOptions,
): AsyncGenerator<EventBody, void> {
  const plan = (before: LoadedInventory): FileChange[] => {
    const [source] = before.sources;
    if (before.sources.length !== 1 || source?.path !== project.inventory) {
      throw new RpiError('inventory.not-editable', `${project.inventory} is a folder.`, {
        remedy: 'Name the file of it that rpi is to keep as inventory: in rpi.yml.',
      });
    }
    if (source.format !== 'yaml') throw readOnlyInventory(source.path);
    return [{ path: source.path, change }];
  };
  yield* update(project, plan, () => undefined, options);
}

/**
 * Changes hosts: each variable in the file that sets it (the inventory or host_vars), new hosts in
 * the file of their group. Every other host must come out as it was, or nothing is written.
 * Yields and throws as updateInventory; returns whether anything changes. Where writing one of
 * several files fails (`file.disk-full`, `file.not-writable`), the error names those written before.
 */
export async function* changeHosts(
  project: Project,
  changes: readonly HostChange[],
  options: UpdateOptions,
): AsyncGenerator<EventBody, boolean> {
  if (changes.length === 0) return false;
  return yield* update(
    project,
    (before) => planFileChanges(before, project.inventory, changes),
    (before, after) => checkIntention(before, after, changes),
    options,
  );
}

async function* update(
  project: Project,
  plan: (before: LoadedInventory) => readonly FileChange[],
  check: (before: LoadedInventory, after: LoadedInventory) => void,
  options: UpdateOptions,
): AsyncGenerator<EventBody, boolean> {
  await using _lock = options.dryRun
    ? undefined
    : await acquireLock(project.locks, 'inventory', 'rpi inventory');
  const before = await readInventory(project, { programs: options.programs });
  const edited = await editTexts(plan(before));
  if (edited.length === 0) return false;
  const texts = new Map(edited.map(({ path, after }) => [path, after]));
  const files = withTexts(filesOnDisk, texts);
  check(before, await readInventory(project, { files, programs: options.programs }));
  if (!options.dryRun) await replaceAll(edited);
  for (const file of edited) yield changeEvent(project, file, options);
  return true;
}

function changeEvent(
  { root }: Project,
  { path, existed, before, after }: EditedText,
  { dryRun }: UpdateOptions,
): EventBody {
  const diff = unifiedDiff(relative(root, path), redactInventory(before), redactInventory(after));
  return {
    kind: 'file.changed',
    path,
    action: existed ? 'updated' : 'created',
    planned: dryRun,
    ...(diff === '' ? { detail: 'only what is secret differs' } : { diff }),
  };
}

type EditedText = {
  readonly path: string;
  readonly existed: boolean;
  readonly before: string;
  readonly after: string;
};

async function editTexts(changes: readonly FileChange[]): Promise<EditedText[]> {
  const texts = new Map<string, EditedText>();
  for (const { path, change } of changes) {
    const onDisk = texts.has(path) ? undefined : await filesOnDisk.read(path);
    const known = texts.get(path) ?? {
      path,
      existed: onDisk !== undefined,
      before: onDisk ?? '',
      after: onDisk ?? '',
    };
    texts.set(path, { ...known, after: edited(path, known.after, change) });
  }
  return [...texts.values()].filter(({ before, after }) => before !== after);
}

function edited(path: string, text: string, change: TextChange): string {
  try {
    return applyEdits(text, change(text));
  } catch (error) {
    if (!(error instanceof YamlEditError)) throw error;
    const { line, column } = error.position;
    throw new RpiError('inventory.not-editable', `${path}:${line}:${column}: ${error.message}`, {
      remedy: 'Nothing was written. Change this place by hand; it can’t be done safely for you.',
      cause: error,
    });
  }
}

/** An editor knows nothing of our lock: what it saved meanwhile must not be lost. */
async function replaceAll(files: readonly EditedText[]): Promise<void> {
  for (const { path, existed, before } of files) {
    if ((await filesOnDisk.read(path)) === (existed ? before : undefined)) continue;
    throw new RpiError('file.changed-meanwhile', `${path} was changed by someone else meanwhile.`, {
      remedy: 'Nothing was written. Run the command again.',
    });
  }
  const written: string[] = [];
  for (const { path, after } of files) {
    try {
      await writeFileAtomic(path, after);
    } catch (error) {
      if (!RpiError.is(error) || written.length === 0) throw error;
      const done = `${error.message} Written before that: ${written.join(', ')}.`;
      throw new RpiError(error.code, done, {
        ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
        cause: error,
      });
    }
    written.push(path);
  }
}
