/**
 * A real sshd for tests: in a mount and PID namespace of its own, over throw-away copies of /etc,
 * /root, /home and /var, so that logging in as root, adding users and changing sshd's
 * configuration touch nothing of the machine. Needs root; see canRunSshd.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { shellWord } from '../../core/command/command.ts';
import { parsePublicKey, type PublicKey } from '../../core/formats/ssh-key.ts';

export const canRunSshd = process.platform === 'linux' && process.getuid?.() === 0;
/** What needs sudo is tested on the lab as well, whose Pis always have it. */
export const hasSudo = existsSync('/usr/bin/sudo');

export type TestSshd = AsyncDisposable & {
  readonly port: number;
  readonly hostKey: PublicKey;
  /** The sshd's log so far, at level VERBOSE. */
  readonly log: () => Promise<string>;
  /** Runs a shell script as root inside. */
  readonly inside: (script: string) => Promise<string>;
  /** As a power cut: everything is killed at once. */
  readonly cut: () => void;
};

export type TestSshdOptions = {
  readonly addresses?: readonly string[];
  /** User → password. Users other than root are created, with sudo and no password for it. */
  readonly passwords?: Readonly<Record<string, string>>;
  /** Lines for the beginning of sshd_config. */
  readonly config?: readonly string[];
  /** A shell script run as root inside before sshd starts. */
  readonly prepare?: string;
  readonly hostKeyType?: 'ed25519' | 'rsa' | 'ecdsa';
  readonly port?: number;
};

/** Below the ports that the kernel gives to outgoing connections, so that none of them is in the way. */
let nextPort = 10_000 + (process.pid % 400) * 50;

export async function startSshd(options: TestSshdOptions = {}): Promise<TestSshd> {
  const folder = await mkdtemp(join(tmpdir(), 'rpi-sshd-'));
  const port = options.port ?? (await freePort());
  const addresses = options.addresses ?? ['127.0.0.1'];
  // One sshd listens on at most 16 addresses: more need more daemons, alike in all else.
  const daemons = Array.from({ length: Math.ceil(addresses.length / 16) }, (_, n) =>
    addresses.slice(n * 16, (n + 1) * 16),
  );
  for (const name of ['etc', 'var', 'root', 'home']) {
    await mkdir(join(folder, name, 'upper'), { recursive: true });
    await mkdir(join(folder, name, 'work'));
  }
  for (const [n, listening] of daemons.entries()) {
    await writeFile(join(folder, `sshd_config${n}`), sshdConfig(options, listening, port, n));
  }
  await writeFile(join(folder, 'start.sh'), startScript(folder, options, daemons.length), {
    mode: 0o700,
  });
  const child = spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', join(folder, 'start.sh')],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  };
  const first = addresses[0] ?? '127.0.0.1';
  let hostKey: PublicKey | undefined;
  try {
    if (!(await waitForPort(first, port, child))) {
      const log = await readFile(join(folder, 'log'), 'utf8').catch(() => '');
      throw new Error(`sshd did not start (exit code ${child.exitCode}): ${complaints}${log}`);
    }
    hostKey = parsePublicKey(
      await readFile(join(folder, 'etc/upper/ssh/test_host_key.pub'), 'utf8'),
    );
    if (hostKey === undefined) throw new Error('no host key');
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    hostKey,
    log: () => readFile(join(folder, 'log'), 'utf8'),
    inside: async (script) => {
      const pid = await firstChild(child);
      return run('nsenter', ['-t', pid, '--mount', '--pid', 'sh', '-c', script]);
    },
    cut: () => child.kill('SIGKILL'),
    [Symbol.asyncDispose]: stop,
  };
}

function sshdConfig(
  options: TestSshdOptions,
  addresses: readonly string[],
  port: number,
  n: number,
): string {
  return [
    ...(options.config ?? []),
    'Include /etc/ssh/sshd_config.d/*.conf',
    ...addresses.map((address) => `ListenAddress ${address}:${port}`),
    'HostKey /etc/ssh/test_host_key',
    ...(n === 0 ? [] : [`PidFile /run/sshd${n}.pid`]),
    'LogLevel VERBOSE',
    'MaxStartups 500',
    'PermitRootLogin yes',
    'UsePAM no',
    'UseDNS no',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

function startScript(folder: string, options: TestSshdOptions, daemons: number): string {
  const passwords = Object.entries(options.passwords ?? {});
  const overlay = (name: string): string => {
    const at = join(folder, name);
    const lower = name === 'root' || name === 'home' ? join(at, 'lower') : `/${name}`;
    return `mkdir -p ${join(at, 'lower')} && mount -t overlay overlay -o lowerdir=${lower},upperdir=${at}/upper,workdir=${at}/work /${name}`;
  };
  return [
    'set -eu',
    'mount --make-rprivate /',
    ...['etc', 'var', 'root', 'home'].map(overlay),
    'mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd',
    'chmod 700 /root',
    'rm -f /etc/ssh/sshd_config.d/*',
    `cp ${folder}/sshd_config0 /etc/ssh/sshd_config`,
    `ssh-keygen -q -N '' -C '' -t ${options.hostKeyType ?? 'ed25519'} -f /etc/ssh/test_host_key`,
    ...passwords.flatMap(([user, password]) => [
      ...(user === 'root'
        ? []
        : [
            `id ${user} >/dev/null 2>&1 || useradd -m -s /bin/bash ${user}`,
            `! [ -d /etc/sudoers.d ] || echo '${user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/${user}`,
          ]),
      `printf '%s\\n' ${shellWord(`${user}:${password}`)} | chpasswd -c SHA512 -s 1000`,
    ]),
    options.prepare ?? '',
    ...Array.from(
      { length: daemons - 1 },
      (_, n) => `/usr/sbin/sshd -f ${folder}/sshd_config${n + 1} -E ${folder}/log`,
    ),
    `exec /usr/sbin/sshd -D -E ${folder}/log`,
    '',
  ].join('\n');
}

async function freePort(): Promise<number> {
  for (;;) {
    const port = nextPort++;
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, () => resolve(true));
    });
    if (!free) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}

/** Whether sshd greets there in time. The test's own time limit is longer. */
async function waitForPort(address: string, port: number, child: ChildProcess): Promise<boolean> {
  const until = Date.now() + 60_000;
  while (Date.now() < until && child.exitCode === null) {
    if (await answers(address, port)) return true;
    await sleep(20);
  }
  return false;
}

function answers(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    socket.once('data', () => resolve(true)).once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
    socket.once('data', () => {
      socket.destroy();
    });
    setTimeout(() => {
      socket.destroy();
    }, 1000).unref();
  });
}

async function firstChild(child: ChildProcess): Promise<string> {
  const pid = child.pid ?? 0;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.trim().split(' ')[0] ?? '';
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let [output, errors] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${command} ended with ${String(code)}: ${errors}`));
    });
  });
}
