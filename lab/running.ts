/** What a running lab was started with: written by `up`, read by the supervisor and by whoever asks. */
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import type { Base } from './base.ts';
import { baseNamed } from './base.ts';
import { LabError } from './errors.ts';
import { labFile } from './lab-file.ts';
import type { LabDefinition } from './lab-file.ts';
import { cacheDirectory } from './paths.ts';
import type { LabPaths } from './paths.ts';
import { writeAtomically } from './state.ts';

export type RunningDefinition = { definition: LabDefinition; base: Base };

const schema = z.object({ base: z.string(), definition: labFile });

export async function writeRunningDefinition(
  paths: LabPaths,
  running: RunningDefinition,
): Promise<void> {
  const content = { base: running.base.key, definition: running.definition };
  await writeAtomically(paths.definition, `${JSON.stringify(content, null, 2)}\n`);
}

export async function readRunningDefinition(paths: LabPaths): Promise<RunningDefinition> {
  const text = await readFile(paths.definition, 'utf8').catch((error: unknown) => {
    throw new LabError('not-running', `There is no lab in ${paths.dir}.`, 'npm run lab -- up', {
      cause: error,
    });
  });
  const { base, definition } = schema.parse(JSON.parse(text));
  return { base: baseNamed(cacheDirectory(), base), definition };
}
