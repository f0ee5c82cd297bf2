import type { Command } from 'commander';
import { executeInProject, invocationOf } from '../execute.ts';
import { addPlaybookOptions, playbookInput } from './playbook-options.ts';

/** `rpi provision` */
export function addProvision(program: Command): void {
  addPlaybookOptions(
    program
      .command('provision')
      .description('updates and upgrades the Pis, then runs the role playbooks, by Ansible'),
  )
    .option('--no-upgrade', 'leave installed packages at their versions')
    .option('--adopt-all', 'with an empty inventory: adopt every detected Pi without asking')
    .action(
      async (_args: string[], options: { upgrade: boolean; adoptAll?: true }, command: Command) => {
        const invocation = invocationOf(command);
        const { provision } = await import('../../core/provision/provision.ts');
        await executeInProject(invocation, (context) =>
          provision(
            {
              ...playbookInput(command, invocation.json),
              upgrade: options.upgrade,
              adoptAll: options.adoptAll === true,
            },
            context,
          ),
        );
      },
    );
}
