import type { Command } from 'commander';
import { RpiError } from '../../core/errors.ts';
import { executeInProject, invocationOf } from '../execute.ts';
import { limitOf } from './hosts.ts';
import { wholeNumber } from './numbers.ts';

const AFTER = `
Asks first, naming the Pis; --yes answers for scripts. Logs in by the project’s key and reboots
as root, by sudo where the user is another. A Pi counts as back when it lets us in with a new boot
id. Its lock is held until then, so no other run works on it meanwhile.

Examples:
  rpi reboot kitchen                    one Pi
  rpi reboot --limit sensors --yes      a group, without a question
  rpi reboot --limit all --parallel 1   one after the other; the next one starts when one is back`;

type Options = {
  readonly limit?: string;
  readonly yes?: true;
  readonly parallel: number;
  readonly deadline: number;
  readonly askBecomePass?: true;
};

/** `rpi reboot` */
export function addReboot(program: Command): void {
  program
    .command('reboot')
    .description('reboots Pis and waits until each is back')
    .argument('[hosts...]', 'hosts or groups of the inventory')
    .option('-l, --limit <hosts>', 'only these hosts (an Ansible host pattern)')
    .option('-y, --yes', 'don’t ask')
    .option('-p, --parallel <count>', 'how many at once', wholeNumber(1, 200), 10)
    .option('--deadline <seconds>', 'how long each may take to be back', wholeNumber(5, 7200), 300)
    .option('-K, --ask-become-pass', 'ask for the password of sudo')
    .option('--dry-run', 'show which Pis would be rebooted')
    .addHelpText('after', AFTER)
    .action(async (hosts: string[], options: Options, command: Command) => {
      const limit = limitOf(hosts, options.limit);
      if (limit === undefined) {
        throw new RpiError('input.invalid', 'Say which Pis: rpi reboot HOST… or --limit.', {
          remedy: 'All of them: rpi reboot --limit all',
        });
      }
      const { reboot } = await import('../../core/reboot/reboot.ts');
      await executeInProject(invocationOf(command), (context) =>
        reboot(
          {
            limit,
            confirmed: options.yes === true,
            askBecomePassword: options.askBecomePass === true,
            parallel: options.parallel,
            deadline: options.deadline * 1000,
          },
          context,
        ),
      );
    });
}
