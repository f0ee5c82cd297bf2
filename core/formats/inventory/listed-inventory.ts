/** What `ansible-inventory --list --export` prints: how inventories that are programs are read. */
import * as z from 'zod';
import type { ParsedInventory, Statement } from './statement.ts';

const variables = z.record(z.string(), z.unknown());
const group = z.object({
  hosts: z.array(z.string()).default([]),
  children: z.array(z.string()).default([]),
  vars: variables.default({}),
});
const listing = z
  .object({ _meta: z.object({ hostvars: z.record(z.string(), variables) }).optional() })
  .catchall(z.unknown());

/** Reads the JSON text of a listing. */
export function parseListedInventory(text: string): ParsedInventory {
  const parsed = listing.safeParse(jsonOf(text));
  if (!parsed.success) {
    return { ok: false, faults: [{ message: 'ansible-inventory printed no inventory' }] };
  }
  const { _meta: meta, ...groups } = parsed.data;
  const statements: Statement[] = [];
  for (const [name, body] of Object.entries(groups)) {
    const read = group.safeParse(body);
    if (!read.success) continue;
    statements.push({ type: 'group', group: name });
    for (const host of read.data.hosts) statements.push({ type: 'host', host, group: name });
    for (const child of read.data.children) {
      statements.push({ type: 'group', group: child }, { type: 'child', group: name, child });
    }
    for (const [variable, value] of Object.entries(read.data.vars)) {
      statements.push({ type: 'group-variable', group: name, name: variable, value });
    }
  }
  for (const [host, values] of Object.entries(meta?.hostvars ?? {})) {
    statements.push({ type: 'host', host, group: 'all' });
    for (const [name, value] of Object.entries(values)) {
      statements.push({ type: 'host-variable', host, name, value });
    }
  }
  return { ok: true, statements };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
