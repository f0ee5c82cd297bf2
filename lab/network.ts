/** The lab's network, all of it inside the supervisor's own namespaces: a bridge, and a namespace for each machine. */
import { createHash } from 'node:crypto';
import type { Command } from './command.ts';
import type { MachineDefinition } from './lab-file.ts';

export const bridge = 'br0';
export const gateway = '10.77.0.1';
export const cidr = '10.77.0.0/24';
const dhcpRange = '10.77.0.50,10.77.0.199,255.255.255.0,1h';

/** An `ip -batch` run: fewer processes than one command each. */
function ip(lines: readonly string[], namespace?: string): Command {
  const inNamespace = namespace === undefined ? [] : ['-netns', namespace];
  return { command: 'ip', args: [...inNamespace, '-batch', '-'], input: `${lines.join('\n')}\n` };
}

export function makeBridge(): Command {
  return ip([
    'link set lo up',
    `link add ${bridge} type bridge forward_delay 0`,
    `addr add ${gateway}/24 brd + dev ${bridge}`,
    `link set ${bridge} up`,
  ]);
}

/** The bridge's end of a machine's cable: names are at most 15 characters, so a machine has a number here. */
function cable(index: number, port: number): string {
  return `v${index}-${port}`;
}

/** Plugs a machine's cables in: a namespace of its own, an interface for each MAC. */
export function plugCables(definition: MachineDefinition, index: number): Command[] {
  const { name } = definition;
  const ports = definition.macs.flatMap((mac, port) => [
    `link add ${cable(index, port)} type veth peer name ${interfaceName(port)} address ${mac} netns ${name}`,
    `link set ${cable(index, port)} master ${bridge} up`,
  ]);
  const commands = [ip([`netns add ${name}`, ...ports]), ip(['link set lo up'], name)];
  const crowd = extraAddresses(definition).flatMap(({ mac, address }, extra) => [
    `link add link eth0 name crowd${extra} address ${mac} type macvlan mode bridge`,
    `addr add ${address}/24 dev crowd${extra}`,
    `link set crowd${extra} up`,
  ]);
  // Each address must answer ARP with its own MAC only.
  if (crowd.length > 0)
    commands.push(ip(['link set eth0 up', ...crowd], name), answerForOwnAddressOnly(name));
  if (definition.faults.includes('slow')) {
    commands.push(slowDown(['dev', cable(index, 0)]), slowDown(['dev', 'eth0'], name));
  }
  return commands;
}

/** Unplugs them. The bridge's ends are deleted by name: with the namespace alone they would linger a while. */
export function unplugCables(definition: MachineDefinition, index: number): Command[] {
  const ports = definition.macs.map((_, port) => ['link', 'delete', cable(index, port)]);
  return [...ports, ['netns', 'delete', definition.name]].map((args) => ({ command: 'ip', args }));
}

function interfaceName(port: number): string {
  return port === 0 ? 'eth0' : 'wlan0';
}

function answerForOwnAddressOnly(name: string): Command {
  const settings = [
    'all.arp_ignore=1',
    'all.arp_announce=2',
    'all.rp_filter=0',
    'default.rp_filter=0',
  ];
  return {
    command: 'nsenter',
    args: [
      `--net=/run/netns/${name}`,
      'sysctl',
      '--quiet',
      '--write',
      ...settings.map((each) => `net.ipv4.conf.${each}`),
    ],
  };
}

/** One direction of a link of 32 kbit/s: an ssh login takes seconds over it. */
function slowDown(device: readonly string[], namespace?: string): Command {
  const inNamespace = namespace === undefined ? [] : ['-netns', namespace];
  const shape = ['tbf', 'rate', '32kbit', 'burst', '2kb', 'latency', '4s'];
  return { command: 'tc', args: [...inNamespace, 'qdisc', 'add', ...device, 'root', ...shape] };
}

export type ExtraAddress = { mac: string; address: string };

/**
 * The addresses beyond the first of a machine that stands for many, each with a MAC of the same prefix.
 * They lie above the range that DHCP gives out.
 */
export function extraAddresses(definition: MachineDefinition): ExtraAddress[] {
  const prefix = definition.macs[0]?.slice(0, 8) ?? '';
  return Array.from({ length: definition.addresses - 1 }, (_, extra) => {
    const digits = createHash('sha256').update(`${definition.name} ${extra}`).digest('hex');
    const tail = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 6)].join(':');
    return {
      mac: `${prefix}:${tail}`,
      address: `10.77.0.${extra < 54 ? 200 + extra : extra - 52}`,
    };
  });
}

/** DHCP and names (`pi1.lab`) for the machines, in the foreground. */
export function dnsmasq(leases: string, log: string): Command {
  return {
    command: 'dnsmasq',
    args: [
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      `--interface=${bridge}`,
      '--bind-interfaces',
      '--except-interface=lo',
      `--dhcp-range=${dhcpRange}`,
      `--dhcp-option=option:dns-server,${gateway}`,
      '--dhcp-authoritative',
      '--dhcp-rapid-commit',
      '--no-ping',
      `--dhcp-leasefile=${leases}`,
      '--domain=lab',
      '--local=/lab/',
      '--no-resolv',
      '--no-hosts',
      `--log-facility=${log}`,
      '--user=root',
      '--pid-file=',
    ],
  };
}

/** Addresses by MAC, from dnsmasq's lease file. */
export function parseLeases(text: string): Map<string, string> {
  const leases = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, mac, address] = line.split(' ');
    if (mac !== undefined && address !== undefined && mac.includes(':')) leases.set(mac, address);
  }
  return leases;
}
