/** A project: the folder of the nearest rpi.yml upwards, its configuration and its places. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Environment } from '../command/run.ts';
import { RpiError, systemCode } from '../errors.ts';
import { readConfig, type Config } from './config.ts';
import { projectData, projectState, type DataPaths, type StatePaths } from './paths.ts';

export type Project = StatePaths &
  DataPaths & {
    readonly root: string;
    readonly config: Config;
    /** The inventory that rpi keeps; absolute. */
    readonly inventory: string;
  };

/** The folder of the nearest rpi.yml from `start` upwards, or undefined. */
export async function findProjectRoot(start: string): Promise<string | undefined> {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (await isFile(join(folder, 'rpi.yml'))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/**
 * Opens the project at `root`. Throws `project.not-found` where there is no rpi.yml and
 * `config.invalid` (with line and column) where it is wrong.
 */
export async function openProject(root: string, env: Environment): Promise<Project> {
  const path = join(root, 'rpi.yml');
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') throw noProject(root);
    throw error;
  });
  const config = readConfig(path, text);
  return {
    root,
    config,
    ...projectState(root),
    ...projectData(config.id, env),
    inventory: isAbsolute(config.inventory) ? config.inventory : join(root, config.inventory),
  };
}

export function noProject(folder: string): RpiError {
  return new RpiError('project.not-found', `There is no rpi.yml in ${folder} or above it.`, {
    remedy: 'Create a project with: rpi init — or name one with --project FOLDER.',
  });
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
