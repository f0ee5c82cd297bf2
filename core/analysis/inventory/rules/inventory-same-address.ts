import type { VariableEntry } from '../entries.ts';
import type { InventoryRule } from '../inventory-rule.ts';

/** Two names for one machine; right where they differ in the user, say, but mostly a copied line. */
export const inventorySameAddress: InventoryRule = {
  code: 'inventory-same-address',
  *check({ variables }) {
    const ports = new Map<string, string>();
    for (const { owner, name, text = '' } of variables) {
      if (owner.kind !== 'host' || !/^ansible_(?:ssh_)?port$/.test(name)) continue;
      for (const host of owner.hosts) ports.set(host, text);
    }
    const first = new Map<string, VariableEntry>();
    for (const variable of variables) {
      const { owner, name, text = '' } = variable;
      if (owner.kind !== 'host' || !/^ansible_(?:ssh_)?host$/.test(name)) continue;
      const [host = ''] = owner.hosts;
      if (text === '' || text.includes('{{') || /^(?:localhost|127\.|::1)/.test(text)) continue;
      const address = `${text}:${ports.get(host) ?? String(owner.port ?? '')}`;
      const earlier = first.get(address);
      if (earlier === undefined) first.set(address, variable);
      else if (earlier.owner.kind === 'host' && !earlier.owner.hosts.includes(host)) {
        const { start, end } = variable.valueRange;
        yield {
          start,
          end,
          message: `${earlier.owner.pattern} has the address ${text} too.`,
          related: [{ ...earlier.valueRange, message: `the address of ${earlier.owner.pattern}` }],
        };
      }
    }
  },
};
