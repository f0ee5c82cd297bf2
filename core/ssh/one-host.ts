import { RpiError } from '../errors.ts';
import type { Inventory, InventoryHost } from '../inventory/host.ts';
import { selectAdopted } from '../inventory/select.ts';

/** The one host that a name or pattern stands for. Throws `input.invalid` for several. */
export function oneHost(inventory: Inventory, pattern: string): InventoryHost {
  const found = selectAdopted(inventory, pattern);
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  throw new RpiError('input.invalid', `${pattern} stands for ${found.length} hosts.`, {
    remedy: `Name one of them: ${found.map(({ name }) => name).join(', ')}`,
  });
}
