/**
 * The one way to write an inventory: lock, read, edit, read again what the edit would make of it,
 * compare with what was meant, replace the file atomically.
 */
import { relative } from 'node:path';
import { RpiError } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { unifiedDiff } from '../files/diff.ts';
import { acquireLock } from '../files/lock.ts';
import type { TextChange } from '../formats/text-edit.ts';
import type { Project } from '../project/project.ts';
import type { EventBody } from '../runs/event.ts';
import { readOnlyInventory } from './fault.ts';
import { filesOnDisk } from './files.ts';
import { checkIntention } from './intention.ts';
import type { LoadedInventory } from './load.ts';
import { planFileChanges, type FileChange, type HostChange } from './plan.ts';
import { planEdits, textAfter, type FileEdits } from './planned-edits.ts';
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
  const edited = await planEdits(project, plan, check, { programs: options.programs });
  if (edited.length === 0) return false;
  if (!options.dryRun) await replaceAll(edited);
  for (const file of edited) yield changeEvent(project, file, options);
  return true;
}

function changeEvent({ root }: Project, file: FileEdits, { dryRun }: UpdateOptions): EventBody {
  const { path, exists, text } = file;
  const after = textAfter(file);
  const diff = unifiedDiff(relative(root, path), redactInventory(text), redactInventory(after));
  return {
    kind: 'file.changed',
    path,
    action: exists ? 'updated' : 'created',
    planned: dryRun,
    ...(diff === '' ? { detail: 'only what is secret differs' } : { diff }),
  };
}

/** An editor knows nothing of our lock: what it saved meanwhile must not be lost. */
async function replaceAll(files: readonly FileEdits[]): Promise<void> {
  for (const { path, exists, text } of files) {
    if ((await filesOnDisk.read(path)) === (exists ? text : undefined)) continue;
    throw new RpiError('file.changed-meanwhile', `${path} was changed by someone else meanwhile.`, {
      remedy: 'Nothing was written. Run the command again.',
    });
  }
  const written: string[] = [];
  for (const file of files) {
    const { path } = file;
    try {
      await writeFileAtomic(path, textAfter(file));
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
