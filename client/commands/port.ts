/** Which port of a Pi the app listens on; pure. */
import type { Inventory } from '../../core/inventory/host.ts';

/** 1 to 65535, or undefined. */
export function portOf(text: string): number | undefined {
  const port = /^[0-9]{1,5}$/.test(text.trim()) ? Number(text) : 0;
  return port > 0 && port < 65_536 ? port : undefined;
}

/** Names that people give the app's port, the likeliest first; ssh's own is none of them. */
const LIKELY = ['app_port', 'web_port', 'http_port', 'port'];

/** The port that the variables of a host or its groups name for the app. */
export function appPort(inventory: Pick<Inventory, 'hosts'>, host: string): number | undefined {
  const variables = inventory.hosts.find(({ name }) => name === host)?.variables ?? {};
  const others = Object.keys(variables).filter(
    (name) => name.endsWith('_port') && !name.startsWith('ansible_') && !LIKELY.includes(name),
  );
  for (const name of [...LIKELY, ...others]) {
    const value = variables[name];
    const port =
      typeof value === 'number' || typeof value === 'string' ? portOf(String(value)) : undefined;
    if (port !== undefined) return port;
  }
  return undefined;
}
