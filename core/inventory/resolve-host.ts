/** From a host's merged variables to what the product knows of it. */
import { normalizeMac } from '../formats/mac.ts';
import type { GraphHost } from './graph.ts';
import type { InventoryHost } from './host.ts';

/** The host as `InventoryHost`. Simple templates (`{{ name }}`) are filled in, others left. */
export function hostOf(host: GraphHost, variables: Record<string, unknown>): InventoryHost {
  const known = { ...variables, inventory_hostname: host.name };
  const text = (...names: string[]): string | undefined => {
    for (const name of names) {
      const value = fillTemplate(variables[name], known);
      if (typeof value === 'string' && value !== '') return value;
      if (typeof value === 'number') return String(value);
    }
    return undefined;
  };
  const port = Number(text('ansible_port', 'ansible_ssh_port'));
  return {
    name: host.name,
    address: text('ansible_host', 'ansible_ssh_host') ?? host.name,
    port: Number.isInteger(port) && port > 0 && port < 65536 ? port : 22,
    user: text('ansible_user', 'ansible_ssh_user'),
    become: isTrue(fillTemplate(variables['ansible_become'], known)),
    groups: [...host.groups].filter((name) => name !== 'all'),
    serial: text('rpi_serial')?.toLowerCase(),
    macs: macsOf(variables['rpi_macs']),
    model: text('rpi_model'),
    variables,
  };
}

function macsOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return [...new Set(values.map(macOf).filter((mac) => mac !== undefined))];
}

function macOf(value: unknown): string | undefined {
  if (typeof value === 'string') return normalizeMac(value);
  return typeof value === 'number' ? macOfInteger(value) : undefined;
}

/**
 * YAML 1.1 reads an unquoted MAC whose parts are all below 60 (12:34:56:10:11:12) as an integer
 * in base 60; people who wrote it meant the MAC.
 */
function macOfInteger(value: number): string | undefined {
  const parts: number[] = [];
  for (let rest = value; rest >= 1; rest = Math.floor(rest / 60)) parts.unshift(rest % 60);
  if (parts.length !== 6) return undefined;
  return normalizeMac(parts.map((part) => String(part).padStart(2, '0')).join(':'));
}

/** As Ansible's `boolean` filter reads truth. */
function isTrue(value: unknown): boolean {
  return (
    value === true ||
    value === 1 ||
    (typeof value === 'string' && /^(?:y|yes|on|1|true|t|1\.0)$/i.test(value))
  );
}

const REFERENCE = /\{\{\s*([A-Za-z_]\w*)\s*\}\}/g;

function fillTemplate(
  value: unknown,
  variables: Readonly<Record<string, unknown>>,
  depth = 0,
): unknown {
  if (typeof value !== 'string' || depth > 10) return value;
  return value.replace(REFERENCE, (whole, name: string) => {
    const found = fillTemplate(variables[name], variables, depth + 1);
    return typeof found === 'string' || typeof found === 'number' ? String(found) : whole;
  });
}
