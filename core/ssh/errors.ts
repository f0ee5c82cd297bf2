/** What goes wrong with ssh, in words: each error names the host, what happened, what to do. */
import { RpiError } from '../errors.ts';
import { fingerprint, keyTypeName, type PublicKey } from '../formats/ssh-key.ts';

/** Where to connect. `host` is the inventory's name, for messages. */
export type SshTarget = {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
};

export function unreachable(
  target: SshTarget,
  code: string | undefined,
  cause?: unknown,
): RpiError {
  const why =
    code === 'ECONNREFUSED'
      ? `nothing listens on port ${target.port}`
      : code === 'ENOTFOUND' || code === 'EAI_AGAIN'
        ? 'its name is not known'
        : `it can’t be reached (${code ?? 'no answer'})`;
  return new RpiError('ssh.unreachable', `${where(target)}: ${why}.`, {
    remedy: 'Is it switched on and on this network? rpi detect shows who answers.',
    cause,
  });
}

export function noAnswer(target: SshTarget, timeout: number): RpiError {
  return new RpiError('ssh.unreachable', `${where(target)}: no answer in ${timeout / 1000} s.`, {
    remedy: 'Is it switched on and on this network? rpi detect shows who answers.',
  });
}

export function timedOut(target: SshTarget, timeout: number): RpiError {
  return new RpiError('ssh.timeout', `${where(target)}: not done after ${timeout / 1000} s.`, {
    remedy: 'It answers, but slowly or no longer. Try again; if it stays so, reboot the Pi.',
  });
}

export function closedConnection(target: SshTarget, cause?: unknown): RpiError {
  return new RpiError('ssh.closed', `${where(target)}: the connection was lost.`, {
    remedy: 'Did it lose power or reboot? Run the command again: it goes on where it stopped.',
    cause,
  });
}

export function penalised(target: SshTarget, cause?: unknown): RpiError {
  return new RpiError('ssh.penalised', `${where(target)}: it hangs up before it says who it is.`, {
    remedy:
      'Its sshd penalises this machine for failed logins, or has too many connections at once. Wait a minute and run the command again.',
    cause,
  });
}

export function notSsh(target: SshTarget, cause?: unknown): RpiError {
  return new RpiError('ssh.protocol', `${where(target)}: no common ground for an ssh connection.`, {
    remedy: 'Is an ssh server on that port, and is it OpenSSH 7.2 or newer?',
    cause,
  });
}

export function refusedLogin(target: SshTarget, methods: readonly string[]): RpiError {
  const offers = methods.length === 0 ? '' : ` It takes: ${methods.join(', ')}.`;
  return new RpiError(
    'ssh.refused-login',
    `${where(target)}: ${target.user} is not let in.${offers}`,
    { remedy: 'rpi access check shows how it lets us in; rpi access enroll sets the key up.' },
  );
}

export function hostKeyUnknown(target: SshTarget, key: PublicKey): RpiError {
  return new RpiError(
    'ssh.host-key-unknown',
    `${where(target)} shows a host key never seen before: ${describe(key)}.`,
    {
      remedy:
        'Compare the fingerprint and accept it with: rpi access enroll — where the policy (access.host_keys in rpi.yml) is not refuse.',
    },
  );
}

export function tooMuchOutput(target: SshTarget, most: number): RpiError {
  return new RpiError(
    'ssh.too-much-output',
    `${where(target)}: a command printed more than ${most / 1024 / 1024} MiB. It was stopped.`,
    { remedy: 'Look at what its login shell and start-up files (such as .bashrc) print.' },
  );
}

export function hostKeyChanged(
  target: SshTarget,
  key: PublicKey,
  known: readonly PublicKey[],
  knownHosts: string,
): RpiError {
  return new RpiError(
    'ssh.host-key-changed',
    `${where(target)} shows another host key than before. Nothing was sent.\n` +
      `  known: ${known.map(describe).join(', ')}\n  shown: ${describe(key)}`,
    {
      remedy:
        'Either it was installed anew, or another machine answers in its place. ' +
        `If you know why, remove the old key: ssh-keygen -f ${knownHosts} -R '${nameOf(target)}'`,
    },
  );
}

export function hostKeyRevoked(target: SshTarget, key: PublicKey, line: number): RpiError {
  return new RpiError(
    'ssh.host-key-changed',
    `${where(target)} shows a host key that line ${line} of known_hosts revokes: ${describe(key)}. Nothing was sent.`,
    { remedy: 'Don’t connect to it before you know who holds that key.' },
  );
}

export function knownHostsUnreadable(target: SshTarget, path: string, line: number): RpiError {
  return new RpiError(
    'ssh.known-hosts-invalid',
    `${path}:${line}: this line is about ${target.host} and can’t be read. Nothing was sent.`,
    { remedy: 'Correct or remove the line.' },
  );
}

/** A key as people compare it: `ED25519 SHA256:…`. */
export function describe(key: PublicKey): string {
  return `${keyTypeName(key.type)} ${fingerprint(key)}`;
}

function where({ host, address, port }: SshTarget): string {
  const at = port === 22 ? address : `${address} port ${port}`;
  return host === address && port === 22 ? host : `${host} (${at})`;
}

function nameOf({ address, port }: SshTarget): string {
  return port === 22 ? address : `[${address}]:${port}`;
}
