import type { InventoryRule } from '../inventory-rule.ts';

/** Ansible leaves an inventory that it can't read out, and goes on without its hosts. */
export const inventorySyntax: InventoryRule = {
  code: 'inventory-syntax',
  check: ({ faults }) => faults,
};
