/**
 * Edits of inventory files as data: computed from the texts that `files` gives, tried out, read
 * again and compared with what was meant. Writes nothing; an editor applies them itself.
 */
import { RpiError, type ErrorPlace } from '../errors.ts';
import { applyEdits, composeEdits, type TextChange, type TextEdit } from '../formats/text-edit.ts';
import { YamlEditError } from '../formats/yaml-edit.ts';
import { openYaml } from '../formats/yaml-place.ts';
import type { Project } from '../project/project.ts';
import { hostPlaces } from './edit.ts';
import { HostRefusal } from './fault.ts';
import { filesOnDisk, frozen, withTexts, type InventoryFiles } from './files.ts';
import { checkIntention } from './intention.ts';
import { readInventory, type LoadedInventory } from './load.ts';
import { planFileChanges, type FileChange, type HostChange } from './plan.ts';
import type { Programs } from './source.ts';

/** Edits of one file. */
export type FileEdits = {
  /** Absolute. */
  readonly path: string;
  /** False for a file that the edits make. */
  readonly exists: boolean;
  /** The text that the edits are of, empty for a new file. */
  readonly text: string;
  /** Their offsets count from the beginning of `text`; they don't overlap. */
  readonly edits: readonly TextEdit[];
};

export type EditOptions = {
  /** The disk's, where it is not given. */
  readonly files?: InventoryFiles | undefined;
  /** For projects with inventories that are programs; see loadInventory. */
  readonly programs?: Programs | undefined;
};

/**
 * The edits that do the changes; those of a file that stays as it is are left out. Every other
 * host comes out as it was. Throws `inventory.invalid` (before, or if the result would be),
 * `inventory.not-editable` naming the line, `inventory.read-only` for an inventory that is not
 * YAML, and `input.invalid` for a host that is (or is not) there.
 */
export async function planHostEdits(
  project: Pick<Project, 'root' | 'inventory'>,
  changes: readonly HostChange[],
  options: EditOptions = {},
): Promise<FileEdits[]> {
  if (changes.length === 0) return [];
  return planEdits(
    project,
    (before) => planFileChanges(before, project.inventory, changes),
    (before, after) => checkIntention(before, after, changes),
    options,
  );
}

/** As planHostEdits, for any changes of files and any check of what comes of them. */
export async function planEdits(
  project: Pick<Project, 'root' | 'inventory'>,
  plan: (before: LoadedInventory) => readonly FileChange[],
  check: (before: LoadedInventory, after: LoadedInventory) => void,
  { files: given = filesOnDisk, programs }: EditOptions,
): Promise<FileEdits[]> {
  const files = frozen(given);
  const before = await readInventory(project, { files, programs });
  try {
    const edited = await editFiles(plan(before), files);
    if (edited.length === 0) return [];
    const texts = new Map(edited.map((file) => [file.path, textAfter(file)]));
    const after = await readInventory(project, { files: withTexts(files, texts), programs });
    check(before, after);
    return edited;
  } catch (error) {
    throw error instanceof HostRefusal ? await located(error, before, files) : error;
  }
}

/** The refusal with the lines on which the host stands. */
async function located(
  refusal: HostRefusal,
  { sources }: LoadedInventory,
  files: InventoryFiles,
): Promise<RpiError> {
  const { code, host, message, remedy } = refusal;
  const places: ErrorPlace[] = [];
  for (const { path, format } of sources) {
    if (format !== 'yaml') continue;
    const yaml = openYaml((await files.read(path)) ?? '');
    for (const { hosts, offset } of hostPlaces(yaml)) {
      if (hosts.includes(host)) places.push({ path, ...yaml.positionOf(offset), message });
    }
  }
  const [first] = places;
  const where = first === undefined ? '' : `${first.path}:${first.line}:${first.column}: `;
  return new RpiError(code, `${where}${message}`, {
    ...(remedy === undefined ? {} : { remedy }),
    cause: refusal,
    places,
  });
}

/** The text of the file when its edits are made. */
export function textAfter({ text, edits }: FileEdits): string {
  return applyEdits(text, edits);
}

async function editFiles(
  changes: readonly FileChange[],
  files: InventoryFiles,
): Promise<FileEdits[]> {
  const byPath = new Map<string, TextChange[]>();
  for (const { path, change } of changes) {
    byPath.set(path, [...(byPath.get(path) ?? []), (text) => attempt(path, text, change)]);
  }
  const edited: FileEdits[] = [];
  for (const [path, ofFile] of byPath) {
    const read = await files.read(path);
    const text = read ?? '';
    const file = { path, exists: read !== undefined, text, edits: composeEdits(text, ofFile) };
    if (textAfter(file) !== text) edited.push(file);
  }
  return edited;
}

function attempt(path: string, text: string, change: TextChange): readonly TextEdit[] {
  try {
    return change(text);
  } catch (error) {
    if (!(error instanceof YamlEditError)) throw error;
    const { line, column } = error.position;
    throw new RpiError('inventory.not-editable', `${path}:${line}:${column}: ${error.message}`, {
      remedy: 'Nothing was written. Change this place by hand; it can’t be done safely for you.',
      cause: error,
      places: [{ path, line, column, message: error.message }],
    });
  }
}
