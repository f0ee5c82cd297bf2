import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Command } from 'commander';
import type { Command as Program } from '../../core/command/command.ts';
import { RpiError, systemCode } from '../../core/errors.ts';
import { noProject } from '../../core/project/project.ts';
import { invocationOf, projectOf } from '../execute.ts';

const AFTER = `
Examples:
  rpi ssh kitchen                     a shell on the Pi
  rpi ssh kitchen -- uptime           one command
  rpi ssh kitchen --user root -- reboot`;

/** `rpi ssh`: a shell by the project's key; the host key must be one that the project knows. */
export function addSsh(program: Command): void {
  program
    .command('ssh')
    .description('opens a shell on a Pi, or runs a command there')
    .argument('<host>', 'a host of the inventory')
    .argument('[command...]', 'after --: what to run instead of a shell')
    .option('-u, --user <user>', 'log in as another user than the inventory’s')
    .addHelpText('after', AFTER)
    .action(async (host: string, words: string[], options: { user?: string }, command: Command) => {
      const project = await projectOf(invocationOf(command));
      if (project === undefined) throw noProject(process.cwd());
      const { loadInventory, selectHosts } = await import('../../core/inventory/load.ts');
      const { sshCommand } = await import('../../core/ssh/command.ts');
      const { identityFile, noKeyYet } = await import('../../core/ssh/identity.ts');
      const found = selectHosts(
        await loadInventory(project, {
          env: process.env,
          signal: new AbortController().signal,
        }),
        host,
      );
      const [only] = found;
      if (only === undefined || found.length > 1) {
        throw new RpiError('input.invalid', `${host} stands for ${found.length} hosts.`, {
          remedy: `Name one of them: ${found.map(({ name }) => name).join(', ')}`,
        });
      }
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
