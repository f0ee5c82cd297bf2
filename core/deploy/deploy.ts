import { runStages, type Stage, type StagesInput, type StagesOutcome } from '../ansible/stages.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';

const ENVIRONMENT: Stage = { name: 'verify_environment', title: 'Verify the environment' };
const DEPLOY: Stage = { name: 'deploy', title: 'Deploy' };
const DEPLOYMENT: Stage = { name: 'verify_deployment', title: 'Verify the deployment' };
/** All of them, in their order. */
export const DEPLOY_STAGES: readonly Stage[] = [ENVIRONMENT, DEPLOY, DEPLOYMENT];

/**
 * Verifies the environment, deploys, verifies the deployment; stops at the first stage that
 * fails, so that a deployment that was not verified is never called done. Errors: see runStages.
 */
export function deploy(
  input: StagesInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, StagesOutcome> {
  return runStages(DEPLOY_STAGES, 'deploy', input, context);
}

/**
 * Verifies the environment and what was deployed last, and deploys nothing. Stops at the first
 * stage that fails. Errors: see runStages.
 */
export function verify(
  input: StagesInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, StagesOutcome> {
  return runStages([ENVIRONMENT, DEPLOYMENT], 'verify', input, context);
}
