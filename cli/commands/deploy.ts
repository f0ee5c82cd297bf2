import type { Command } from 'commander';
import { executeInProject, invocationOf } from '../execute.ts';
import { addPlaybookOptions, playbookInput } from './playbook-options.ts';

/** `rpi deploy` */
export function addDeploy(program: Command): void {
  addPlaybookOptions(
    program
      .command('deploy')
      .description(
        'verifies the environment, deploys the app, verifies the deployment, by Ansible',
      ),
  ).action(async (_args: string[], _options: unknown, command: Command) => {
    const invocation = invocationOf(command);
    const { deploy } = await import('../../core/deploy/deploy.ts');
    await executeInProject(invocation, (context) =>
      deploy(playbookInput(command, invocation.json), context),
    );
  });
}
