import type { Command } from 'commander';
import { RpiError } from '../../core/errors.ts';
import { executeInProject, invocationOf } from '../execute.ts';
import { addPlaybookOptions, playbookInput } from './playbook-options.ts';

const AFTER = `
FILE is a playbook, named from here or from the folder of rpi.yml. Run as provision runs its
playbooks: with the project’s inventory, key and known hosts, one after the other, until one fails.

Examples:
  rpi playbook playbooks/site.yml --limit kitchen --check --diff
  rpi playbook playbooks/a.yml playbooks/b.yml -- --forks 20`;

/** `rpi playbook` */
export function addPlaybook(program: Command): void {
  addPlaybookOptions(
    program
      .command('playbook')
      .description('runs playbooks of the project, by Ansible')
      .usage('[options] <file...> [-- ansible-args...]'),
    { files: true },
  )
    .addHelpText('after', AFTER)
    .action(async (_words: string[], _options: unknown, command: Command) => {
      const invocation = invocationOf(command);
      const { files, extra } = splitWords(command.args, process.argv);
      if (files.length === 0) {
        throw new RpiError('input.invalid', 'There is no playbook to run.', {
          remedy: 'As in: rpi playbook playbooks/site.yml',
        });
      }
      const { runPlaybooks } = await import('../../core/ansible/playbooks.ts');
      await executeInProject(invocation, (context) =>
        runPlaybooks({ ...playbookInput(command, invocation.json), files, extra }, context),
      );
    });
}

/** commander joins what stands before `--` and after it; the whole command line tells them apart. */
export function splitWords(
  words: readonly string[],
  argv: readonly string[],
): { readonly files: readonly string[]; readonly extra: readonly string[] } {
  const end = argv.indexOf('--');
  const after = end === -1 ? 0 : argv.length - end - 1;
  const cut = words.length - after;
  return { files: words.slice(0, cut), extra: words.slice(cut) };
}
