/** The real `ssh`, told to do as the project does: its key, its known hosts, strictly. */
import type { Command } from '../command/command.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { DEFAULT_USER } from './project-session.ts';

export type SshCommandOptions = {
  /** The private key's file; undefined for the agent's keys. */
  readonly identityFile: string | undefined;
  readonly knownHosts: string;
  /** Another user than the inventory's. */
  readonly user?: string | undefined;
  /** A command to run instead of a shell; its words are joined by spaces, as ssh itself does. */
  readonly words: readonly string[];
};

export function sshCommand(host: InventoryHost, options: SshCommandOptions): Command {
  const { identityFile, knownHosts, words } = options;
  return {
    command: 'ssh',
    args: [
      ...(identityFile === undefined ? [] : ['-i', identityFile, '-o', 'IdentitiesOnly=yes']),
      '-o',
      `UserKnownHostsFile="${knownHosts}"`,
      '-o',
      'StrictHostKeyChecking=yes',
      '-p',
      String(host.port),
      '-l',
      options.user ?? host.user ?? DEFAULT_USER,
      '--',
      host.address,
      ...words,
    ],
    // A password meant for rpi is not ssh's business.
    env: { RPI_PASSWORD: undefined },
  };
}
