import type { Command } from 'commander';
import { executeInProject, invocationOf } from '../execute.ts';
import { addPlaybookOptions, playbookInput } from './playbook-options.ts';

/** `rpi verify` */
export function addVerify(program: Command): void {
  addPlaybookOptions(
    program
      .command('verify')
      .description('verifies the environment and the deployment, deploys nothing, by Ansible'),
  ).action(async (_args: string[], _options: unknown, command: Command) => {
    const invocation = invocationOf(command);
    const { verify } = await import('../../core/deploy/deploy.ts');
    await executeInProject(invocation, (context) =>
      verify(playbookInput(command, invocation.json), context),
    );
  });
}
