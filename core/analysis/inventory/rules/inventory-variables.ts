import type { Draft } from '../../rule.ts';
import type { VariableEntry } from '../entries.ts';
import type { InventoryRule } from '../inventory-rule.ts';
import { clearSecretDraft, misspeltVariableDraft, oldVariableDraft } from '../variable-drafts.ts';

const ofEach = (
  code: string,
  draft: (variable: VariableEntry) => Draft | undefined,
): InventoryRule => ({
  code,
  check: ({ variables }) => variables.flatMap((variable) => draft(variable) ?? []),
});

export const inventoryMisspeltVariable = ofEach(
  'inventory-misspelt-variable',
  misspeltVariableDraft,
);
export const inventoryOldVariable = ofEach('inventory-old-variable', oldVariableDraft);
export const inventoryClearSecret = ofEach('inventory-clear-secret', clearSecretDraft);
