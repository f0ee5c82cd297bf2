/** Seconds between two rounds of the monitor page. */

const USUAL = 10;
/** A round starts a process and logs in to every Pi. */
const LEAST = 2;
const MOST = 3600;

/** What the setting says, within bounds: settings are typed by hand. */
export function intervalOf(setting: unknown): number {
  const seconds = typeof setting === 'number' && Number.isFinite(setting) ? setting : USUAL;
  return Math.min(MOST, Math.max(LEAST, seconds));
}
