/** What rules for inventories know of their surroundings; undefined stands for unknown. */
export type InventoryProject = {
  /** Child → parents, as other files of the same inventory say. */
  readonly children?: readonly { readonly group: string; readonly child: string }[];
};
