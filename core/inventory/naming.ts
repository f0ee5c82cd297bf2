/** What an adopted Pi is called and where it is placed. */
import type { GroupRule } from '../project/config.ts';
import type { Sighting } from '../runs/event.ts';

/** What is known of a Pi when it is placed. */
export type Placeable = {
  readonly name: string;
  /** Lower case with colons; a Pi may have two cards. */
  readonly macs: readonly string[];
  readonly model: string | undefined;
};

/**
 * A name for the device that is not `taken`: its own mDNS name, unless that is the one every new
 * Pi has; else `pi-` and the end of its MAC, or its address where it has no MAC.
 */
export function nameFor(device: Sighting, taken: ReadonlySet<string>): string {
  const own = ownName(device.name);
  if (own !== undefined && !taken.has(own)) return own;
  const digits = device.mac?.replaceAll(':', '');
  const candidates =
    digits === undefined
      ? [`pi-${device.address.replace(/[^0-9a-fA-F]+/g, '-')}`]
      : [`pi-${digits.slice(-6)}`, `pi-${digits}`];
  const free = candidates.find((name) => !taken.has(name));
  if (free !== undefined) return free;
  const base = candidates.at(-1) ?? 'pi';
  for (let number = 2; ; number++) {
    if (!taken.has(`${base}-${number}`)) return `${base}-${number}`;
  }
}

/** The mDNS name without `.local`; undefined for a default one (`raspberrypi`, `raspberrypi-2`). */
export function ownName(name: string | undefined): string | undefined {
  const label = bareName(name ?? '');
  if (!/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label) || /^\d+$/.test(label)) return undefined;
  return /^(?:raspberrypi(?:-\d+)?|localhost)$/.test(label) ? undefined : label;
}

/** A host name in the form in which two are compared: lower case, without dot and `.local`. */
export function bareName(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/\.local$/, '');
}

/** The group of the first rule that matches, else `ungrouped`. All a rule says must match. */
export function groupFor(pi: Placeable, rules: readonly GroupRule[]): string {
  const rule = rules.find(
    ({ name, mac, model }) =>
      (name === undefined || wildcard(name).test(pi.name)) &&
      (mac === undefined || pi.macs.some((own) => wildcard(macPattern(mac)).test(own))) &&
      (model === undefined || (pi.model !== undefined && wildcard(model).test(pi.model))),
  );
  return rule?.group ?? 'ungrouped';
}

function macPattern(pattern: string): string {
  const digits = pattern.toLowerCase().replaceAll(':', '');
  return (digits.match(/[0-9a-f]{1,2}|\*/g) ?? []).join(':').replace(/:\*/g, '*');
}

/** `*` and `?`, in either case. */
function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'is');
}
