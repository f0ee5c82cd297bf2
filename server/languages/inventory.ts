/** Inventories, YAML and INI. */
import type { AnsibleProject } from '../../core/analysis/ansible-project/project.ts';
import {
  analyseInventory,
  type AnalysedInventory,
} from '../../core/analysis/inventory/language.ts';
import type { InventoryProject } from '../../core/analysis/inventory/project.ts';
import { INVENTORY_DOCS } from '../../core/analysis/inventory/rules.ts';
import {
  hoverInventory,
  inventoryHints,
  inventoryOutline,
  namedInInventoryAt,
} from '../../core/analysis/playbook/features/inventory-features.ts';
import { occurrences } from '../../core/analysis/playbook/features/occurrences.ts';
import { inventoryProject } from '../../core/lint/ansible-folder.ts';
import { languageService } from '../language.ts';

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
    outline: ({ facts }) => inventoryOutline(facts),
    hints: ({ facts }, { ansible }) => inventoryHints(facts, ansible),
    named: ({ facts }, offset) => namedInInventoryAt(facts, offset),
    occurrences: async (named, { ansible }, path, read, only) =>
      ansible === undefined ? [] : occurrences(named, ansible, path, read, only),
  },
});
