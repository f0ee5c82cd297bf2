import { describe, expect, it } from 'vitest';
import type { InventoryHost } from '../../../core/inventory/host.ts';
import { sshCommand } from '../../../core/ssh/command.ts';
import { hostKeyAlgorithms } from '../../../core/ssh/algorithms.ts';
import { loginSteps } from '../../../core/ssh/login.ts';

const host: InventoryHost = {
  name: 'kitchen',
  address: '10.0.0.7',
  port: 2222,
  user: 'ann',
  become: true,
  groups: [],
  serial: undefined,
  macs: [],
  model: undefined,
  variables: {},
};

describe('the ssh command', () => {
  it('names key, known hosts, port and user, and takes the host for a host', () => {
    const command = sshCommand(host, {
      identityFile: '/home/me/my keys/id',
      knownHosts: '/home/me/my data/known_hosts',
      words: ['uptime', '-p'],
    });
    expect(command).toEqual({
      command: 'ssh',
      args: [
        ...['-i', '/home/me/my keys/id', '-o', 'IdentitiesOnly=yes'],
        ...['-o', 'UserKnownHostsFile="/home/me/my data/known_hosts"'],
        ...['-o', 'StrictHostKeyChecking=yes', '-p', '2222', '-l', 'ann'],
        ...['--', '10.0.0.7', 'uptime', '-p'],
      ],
      env: { RPI_PASSWORD: undefined },
    });
  });

  it('leaves the key to the agent, and the user to the default', () => {
    const { args } = sshCommand(
      { ...host, user: undefined },
      { identityFile: undefined, knownHosts: 'k', words: [] },
    );
    expect(args).not.toContain('-i');
    expect(args.slice(args.indexOf('-l'))).toEqual(['-l', 'pi', '--', '10.0.0.7']);
  });
});

describe('host key algorithms', () => {
  it('are those of the known types first, and never RSA with SHA-1', () => {
    expect(hostKeyAlgorithms(['ssh-rsa']).slice(0, 3)).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
    ]);
    expect(hostKeyAlgorithms([])[0]).toBe('ssh-ed25519');
    expect(hostKeyAlgorithms(['ssh-rsa'])).not.toContain('ssh-rsa');
  });
});

describe('logins on one connection', () => {
  const password = { type: 'password', password: 'p' } as const;
  const key = { type: 'key', privateKey: 'k' } as const;

  it('go on to what the server offers and leave out the rest', () => {
    const steps = loginSteps('pi', [key, password], false);
    expect(steps.next(null)).toMatchObject({ type: 'publickey' });
    expect(steps.next(['publickey'])).toBeUndefined();
    expect(steps.methods()).toEqual(['publickey']);
  });

  it('answer only one hidden question, once', () => {
    const step = loginSteps('pi', [password], false).next(['keyboard-interactive']);
    if (step?.type !== 'keyboard-interactive') throw new Error('another method');
    const answers: string[][] = [];
    const ask = (...prompts: { prompt: string; echo: boolean }[]): void => {
      step.prompt('', '', '', prompts, (given) => answers.push(given));
    };
    ask({ prompt: 'Token:', echo: true }, { prompt: 'Password:', echo: false });
    ask({ prompt: 'Password:', echo: false });
    expect(answers).toEqual([['', 'p'], ['']]);
  });
});
