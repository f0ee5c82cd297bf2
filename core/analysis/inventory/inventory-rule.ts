/** What a rule for inventory files looks at. */
import type { ProjectRule } from '../rule.ts';
import type { InventoryFacts } from './facts.ts';
import type { InventoryProject } from './project.ts';

export type InventoryRule = ProjectRule<InventoryFacts, InventoryProject>;
