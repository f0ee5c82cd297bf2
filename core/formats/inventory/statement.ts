/**
 * What an inventory file says, in the order in which it says it. Every format is read into
 * statements; core/inventory/graph.ts plays them, as Ansible's InventoryData does.
 */
import type { Position } from './ansible-yaml.ts';

export type Statement =
  | { readonly type: 'group'; readonly group: string }
  | { readonly type: 'child'; readonly group: string; readonly child: string }
  | {
      readonly type: 'host';
      readonly host: string;
      readonly group: string;
      readonly port?: number | undefined;
    }
  | {
      readonly type: 'group-variable';
      readonly group: string;
      readonly name: string;
      readonly value: unknown;
    }
  | {
      readonly type: 'host-variable';
      readonly host: string;
      readonly name: string;
      readonly value: unknown;
    };

/** A fault in an inventory file; without a position where the whole file is meant. */
export type InventoryFault = { readonly message: string } & Partial<Position>;

export type ParsedInventory =
  | { readonly ok: true; readonly statements: readonly Statement[] }
  | { readonly ok: false; readonly faults: readonly InventoryFault[] };
