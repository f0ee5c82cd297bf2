/** Inventory files, YAML and INI, as a language of the analysis engine. */
import { analyse, type Analysed } from '../analyse.ts';
import type { Language } from '../document.ts';
import type { OnRuleError } from '../rule.ts';
import { wholeText } from '../whole-text.ts';
import type { Item } from '../document.ts';
import { readInventoryText, type InventoryFacts } from './facts.ts';
import type { InventoryProject } from './project.ts';
import { INVENTORY_RULES } from './rules.ts';

/** The context is the path: its extension tells the format. */
export type AnalysedInventory = Analysed<Item, string, InventoryFacts, InventoryFacts>;

export const inventoryLanguage: Language<
  Item,
  string,
  InventoryFacts,
  InventoryFacts,
  InventoryProject
> = {
  split: wholeText((text) => ({ text })),
  context: (_text, path) => path,
  itemFacts: ({ text }, path) => readInventoryText(text, path),
  merge: ([part], text, path) => part?.facts ?? readInventoryText(text, path),
  itemRules: [],
  projectRules: INVENTORY_RULES.map(({ rule }) => rule),
  infos: new Map(INVENTORY_RULES.map((info) => [info.code, info])),
};

/** All findings in the text of an inventory file. `previous`: see analyse. */
export function analyseInventory(
  document: { readonly path: string; readonly text: string },
  project: InventoryProject,
  previous: AnalysedInventory | undefined,
  onRuleError: OnRuleError,
): AnalysedInventory {
  return analyse({ ...document, language: inventoryLanguage }, project, previous, onRuleError);
}
