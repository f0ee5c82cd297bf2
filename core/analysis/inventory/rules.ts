/** Every rule for inventory files: a line here and a file in rules/. */
import type { Severity } from '../finding.ts';
import type { RuleInfo } from '../rule.ts';
import type { InventoryRule } from './inventory-rule.ts';
import { inventoryGroupLoop } from './rules/inventory-group-loop.ts';
import { inventoryDuplicate } from './rules/inventory-duplicate.ts';
import { inventoryKey } from './rules/inventory-key.ts';
import { inventoryNames } from './rules/inventory-names.ts';
import { inventorySameAddress } from './rules/inventory-same-address.ts';
import { inventorySyntax } from './rules/inventory-syntax.ts';
import {
  inventoryClearSecret,
  inventoryMisspeltVariable,
  inventoryOldVariable,
} from './rules/inventory-variables.ts';

/** Where people read why a finding matters; the fragment is the finding's code. */
export const INVENTORY_DOCS = 'docs/inventory-rules.md';

type Entry = RuleInfo & { readonly rule: InventoryRule };

const entry = (rule: InventoryRule, severity: Severity, title: string): Entry => ({
  code: rule.code,
  severity,
  title,
  rule,
});

export const INVENTORY_RULES: readonly Entry[] = [
  entry(inventorySyntax, 'error', 'Inventory: can’t be read'),
  entry(inventoryDuplicate, 'warning', 'Inventory: something twice'),
  entry(inventoryGroupLoop, 'error', 'Inventory: groups that contain each other'),
  entry(inventoryKey, 'warning', 'Inventory: passed over by Ansible'),
  entry(inventoryNames, 'warning', 'Inventory: names'),
  entry(inventoryMisspeltVariable, 'warning', 'Inventory: a misspelt connection variable'),
  entry(inventoryOldVariable, 'information', 'Inventory: an old connection variable'),
  entry(inventoryClearSecret, 'warning', 'Inventory: a secret in clear'),
  entry(inventorySameAddress, 'information', 'Inventory: two hosts with one address'),
];
