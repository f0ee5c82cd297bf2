/**
 * The loopback lab: real sshd processes of whoever runs it, on loopback addresses, with host keys and
 * configuration in a temporary folder. For tests that need ssh but no Pi, and for machines that can't host the
 * other lab. Logins by key only, into the account that runs it: nothing on the machine is changed.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { run } from './command.ts';
import type { Command } from './command.ts';
import { LabError, messageOf } from './errors.ts';
import { isInstalled } from './host.ts';
import { probe } from './probe.ts';
import { childrenOf } from './state.ts';

export type LoopbackHost = {
  name: string;
  address: string;
  port: number;
  user: string;
  /** One line as in a .pub file. */
  hostKeyPub: string;
};

export type Loopback = {
  hosts: LoopbackHost[];
  /** Private key file that every host accepts. */
  identity: string;
  /** Its public half, one line. */
  publicKey: string;
  /** The temporary folder; `authorized_keys` and the daemons' logs are in it. */
  dir: string;
  /** Ends the daemons with their sessions and deletes the folder. */
  down: () => Promise<void>;
};

export type LoopbackOptions = {
  /** How many addresses answer. */
  count: number;
  /**
   * `each` (the default): a daemon and a host key for every address. `few`: one host key and one daemon for
   * every 16 addresses, which is how many sshd can listen on (its MAX_LISTEN_SOCKS).
   */
  daemons?: 'each' | 'few';
  /** Further lines of sshd_config. */
  settings?: readonly string[];
};

type Daemon = { child: ChildProcess; ended: Promise<void>; log: () => string };

const candidates = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/opt/homebrew/sbin/sshd'];

/**
 * Starts the daemons and waits until each greets.
 * @throws LabError `cannot-host` without sshd, `start-failed` with the daemon's own words
 */
export async function loopbackUp(options: LoopbackOptions): Promise<Loopback> {
  const sshd = candidates.find((path) => existsSync(path));
  if (sshd === undefined) {
    throw new LabError('cannot-host', 'No sshd is installed.', 'apt-get install openssh-server');
  }
  const dir = await mkdtemp(join(tmpdir(), 'rpi-loopback-'));
  const daemons: Daemon[] = [];
  const down = async () => {
    await Promise.all(daemons.map(end));
    await rm(dir, { recursive: true, force: true });
  };
  try {
    const publicKey = await makeKey(join(dir, 'id_ed25519'));
    await writeFile(join(dir, 'authorized_keys'), `${publicKey}\n`, { mode: 0o600 });
    const places = await freePlaces(options.count);
    const few = options.daemons === 'few';
    const groups = inGroupsOf(few ? 16 : 1, places);
    const shared = few ? await makeKey(join(dir, 'host_key')) : undefined;
    const hosts: LoopbackHost[] = [];
    for (const [index, group] of groups.entries()) {
      const name = `loopback${index + 1}`;
      const key = join(dir, shared === undefined ? `${name}_host_key` : 'host_key');
      const hostKeyPub = shared ?? (await makeKey(key));
      const settings = [`SetEnv RPI_LOOPBACK_HOST=${name}`, ...(options.settings ?? [])];
      await writeFile(join(dir, `${name}.conf`), sshdConfig(dir, key, group, settings));
      daemons.push(start(daemonCommand(sshd, join(dir, `${name}.conf`))));
      for (const place of group) {
        const { username } = userInfo();
        hosts.push({ name: `loopback${hosts.length + 1}`, ...place, user: username, hostKeyPub });
      }
    }
    await Promise.all(hosts.map((host) => waitForGreeting(host, daemons)));
    return { hosts, identity: join(dir, 'id_ed25519'), publicKey, dir, down };
  } catch (error) {
    await down();
    throw error;
  }
}

async function makeKey(path: string): Promise<string> {
  const args = ['-q', '-t', 'ed25519', '-N', '', '-C', 'rpi-loopback', '-f', path];
  await run({ command: 'ssh-keygen', args });
  return (await readFile(`${path}.pub`, 'utf8')).trim();
}

type Place = { address: string; port: number };

function inGroupsOf<Item>(size: number, items: readonly Item[]): Item[][] {
  const groups: Item[][] = [];
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size));
  return groups;
}

