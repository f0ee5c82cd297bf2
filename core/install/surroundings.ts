/** What this machine is and depends on: a Pi that is any of it must not be wiped from here. */
import { getServers, lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { networkInterfaces, platform } from 'node:os';
import { runCommand, type Environment } from '../command/run.ts';
import { gatewaysOf } from './gateways.ts';

export type Surroundings = {
  readonly machineId: string | undefined;
  readonly bootId: string | undefined;
  /** IPv4 and IPv6 addresses of this machine, without those of loopback. */
  readonly addresses: readonly string[];
  readonly gateways: readonly string[];
  readonly nameServers: readonly string[];
};

/** Reads them once a run. What the system does not tell is left out. */
export async function surroundings(env: Environment, signal: AbortSignal): Promise<Surroundings> {
  const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');
  const [machineId, bootId, resolved, gateways] = await Promise.all([
    read('/etc/machine-id'),
    read('/proc/sys/kernel/random/boot_id'),
    // Behind systemd-resolved everybody's name server is 127.0.0.53; these are the ones it asks.
    read('/run/systemd/resolve/resolv.conf'),
    readGateways(env, signal),
  ]);
  const behind = [...resolved.matchAll(/^nameserver\s+(\S+)/gm)].map(([, server]) => server ?? '');
  return {
    machineId: machineId.trim() || undefined,
    bootId: bootId.trim() || undefined,
    addresses: Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter(({ internal }) => !internal)
      .map(({ address }) => address),
    gateways,
    nameServers: [...new Set([...getServers(), ...behind])],
  };
}

/** The addresses of a host name, or the address itself; none where it can't be resolved. */
export async function addressesOf(host: string): Promise<string[]> {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const found = await lookup(bare, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

async function readGateways(env: Environment, signal: AbortSignal): Promise<string[]> {
  if (platform() === 'linux') {
    return gatewaysOf('linux', await readFile('/proc/net/route', 'utf8').catch(() => ''));
  }
  const windows = platform() === 'win32';
  const command = windows
    ? { command: 'route', args: ['print', '-4'] }
    : { command: 'netstat', args: ['-rn', '-f', 'inet'] };
  try {
    const { stdout } = await runCommand(command, { env, signal });
    return gatewaysOf(windows ? 'windows' : 'bsd', stdout);
  } catch {
    return [];
  }
}
