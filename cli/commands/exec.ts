import type { Command } from 'commander';
import { RpiError } from '../../core/errors.ts';
import { executeInProject, invocationOf } from '../execute.ts';
import { wholeNumber } from './numbers.ts';

const AFTER = `
Everything after -- is the command; its words reach the Pi as they are, quotes and spaces and all.
With --shell they are a line for the Pi’s shell (pipes, $variables, *). Standard input is empty.
Ends with 1 when the command ends with anything but 0 on one of them. The command line stands in
the run’s journal: no passwords there. A Pi may print 8 MiB.

Examples:
  rpi exec -- uptime -p                          on every Pi
  rpi exec --limit sensors --become -- apt-get -y install i2c-tools
  rpi exec --limit kitchen --shell -- 'dmesg | tail'`;

type Options = {
  readonly limit?: string;
  readonly become?: true;
  readonly askBecomePass?: true;
  readonly shell?: true;
  readonly parallel: number;
  readonly timeout?: number;
};

/** `rpi exec` */
export function addExec(program: Command): void {
  program
    .command('exec')
    .description('runs a command on many Pis at once')
    .argument('<command...>', 'after --: the command')
    .option('-l, --limit <hosts>', 'only these hosts (an Ansible host pattern)')
    .option('-b, --become', 'as root, by sudo')
    .option('-K, --ask-become-pass', 'ask for the password of sudo')
    .option('--shell', 'the words are a line for the shell of the Pi')
    .option('-p, --parallel <count>', 'how many Pis at once', wholeNumber(1, 200), 50)
    .option('--timeout <seconds>', 'stop a command that takes longer', wholeNumber(1, 86_400))
    .addHelpText('after', AFTER)
    .action(async (words: string[], options: Options, command: Command) => {
      if (words.every((word) => word === '')) {
        throw new RpiError('input.invalid', 'There is no command to run.', {
          remedy: 'As in: rpi exec -- uptime',
        });
      }
      const { execOnHosts } = await import('../../core/exec/exec.ts');
      await executeInProject(invocationOf(command), (context) =>
        execOnHosts(
          {
            limit: options.limit,
            command:
              options.shell === true
                ? { type: 'shell', line: words.join(' ') }
                : { type: 'words', words },
            become: options.become === true || options.askBecomePass === true,
            askBecomePassword: options.askBecomePass === true,
            parallel: options.parallel,
            timeout: options.timeout === undefined ? undefined : options.timeout * 1000,
          },
          context,
        ),
      );
    });
}
