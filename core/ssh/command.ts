/** The real `ssh`, told to do as the project does: its key, its known hosts, strictly. */
import type { Command } from '../command/command.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { DEFAULT_USER } from './project-session.ts';

/** What the project's own ssh and the lines for ssh_config (see config-text.ts) agree on. */
export type SshIdentity = {
  /** The private key's file; undefined for the agent's keys. */
  readonly identityFile: string | undefined;
  readonly knownHosts: string;
};

export type SshCommandOptions = SshIdentity & {
  /** Another user than the inventory's. */
  readonly user?: string | undefined;
  /** A command to run instead of a shell; its words are joined by spaces, as ssh itself does. */
  readonly words: readonly string[];
};

export function sshCommand(host: InventoryHost, options: SshCommandOptions): Command {
  return sshWith([], host, options);
}

export type ForwardOptions = SshIdentity & {
  /** The port on the host. */
  readonly port: number;
  /** The port at 127.0.0.1 of this machine; the command ends where it can't be had. */
  readonly local: number;
  /** A shell command that is run here once the port is open. */
  readonly onReady: string;
};

/** A port of the host on this machine; runs until it is ended, and asks for nothing. */
export function forwardCommand(host: InventoryHost, options: ForwardOptions): Command {
  const settings = [
    'ExitOnForwardFailure=yes',
    'BatchMode=yes',
    // A connection that is shared with others would outlive this one, or be somebody else's.
    'ControlMaster=no',
    'ControlPath=none',
    // A Pi that falls silent is noticed within a minute.
    'ServerAliveInterval=15',
    'ServerAliveCountMax=4',
    'ConnectTimeout=15',
    'PermitLocalCommand=yes',
    `LocalCommand=${options.onReady}`,
  ];
  return sshWith(
    [
      '-N',
      '-L',
      `127.0.0.1:${options.local}:127.0.0.1:${options.port}`,
      ...settings.flatMap((setting) => ['-o', setting]),
    ],
    host,
    { ...options, words: [] },
  );
}

function sshWith(
  more: readonly string[],
  host: InventoryHost,
  { identityFile, knownHosts, user, words }: SshCommandOptions,
): Command {
  return {
    command: 'ssh',
    args: [
      ...more,
      ...(identityFile === undefined ? [] : ['-i', identityFile, '-o', 'IdentitiesOnly=yes']),
      '-o',
      `UserKnownHostsFile="${knownHosts}"`,
      '-o',
      'StrictHostKeyChecking=yes',
      '-p',
      String(host.port),
      '-l',
      user ?? host.user ?? DEFAULT_USER,
      '--',
      host.address,
      ...words,
    ],
    // A password meant for rpi is not ssh's business.
    env: { RPI_PASSWORD: undefined },
  };
}
