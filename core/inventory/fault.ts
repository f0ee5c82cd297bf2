/** Faults of inventory files as errors. */
import { RpiError, type ErrorCode } from '../errors.ts';
import type { InventoryFault } from '../formats/inventory/statement.ts';

/** The error `inventory.invalid`, a line a fault: `path:line:column: message`. */
export function invalidInventory(path: string, faults: readonly InventoryFault[]): RpiError {
  const lines = faults.map(({ message, line, column }) =>
    [path, ...(line === undefined ? [] : [line, column ?? 1])].join(':').concat(`: ${message}`),
  );
  return new RpiError('inventory.invalid', lines.join('\n'), {
    remedy: 'Correct the file and run the command again. Nothing was written.',
    places: faults.map((fault) => ({ path, ...fault })),
  });
}

/** The error for writing what only people write: INI files, programs, plugin configurations. */
export function readOnlyInventory(path: string): RpiError {
  return new RpiError(
    'inventory.read-only',
    `${path} is not YAML: rpi reads it, never writes it.`,
    {
      remedy:
        'Convert it once: ansible-inventory -i ' +
        `${path} --list --yaml --export --output hosts.yml — then name that file as inventory: in rpi.yml.`,
      places: [{ path, message: 'rpi reads this file, and never writes it' }],
    },
  );
}

/**
 * Why a host can't be changed as it was meant. Whoever has the files at hand adds where it stands;
 * see planned-edits.ts.
 */
export class HostRefusal extends RpiError {
  readonly host: string;

  constructor(code: ErrorCode, host: string, message: string, remedy: string) {
    super(code, message, { remedy });
    this.host = host;
  }
}

/** The error for work on hosts where there are none yet. */
export function nothingAdopted(): RpiError {
  return new RpiError('inventory.empty', 'There is no host in the inventory yet.', {
    remedy: 'Find and adopt some first: rpi detect, then rpi inventory add --all.',
  });
}
