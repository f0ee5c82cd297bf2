import type { Command } from 'commander';
import { RpiError } from '../../core/errors.ts';
import { findProjectRoot, noProject } from '../../core/project/project.ts';
import { resource } from '../../core/resources.ts';
import { executeInProject, executeOutside, invocationOf } from '../execute.ts';

type Options = { readonly network: string[]; readonly missing?: true; readonly only: string[] };

const AFTER = `
--missing makes the files of a project that are not there (any more), where rpi.yml says they are,
and touches no other. In a project with playbooks of its own it makes the inventory and the files of
create; --only roles/base makes what is named, whatever it is.`;

/** `rpi init` */
export function addInit(program: Command): void {
  const gather = (value: string, before: string[]): string[] => [...before, value];
  program
    .command('init')
    .description('makes a project: inventory, playbooks, roles, an example app; never overwrites')
    .argument('[folder]', 'where; made if it is not there', '.')
    .option(
      '-n, --network <cidr>',
      'a network to look for Pis in, as in 192.168.1.0/24; can be repeated',
      gather,
      [],
    )
    .option('--missing', 'in a project: make the files that are missing, nothing else')
    .option('--only <path>', 'with --missing: this file or folder; can be repeated', gather, [])
    .option('--dry-run', 'show what would be made, and make nothing')
    .addHelpText('after', AFTER)
    .action(async (folder: string, options: Options, command: Command) => {
      if (options.missing === true) return makeMissing(folder, options, command);
      if (options.only.length > 0) {
        throw new RpiError('input.invalid', '--only goes with --missing.', {
          remedy: 'rpi init --missing --only PATH',
        });
      }
      const { init } = await import('../../core/init/init.ts');
      await executeOutside(invocationOf(command), (context) =>
        init({ folder, templates: resource('templates'), networks: options.network }, context),
      );
    });
}

/** In the project of `--project`, else of FOLDER. */
async function makeMissing(folder: string, options: Options, command: Command): Promise<void> {
  const invocation = invocationOf(command);
  const project = invocation.project ?? (await findProjectRoot(folder));
  if (project === undefined) throw noProject(folder);
  const { createMissing } = await import('../../core/init/missing.ts');
  const input = { templates: resource('templates'), only: options.only };
  await executeInProject({ ...invocation, project }, (context) => createMissing(input, context));
}
