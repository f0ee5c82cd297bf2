/** Inventories, YAML and INI. */
import type { AnsibleProject } from '../../core/analysis/ansible-project/project.ts';
import {
  analyseInventory,
  type AnalysedInventory,
} from '../../core/analysis/inventory/language.ts';
import {
  completeInventory,
  inventoryFolds,
  inventorySelections,
} from '../../core/analysis/inventory/features.ts';
import type { InventoryProject } from '../../core/analysis/inventory/project.ts';
import { INVENTORY_DOCS } from '../../core/analysis/inventory/rules.ts';
import {
  hoverInventory,
  inventoryHints,
  inventoryOutline,
  namedInInventoryAt,
} from '../../core/analysis/playbook/features/inventory-features.ts';
import { inventoryProject } from '../../core/lint/ansible-folder.ts';
import { languageService } from '../language.ts';
import { namedInProject } from './named-in-project.ts';

type Surroundings = InventoryProject & { readonly ansible?: AnsibleProject | undefined };

export const inventory = languageService<AnalysedInventory, Surroundings>({
  docs: INVENTORY_DOCS,
  nothingKnown: {},
  lookAround: async (path, { ansible }) => {
    const folder = await ansible.folderOf(path);
    return folder === undefined
      ? {}
      : { ...inventoryProject(folder, path), ansible: folder.index.current() };
  },
  analyse: analyseInventory,
  features: {
    hover: ({ facts }, offset, { ansible }) => hoverInventory(facts, offset, ansible),
    complete: ({ facts }, offset, { ansible }) => completeInventory(facts, offset, ansible),
    folds: ({ facts }) => inventoryFolds(facts),
    selections: ({ facts }, offset) => inventorySelections(facts, offset),
    outline: ({ facts }) => inventoryOutline(facts),
    hints: ({ facts }, { ansible }) => inventoryHints(facts, ansible),
    named: ({ facts }, offset) => namedInInventoryAt(facts, offset),
    ...namedInProject(({ ansible }: Surroundings) => ansible),
  },
});
