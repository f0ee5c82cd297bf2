/** Finds the files of an inventory and reads what they say. */
import { extname, join } from 'node:path';
import { runChecked, type Environment } from '../command/run.ts';
import { RpiError } from '../errors.ts';
import { parseIniInventory } from '../formats/inventory/ini-inventory.ts';
import type { ParsedInventory, Statement } from '../formats/inventory/statement.ts';
import { parseYamlInventory } from '../formats/inventory/yaml-inventory.ts';
import { invalidInventory } from './fault.ts';
import type { InventoryFiles } from './files.ts';
import type { ProgramAnswers } from './programs.ts';

/** One file of an inventory. Only `yaml` ones are ever written. */
export type InventorySource = {
  readonly path: string;
  readonly format: 'yaml' | 'ini' | 'program';
  readonly statements: readonly Statement[];
};

/** What reading inventories that are programs takes; without it, they are an error. */
export type Programs = { readonly env: Environment; readonly signal: AbortSignal };

/** How inventories that are programs are read. */
export type ReadPrograms = {
  readonly programs: Programs | undefined;
  /** Where they are given, they stand for running programs. */
  readonly answers?: ProgramAnswers | undefined;
  /** Takes the error of one that is not run, which then says nothing; thrown without it. */
  readonly leftOut?: ((error: RpiError) => void) | undefined;
};

/** As ansible/inventory/manager.py ignores entries of an inventory folder. */
const IGNORED =
  /^\.|^host_vars$|^group_vars$|^vars_plugins$|(?:\.pyc|\.pyo|\.swp|\.bak|~|\.rpm|\.md|\.txt|\.rst|\.orig|\.ini|\.cfg|\.retry)$/;
const YAML_EXTENSIONS = ['', '.yml', '.yaml', '.json'];

/**
 * Reads the inventory at `path`: a file, or a folder of them. Throws `inventory.not-found`,
 * `inventory.invalid`, and for programs `command.failed` or `command.not-found`.
 */
export async function readSources(
  path: string,
  files: InventoryFiles,
  programs: ReadPrograms,
): Promise<InventorySource[]> {
  const entries = await files.list(path);
  if (entries === undefined) return [await readSource(path, files, programs)];
  const sources: InventorySource[] = [];
  for (const { name } of entries) {
    if (IGNORED.test(name)) continue;
    sources.push(...(await readSources(join(path, name), files, programs)));
  }
  return sources;
}

async function readSource(
  path: string,
  files: InventoryFiles,
  programs: ReadPrograms,
): Promise<InventorySource> {
  const text = await files.read(path);
  if (text === undefined) {
    throw new RpiError('inventory.not-found', `There is no inventory ${path}.`, {
      remedy: 'Name yours in rpi.yml as inventory:, or create one with: rpi init',
      places: [{ path, message: 'there is no such file' }],
    });
  }
  const extension = extname(path);
  if (text.startsWith('#!') || extension === '.toml') return askAnsible(path, text, programs);
  if (!YAML_EXTENSIONS.includes(extension)) {
    return { path, format: 'ini', statements: accepted(path, parseIniInventory(text)) };
  }
  const yaml = parseYamlInventory(text);
  if (yaml.ok === 'plugin') return askAnsible(path, text, programs);
  if (yaml.ok || extension !== '') {
    return { path, format: 'yaml', statements: accepted(path, yaml) };
  }
  // Ansible, too, takes a file without an extension that is no YAML inventory for INI.
  const ini = parseIniInventory(text);
  const isIni = ini.ok || /^\s*\[[^\s,]+\]\s*$/m.test(text);
  return isIni
    ? { path, format: 'ini', statements: accepted(path, ini) }
    : { path, format: 'yaml', statements: accepted(path, yaml) };
}

function accepted(path: string, parsed: ParsedInventory): readonly Statement[] {
  if (parsed.ok) return parsed.statements;
  throw invalidInventory(path, parsed.faults);
}

/** Programs, plugin configurations and TOML: only Ansible itself knows what they say. */
async function askAnsible(
  path: string,
  text: string,
  { programs, answers, leftOut }: ReadPrograms,
): Promise<InventorySource> {
  const says = async (listing: string): Promise<InventorySource> => {
    // With it comes a library of schemas, which other inventories don't need.
    const { parseListedInventory } = await import('../formats/inventory/listed-inventory.ts');
    return { path, format: 'program', statements: accepted(path, parseListedInventory(listing)) };
  };
  if (answers === undefined && programs !== undefined) {
    return says(await listProgram(path, programs));
  }
  const answer = answers === undefined ? { error: programNotRun(path) } : answers.of(path, text);
  if (answer !== undefined && 'listing' in answer) return says(answer.listing);
  if (answer !== undefined) {
    if (leftOut === undefined) throw answer.error;
    leftOut(answer.error);
  }
  return { path, format: 'program', statements: [] };
}

/**
 * Runs an inventory that is a program by `ansible-inventory`: the JSON text of its listing. Throws
 * `command.failed` and `command.not-found`.
 */
export async function listProgram(path: string, programs: Programs): Promise<string> {
  const command = {
    command: 'ansible-inventory',
    args: ['--inventory', path, '--list', '--export'],
    env: { ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED: 'true', ANSIBLE_NOCOLOR: '1' },
  };
  return (await runChecked(command, programs)).stdout;
}

function programNotRun(path: string): RpiError {
  return new RpiError(
    'inventory.read-only',
    `${path} is a program or a plugin’s configuration, which is not run here.`,
    {
      remedy: 'Use a YAML inventory, or run the rpi command in a terminal.',
      places: [{ path, message: 'this is a program or a plugin’s configuration, not run here' }],
    },
  );
}
