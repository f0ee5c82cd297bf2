/** `rpi playbook`: any playbooks of the project, run as provision runs its stages. */
import { stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { RpiError } from '../errors.ts';
import type { Project } from '../project/project.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import {
  runPlanned,
  type PlannedPlaybook,
  type StagesInput,
  type StagesOutcome,
} from './stages.ts';

export type PlaybooksInput = StagesInput & {
  /** Paths, relative to the working directory or else to the project. */
  readonly files: readonly string[];
};

/**
 * Runs the playbooks in their order, stopping at the first that fails. Throws `input.invalid` for
 * a file that is not there, and what runStages throws.
 */
export async function* runPlaybooks(
  input: PlaybooksInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, StagesOutcome> {
  const planned: PlannedPlaybook[] = [];
  for (const file of input.files) planned.push(await planPlaybook(file, context.project));
  return yield* runPlanned(planned, 'playbook', input, context);
}

async function planPlaybook(file: string, { root }: Project): Promise<PlannedPlaybook> {
  for (const playbook of new Set([resolve(file), join(root, file)])) {
    if (!(await isFile(playbook))) continue;
    const inside = relative(root, playbook);
    const title = inside.startsWith('..') ? playbook : inside;
    return { step: title, title, phrase: title, playbook };
  }
  throw new RpiError('input.invalid', `There is no playbook ${file}.`, {
    remedy: 'Name it from here or from the folder of rpi.yml, as in playbooks/site.yml.',
  });
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
