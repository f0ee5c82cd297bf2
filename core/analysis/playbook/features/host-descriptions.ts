/** Hosts and groups in words, with what was found out about them. */
import type { AnsibleProject } from '../../ansible-project/project.ts';
import type { InventoryHost } from '../../../inventory/host.ts';

/** The host with its address and what discovery and enrolling wrote into the inventory. */
export function describeHost(name: string, project: AnsibleProject): string | undefined {
  const all = project.hosts.inventories.flatMap(({ hosts }) => hosts);
  const host = all.find((each) => each.name === name);
  if (host === undefined) return undefined;
  const { address, port, user, groups } = host;
  const at = port === 22 ? address : `${address}, port ${port}`;
  const lines = [
    `**${name}** at ${code(at)}${user === undefined ? '' : ` as ${code(user)}`}`,
    groups.length === 0 ? 'In no group.' : `In ${groups.map(code).join(', ')}.`,
    ...discovered(host),
  ];
  return lines.join('\n\n');
}

function discovered({ model, serial, macs }: InventoryHost): string[] {
  const facts = [
    ...(model === undefined ? [] : [model]),
    ...(serial === undefined ? [] : [`serial ${code(serial)}`]),
    ...(macs.length === 0 ? [] : [`MAC ${macs.map(code).join(', ')}`]),
  ];
  return facts.length === 0 ? [] : [facts.join(', ')];
}

const SHOWN = 12;

export function describeGroup(name: string, project: AnsibleProject): string | undefined {
  const inventories = project.hosts.inventories.filter(({ groups }) => Object.hasOwn(groups, name));
  if (inventories.length === 0 && name !== 'all') return undefined;
  const hosts = new Set(
    name === 'all'
      ? project.hosts.inventories.flatMap((each) => each.hosts.map((host) => host.name))
      : inventories.flatMap(({ groups }) => groups[name] ?? []),
  );
  const shown = [...hosts].slice(0, SHOWN).map(code).join(', ');
  const more = hosts.size > SHOWN ? ` and ${hosts.size - SHOWN} more` : '';
  const count = hosts.size === 1 ? '1 host' : `${hosts.size} hosts`;
  return `**${name}**: a group of ${count}${hosts.size === 0 ? '' : `\n\n${shown}${more}`}`;
}

const code = (text: string): string => `\`${text}\``;
