import type { Command } from 'commander';
import { executeInProject, invocationOf } from '../execute.ts';

type RenderOptions = {
  readonly output?: string;
  readonly limit?: string;
  readonly diff?: true;
};

type VerifyOptions = {
  readonly limit?: string;
  readonly update: boolean;
  readonly pi: boolean;
  readonly list?: true;
};

/** `rpi create` */
export function addCreate(program: Command): void {
  const create = program
    .command('create')
    .description('makes what is to be installed on a Pi by raspberrypi-ua-netinst');
  create
    .command('render')
    .description('installer-config.txt, post-install.txt and files for each host')
    .argument('[hosts...]', 'names, groups or patterns of the inventory; all hosts without')
    .option('-o, --output <dir>', 'make a folder for each host there, not in .rpi/create')
    .option('-l, --limit <hosts>', 'of those only these (an Ansible host pattern)')
    .option('-D, --diff', 'show what changed since the last time')
    .option('--dry-run', 'show what would change, write nothing')
    .addHelpText(
      'after',
      '\nThe base is create/installer-config.txt; hostname, users and keys come from inventory and' +
        '\nrpi.yml, other settings from create.settings there and from rpi_install of a host.' +
        '\nThe folders hold passwords and private keys: they are for you alone (mode 0700).',
    )
    .action(async (hosts: string[], options: RenderOptions, command: Command) => {
      const { renderCreate } = await import('../../core/create/render.ts');
      await executeInProject(invocationOf(command), (context) =>
        renderCreate(
          {
            hosts: hosts.length === 0 ? undefined : hosts.join(','),
            limit: options.limit,
            output: options.output,
            diff: options.diff === true,
          },
          context,
        ),
      );
    });
  create
    .command('verify')
    .description('checks that all that would be downloaded is there; changes nothing')
    .argument('[hosts...]', 'names, groups or patterns of the inventory; all hosts without')
    .option('-l, --limit <hosts>', 'of those only these (an Ansible host pattern)')
    .option('--list', 'name every package that would be downloaded')
    .option('--no-pi', 'don’t ask from the Pis whether they reach the archives')
    .option('--no-update', 'don’t run create.repository.update of rpi.yml first')
    .addHelpText(
      'after',
      '\nArchives are read as the installer reads them: release, architecture, signature, expiry, and' +
        '\nevery package with all that it depends on. Indexes are kept in .rpi/cache.',
    )
    .action(async (hosts: string[], options: VerifyOptions, command: Command) => {
      const { verifyCreate } = await import('../../core/create/verify.ts');
      await executeInProject(invocationOf(command), (context) =>
        verifyCreate(
          {
            hosts: hosts.length === 0 ? undefined : hosts.join(','),
            limit: options.limit,
            update: options.update,
            fromPi: options.pi,
            list: options.list === true,
          },
          context,
        ),
      );
    });
}
