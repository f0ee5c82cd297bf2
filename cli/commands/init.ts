import type { Command } from 'commander';
import { resource } from '../../core/resources.ts';
import { executeOutside, invocationOf } from '../execute.ts';

/** `rpi init` */
export function addInit(program: Command): void {
  program
    .command('init')
    .description('makes a project: inventory, playbooks, roles, an example app; never overwrites')
    .argument('[folder]', 'where; made if it is not there', '.')
    .option(
      '-n, --network <cidr>',
      'a network to look for Pis in, as in 192.168.1.0/24; can be repeated',
      (value: string, before: string[]) => [...before, value],
      [],
    )
    .option('--dry-run', 'show what would be made, and make nothing')
    .action(async (folder: string, options: { network: string[] }, command: Command) => {
      const { init } = await import('../../core/init/init.ts');
      await executeOutside(invocationOf(command), (context) =>
        init({ folder, templates: resource('templates'), networks: options.network }, context),
      );
    });
}
