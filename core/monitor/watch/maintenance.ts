/** The label of a Pi that somebody works on by hand: `rpi_maintenance` in the inventory. */
import type { InventoryHost } from '../../inventory/host.ts';

/** Enough for a reason; it stands in every record of the Pi. */
const LONGEST = 200;

/**
 * What it says, as planned work: “maintenance”, or “maintenance: new case”. A switch, or a reason;
 * in INI files a switch is text, too.
 */
export function maintenanceOf({ variables }: Pick<InventoryHost, 'variables'>): string | undefined {
  const label = variables['rpi_maintenance'];
  if (label === true) return 'maintenance';
  if (typeof label !== 'string') return undefined;
  const text = label.trim();
  if (text === '' || /^(?:false|no|off|0)$/i.test(text)) return undefined;
  if (/^(?:true|yes|on|1)$/i.test(text)) return 'maintenance';
  return `maintenance: ${text.slice(0, LONGEST)}`;
}
