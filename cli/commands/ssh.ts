import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Command } from 'commander';
import type { Command as Program } from '../../core/command/command.ts';
import { RpiError, systemCode } from '../../core/errors.ts';
import { noProject } from '../../core/project/project.ts';
import { executeInProject, invocationOf, projectOf } from '../execute.ts';

const AFTER = `
Examples:
  rpi ssh kitchen                     a shell on the Pi
  rpi ssh kitchen -- uptime           one command
  rpi ssh kitchen --user root -- id
  rpi ssh config                      plain ssh, scp and Remote-SSH know the Pis by name
  rpi ssh config,                     a Pi that is called config`;

const CONFIG_AFTER = `
Writes the hosts of the inventory (address, port, user, key, known hosts) into a file of the
project’s data folder, and one line into ~/.ssh/config that includes it: shown first, and asked
about; --yes answers for scripts. Then plain ssh, scp, rsync and the editor’s Remote-SSH know the
Pis by their names. Run it again when the inventory has changed. Of two projects with a host of
the same name, the one that was set up first wins, with a warning.`;

/** `rpi ssh`: a shell by the project's key; the host key must be one that the project knows. */
export function addSsh(program: Command): void {
  const ssh = program
    .command('ssh')
    .description('opens a shell on a Pi, or runs a command there')
    .usage('[options] <host> [-- command...]')
    .argument('<host>', 'a host of the inventory')
    .argument('[command...]', 'after --: what to run instead of a shell')
    .option('-u, --user <user>', 'log in as another user than the inventory’s')
    .addHelpText('after', AFTER)
    .action(async (host: string, words: string[], options: { user?: string }, command: Command) => {
      const project = await projectOf(invocationOf(command));
      if (project === undefined) throw noProject(process.cwd());
      const { loadInventory } = await import('../../core/inventory/load.ts');
      const { sshCommand } = await import('../../core/ssh/command.ts');
      const { identityFile, noKeyYet } = await import('../../core/ssh/identity.ts');
      const { oneHost } = await import('../../core/ssh/one-host.ts');
      const { signal } = new AbortController();
      const only = oneHost(await loadInventory(project, { env: process.env, signal }), host);
      const file = identityFile(project, process.env);
      if (file !== undefined && !existsSync(file)) throw noKeyYet();
      process.exitCode = await runInTerminal(
        sshCommand(only, {
          identityFile: file,
          knownHosts: project.knownHosts,
          user: options.user,
          words,
        }),
      );
    });
  ssh
    .command('config')
    .description('makes the Pis known to plain ssh, scp and Remote-SSH, by their names')
    .option('--remove', 'take the project out of ~/.ssh/config again')
    .option('-y, --yes', 'don’t ask before ~/.ssh/config is changed')
    .option('--dry-run', 'show what would change, write nothing')
    .addHelpText('after', CONFIG_AFTER)
    .action(async (options: { remove?: true; yes?: true }, command: Command) => {
      const { configureSsh } = await import('../../core/ssh/configure.ts');
      await executeInProject(invocationOf(command), (context) =>
        configureSsh({ remove: options.remove === true, confirmed: options.yes === true }, context),
      );
    });
}

/** Runs a program with our terminal as its own; returns its exit code. */
function runInTerminal({ command, args, env }: Program): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { stdio: 'inherit', env: { ...process.env, ...env } });
    // The terminal sends Ctrl-C to both; it is for the program.
    const ignore = (): void => undefined;
    process.on('SIGINT', ignore);
    child.on('error', (error) => {
      reject(
        systemCode(error) === 'ENOENT'
          ? new RpiError('command.not-found', 'ssh is not installed.', {
              remedy: 'Install it: sudo apt-get install openssh-client',
            })
          : error,
      );
    });
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
