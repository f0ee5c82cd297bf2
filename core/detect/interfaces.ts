/** What this machine is attached to: its interfaces, their kinds and its routes, read once. */
import { readFile, stat } from 'node:fs/promises';
import { networkInterfaces, platform } from 'node:os';
import { join } from 'node:path';
import { runCommand, type Environment } from '../command/run.ts';
import { parseAddress, parseNetwork } from '../formats/ipv4.ts';
import {
  parseNetstatRoutes,
  parseProcNetRoute,
  parseRoutePrint,
  type Route,
} from '../formats/route-table.ts';
import type { AttachedNetwork, LinkKind } from './networks.ts';

/** What the system says of an interface; on systems other than Linux only its name. */
export type LinkFacts = {
  readonly name: string;
  readonly loopback: boolean;
  readonly bridge?: boolean;
  /** `DEVTYPE` of Linux's uevent: `wlan`, `bridge`, `wireguard` … */
  readonly deviceType?: string | undefined;
  readonly tunnel?: boolean;
  /** Linux's interface flags. */
  readonly flags?: number | undefined;
};

const FLAG_POINT_TO_POINT = 0x10;
const FLAG_NO_ARP = 0x80;

/** Interfaces of container engines, hypervisors and the WSL; a vEthernet is Hyper-V's. */
const CONTAINER_NAME =
  /^(?:docker|br-[0-9a-f]{12}$|podman|cni|flannel|cali|lxcbr|lxdbr|incusbr|virbr|veth|vmnet|vnet|vEthernet|VMware|VirtualBox|vboxnet)/i;
const TUNNEL_NAME = /^(?:tun|tap|utun|wg|ppp|ipsec|zt|tailscale|gif|stf|gpd|nordlynx|proton|wwan)/i;
const BRIDGE_NAME = /^(?:br\d|bridge\d|br-)/i;

/** What kind of link an interface is. Pure; what the kernel says goes before names. */
export function kindOfLink(facts: LinkFacts): LinkKind {
  if (facts.loopback) return 'loopback';
  const flags = facts.flags ?? 0;
  if (
    facts.tunnel === true ||
    facts.deviceType === 'wireguard' ||
    (flags & (FLAG_POINT_TO_POINT | FLAG_NO_ARP)) !== 0 ||
    TUNNEL_NAME.test(facts.name)
  ) {
    return 'point-to-point';
  }
  if (CONTAINER_NAME.test(facts.name)) return 'container';
  if (facts.bridge === true || facts.deviceType === 'bridge' || BRIDGE_NAME.test(facts.name)) {
    return 'bridge';
  }
  return 'physical';
}

/** Every IPv4 network this machine has an address in. */
export async function attachedNetworks(): Promise<AttachedNetwork[]> {
  const found = Object.entries(networkInterfaces()).map(async ([name, addresses]) => {
    const loopback = addresses?.some((address) => address.internal) === true;
    const kind = kindOfLink(await linkFacts(name, loopback));
    return (addresses ?? []).flatMap((address): AttachedNetwork[] => {
      if (address.family !== 'IPv4' || address.cidr === null) return [];
      const network = parseNetwork(address.cidr);
      if (network === undefined || parseAddress(address.address) === undefined) return [];
      return [{ interface: name, kind, address: address.address, network }];
    });
  });
  return (await Promise.all(found)).flat();
}

async function linkFacts(name: string, loopback: boolean): Promise<LinkFacts> {
  if (platform() !== 'linux') return { name, loopback };
  const folder = join('/sys/class/net', name);
  const [flags, uevent, bridge, tunnel] = await Promise.all([
    readFile(join(folder, 'flags'), 'utf8').catch(() => ''),
    readFile(join(folder, 'uevent'), 'utf8').catch(() => ''),
    exists(join(folder, 'bridge')),
    exists(join(folder, 'tun_flags')),
  ]);
  return {
    name,
    loopback,
    bridge,
    tunnel,
    deviceType: /^DEVTYPE=(.+)$/m.exec(uevent)?.[1],
    flags: flags === '' ? undefined : Number.parseInt(flags, 16),
  };
}

/** This machine's IPv4 routes; none where the system has no way to tell. */
export async function readRoutes(env: Environment, signal: AbortSignal): Promise<Route[]> {
  switch (platform()) {
    case 'linux':
      return parseProcNetRoute(await readFile('/proc/net/route', 'utf8').catch(() => ''));
    case 'win32':
      return parseRoutePrint(await print('route', ['print', '-4'], env, signal));
    default:
      return parseNetstatRoutes(await print('netstat', ['-rn', '-f', 'inet'], env, signal));
  }
}

async function print(
  command: string,
  args: readonly string[],
  env: Environment,
  signal: AbortSignal,
): Promise<string> {
  return (await runCommand({ command, args }, { env, signal })).stdout;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
