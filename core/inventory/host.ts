/** What the rest of the product knows of the inventory: its hosts, already resolved. */

/** A host with its variables merged as Ansible would (all, groups, host). */
export type InventoryHost = {
  readonly name: string;
  /** `ansible_host`, else the name. */
  readonly address: string;
  /** `ansible_port`, else 22. */
  readonly port: number;
  /** `ansible_user`; undefined where the inventory does not say. */
  readonly user: string | undefined;
  /** `ansible_become`. */
  readonly become: boolean;
  /** Every group the host is in, direct or through children; without `all`. */
  readonly groups: readonly string[];
  /** `rpi_serial`: the identity of a Pi once we were in. */
  readonly serial: string | undefined;
  /** `rpi_macs`, lower case with colons. */
  readonly macs: readonly string[];
  /** `rpi_model`. */
  readonly model: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
};

export type Inventory = {
  readonly hosts: readonly InventoryHost[];
  /** Group name → names of its hosts, direct or through children. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
};