/**
 * Addresses and ports where nobody listens. All of 127.0.0.0/8 is this machine on Linux, so that two lab
 * runs rarely meet; elsewhere there is 127.0.0.1 only, and the ports differ.
 */
async function freePlaces(count: number): Promise<Place[]> {
  for (let attempts = 0; attempts < 20; attempts += 1) {
    const block = `127.${10 + Math.floor(Math.random() * 200)}.${Math.floor(Math.random() * 250)}`;
    const first = 2200 + Math.floor(Math.random() * 5000);
    const places = Array.from({ length: count }, (_, index) => ({
      address: process.platform === 'linux' ? `${block}.${1 + index}` : '127.0.0.1',
      port: first + index,
    }));
    const free = await Promise.all(places.map(isFree));
    if (!free.includes(false)) return places;
  }
  throw new LabError('start-failed', 'No free loopback addresses.', 'Try again.');
}

async function isFree(place: Place): Promise<boolean> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(place.port, place.address, () => server.close(() => resolve(true)));
  });
}

function sshdConfig(
  dir: string,
  key: string,
  places: readonly Place[],
  settings: readonly string[],
): string {
  return [
    ...places.map(({ address, port }) => `ListenAddress ${address}:${port}`),
    `HostKey ${key}`,
    `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
    'PidFile none',
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'MaxStartups 300:30:600',
    'Subsystem sftp internal-sftp',
    ...settings,
    '',
  ].join('\n');
}

/** The daemon in the foreground, ending with us; as root also with what sshd wants of the system, given privately. */
function daemonCommand(sshd: string, config: string): Command {
  const daemon = [sshd, '-D', '-e', '-f', config];
  const tied = isInstalled('setpriv') ? ['setpriv', '--pdeathsig=TERM', '--'] : [];
  const words = [...tied, ...privateNeeds(config), ...daemon];
  return { command: words[0] ?? sshd, args: words.slice(1) };
}

/**
 * Root's sshd needs the folder /run/sshd, and refuses an account whose password field begins with "!", even by
 * key. Both can be had in a mount namespace of its own.
 */
function privateNeeds(config: string): string[] {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return [];
  const steps: string[] = [];
  if (!existsSync('/run/sshd')) {
    steps.push('mount -t tmpfs -o mode=0755 rpi-loopback /run', 'mkdir -m 0755 /run/sshd');
  }
  if (/^root:!/m.test(readFileSync('/etc/shadow', 'utf8'))) {
    steps.push(`sed 's/^root:!*/root:*/' /etc/shadow > ${config}.shadow`);
    steps.push(`mount --bind ${config}.shadow /etc/shadow`);
  }
  if (steps.length === 0) return [];
  return [
    'unshare',
    '--mount',
    '--',
    'sh',
    '-c',
    `umask 077; ${[...steps, 'exec "$@"'].join(' && ')}`,
    'sh',
  ];
}

function start(command: Command): Daemon {
  const child = spawn(command.command, command.args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log = (log + text).slice(-4000)));
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      log += messageOf(error);
      resolve();
    });
    child.on('exit', () => resolve());
  });
  return { child, ended, log: () => log };
}

async function waitForGreeting(host: LoopbackHost, daemons: readonly Daemon[]): Promise<void> {
  for (let attempts = 0; attempts < 100; attempts += 1) {
    const answer = await probe(host.address, undefined, host.port);
    if (answer.kind === 'banner') return;
    const dead = daemons.find(({ child }) => child.exitCode !== null || child.pid === undefined);
    if (dead !== undefined) {
      throw new LabError('start-failed', `sshd ended: ${dead.log()}`, 'Look at what it says.');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new LabError(
    'start-failed',
    `No greeting from ${host.address}:${host.port}.`,
    'Try again.',
  );
}

/** Ends a daemon and every session that it started. */
async function end(daemon: Daemon): Promise<void> {
  const { pid } = daemon.child;
  if (pid === undefined || daemon.child.exitCode !== null) return;
  const family = process.platform === 'linux' ? await descendantsOf(pid) : [];
  daemon.child.kill('SIGTERM');
  for (const each of family) {
    try {
      process.kill(each, 'SIGTERM');
    } catch {
      // It ended by itself.
    }
  }
  await daemon.ended;
}

async function descendantsOf(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (const child of await childrenOf(pid)) found.push(child, ...(await descendantsOf(child)));
  return found;
}
