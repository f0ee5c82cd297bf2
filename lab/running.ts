/** What a running lab was started with: written by `up`, read by the supervisor and by whoever asks. */
import { readFile } from 'node:fs/promises';
import type { Base } from './base.ts';
import { baseOf } from './base.ts';
import { LabError } from './errors.ts';
import { parseLabFile } from './lab-file.ts';
import type { LabDefinition } from './lab-file.ts';
import { cacheDirectory } from './paths.ts';
import type { LabPaths } from './paths.ts';
import { writeAtomically } from './state.ts';

export type RunningDefinition = { definition: LabDefinition; base: Base };

export async function writeRunningDefinition(paths: LabPaths, running: RunningDefinition): Promise<void> {
  await writeAtomically(paths.definition, `${JSON.stringify(running.definition, null, 2)}\n`);
}

export async function readRunningDefinition(paths: LabPaths): Promise<RunningDefinition> {
  const text = await readFile(paths.definition, 'utf8').catch((error: unknown) => {
    throw new LabError('not-running', `There is no lab in ${paths.dir}.`, 'npm run lab -- up', { cause: error });
  });
  // JSON is YAML: one schema reads both.
  return { definition: parseLabFile(text, paths.definition), base: baseOf(cacheDirectory()) };
}
