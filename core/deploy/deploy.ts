import { runStages, type Stage, type StagesInput, type StagesOutcome } from '../ansible/stages.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';

const STAGES: readonly Stage[] = [
  { name: 'verify_environment', title: 'Verify the environment' },
  { name: 'deploy', title: 'Deploy' },
  { name: 'verify_deployment', title: 'Verify the deployment' },
];

/**
 * Verifies the environment, deploys, verifies the deployment; stops at the first stage that
 * fails, so that a deployment that was not verified is never called done. Errors: see runStages.
 */
export function deploy(
  input: StagesInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, StagesOutcome> {
  return runStages(STAGES, 'deploy', input, context);
}
