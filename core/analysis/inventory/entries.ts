/** What an inventory file says, entry by entry, each with its place. Ranges are the document's. */
import type { TextRange } from '../features.ts';

export type GroupEntry = {
  readonly kind: 'group';
  readonly name: string;
  readonly range: TextRange;
  /** The group it is named in as a child. */
  readonly parent?: string;
};

export type HostEntry = {
  readonly kind: 'host';
  /** As it is written: `pi[1:3]`. */
  readonly pattern: string;
  /** The hosts it stands for; none where the range is wrong. */
  readonly hosts: readonly string[];
  readonly port: number | undefined;
  readonly group: string;
  readonly range: TextRange;
};

export type VariableEntry = {
  readonly kind: 'variable';
  readonly owner: { readonly kind: 'group'; readonly name: string } | HostEntry;
  readonly name: string;
  readonly nameRange: TextRange;
  /** The text of a scalar; undefined for anything else. */
  readonly text: string | undefined;
  readonly valueRange: TextRange;
  /** Encrypted by ansible-vault. */
  readonly isVault: boolean;
};

export type InventoryEntry = GroupEntry | HostEntry | VariableEntry;

/** What the file's form makes wrong. */
export type InventoryFormFault = TextRange & { readonly message: string };

/** A name that stands twice where one would do; the later one counts. */
export type Repeated = TextRange & {
  readonly what: 'host' | 'group' | 'variable' | 'section';
  readonly name: string;
  readonly earlier: TextRange;
};

/** A key of a group that Ansible passes over. */
export type StrayKey = TextRange & {
  readonly name: string;
  /** undefined: at the top of the file. */
  readonly group: string | undefined;
};

export type InventoryEntries = {
  readonly format: 'yaml' | 'ini' | 'program';
  readonly entries: readonly InventoryEntry[];
  readonly faults: readonly InventoryFormFault[];
  readonly repeated: readonly Repeated[];
  readonly stray: readonly StrayKey[];
};

export const NO_ENTRIES: InventoryEntries = {
  format: 'program',
  entries: [],
  faults: [],
  repeated: [],
  stray: [],
};
