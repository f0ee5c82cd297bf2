/** Chooses hosts by Ansible's host patterns (ansible/inventory/manager.py). */
import { RpiError } from '../errors.ts';
import { parseAddress } from '../formats/inventory/host-pattern.ts';
import { nothingAdopted } from './fault.ts';
import type { Inventory, InventoryHost } from './host.ts';
import { nearest } from './nearest.ts';

const SUBSCRIPT = /^(.+)\[(?:(-?[0-9]+)|([0-9]+)[:-]([0-9]*))\]$/;

/**
 * The hosts that `limit` means, in the order of the inventory; all of them without a limit.
 * Names and groups, `*` `?` `[a-c]`, `~regex`, unions with `,` or `:`, `&` intersection, `!`
 * exclusion, subscripts as in `sensors[0:2]`. Throws `inventory.no-match`, naming the nearest
 * names, for a pattern (or a part of one) that matches nothing: a slip of the keys must not
 * change which hosts are worked on.
 */
export function selectHosts(inventory: Inventory, limit: string | undefined): InventoryHost[] {
  if (limit === undefined || limit.trim() === '') return [...inventory.hosts];
  const parts = splitPatterns(limit);
  const wanted = parts.filter((part) => !/^[!&]/.test(part));
  const required = parts.filter((part) => part.startsWith('&'));
  const excluded = parts.filter((part) => part.startsWith('!'));
  const chosen = new Set(
    (wanted.length === 0 ? ['all'] : wanted).flatMap((part) => matches(inventory, part)),
  );
  for (const part of required) {
    const also = new Set(matches(inventory, part.slice(1)));
    for (const name of chosen) if (!also.has(name)) chosen.delete(name);
  }
  for (const part of excluded) {
    for (const name of matches(inventory, part.slice(1))) chosen.delete(name);
  }
  if (chosen.size === 0 && inventory.hosts.length > 0) {
    throw new RpiError('inventory.no-match', `No host is left for “${limit}”.`, {
      remedy: 'Each part of it matches hosts, but not together. rpi inventory list shows them.',
    });
  }
  return inventory.hosts.filter((host) => chosen.has(host.name));
}

/** As selectHosts, for work on hosts: throws `inventory.empty` where there are none at all. */
export function selectAdopted(inventory: Inventory, limit: string | undefined): InventoryHost[] {
  if (inventory.hosts.length === 0) throw nothingAdopted();
  return selectHosts(inventory, limit);
}

/**
 * The hosts that are both named and within the limit. Throws `inventory.no-match` where none is
 * both, and what selectAdopted and selectHosts throw.
 */
export function selectNamed(
  inventory: Inventory,
  {
    hosts: named,
    limit,
  }: { readonly hosts: string | undefined; readonly limit: string | undefined },
): InventoryHost[] {
  const limited = new Set(selectAdopted(inventory, limit));
  const hosts = selectHosts(inventory, named).filter((host) => limited.has(host));
  if (hosts.length === 0) {
    throw new RpiError('inventory.no-match', 'No host is both named and within --limit.', {
      remedy: 'Name the hosts once. rpi inventory list shows them.',
    });
  }
  return hosts;
}

/** `a,b` and, where the whole is no address with a port, `a:b:!c`. */
function splitPatterns(text: string): string[] {
  if (!text.includes(',') && parseAddress(text) === undefined) {
    // A bracket that is not closed would be dropped, and what is left could match more.
    if (/[[\]]/.test(text.replace(/\[[^\]]*\]/g, ''))) throw notAPattern(text);
    return text.match(/(?:[^\s:[\]]|\[[^\]]*\])+/g) ?? [];
  }
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** The names one pattern matches. Throws where there are none, unless there are no hosts at all. */
function matches(inventory: Inventory, pattern: string): readonly string[] {
  const names = inventory.hosts.map((host) => host.name);
  if (names.includes(pattern)) return [pattern];
  const subscript = pattern.startsWith('~') ? undefined : (SUBSCRIPT.exec(pattern) ?? undefined);
  const expression = subscript?.[1] ?? pattern;
  const test = matcher(expression, pattern);
  const groups = Object.keys(inventory.groups).filter(test);
  const found = new Set(groups.flatMap((group) => inventory.groups[group] ?? []));
  if (groups.length === 0 || expression.startsWith('~') || /[.?*[]/.test(expression)) {
    for (const name of names.filter(test)) found.add(name);
  }
  const chosen = subscript === undefined ? [...found] : slice([...found], subscript);
  if (chosen.length === 0 && !(pattern === 'all' && names.length === 0)) {
    throw noMatch(inventory, pattern, groups);
  }
  return chosen;
}

function slice(names: readonly string[], subscript: RegExpExecArray): string[] {
  const [, , index, start, end] = subscript;
  if (index !== undefined) return names.slice(Number(index)).slice(0, 1);
  const last = end === undefined || end === '' ? names.length - 1 : Number(end);
  return names.slice(Number(start), last + 1);
}

function matcher(expression: string, pattern: string): (name: string) => boolean {
  try {
    const regex = expression.startsWith('~')
      ? new RegExp(`^(?:${expression.slice(1)})`, 'u')
      : globRegex(expression);
    return (name) => regex.test(name);
  } catch {
    throw notAPattern(pattern);
  }
}

/** A shell pattern as Python's fnmatch understands it. */
function globRegex(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern.charAt(at);
    const close = pattern.indexOf(']', at + (/^\[!?\]/.test(pattern.slice(at)) ? 3 : 1));
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (char === '[' && close > 0) {
      const inside = pattern.slice(at + 1, close).replace(/[\\\]^]/g, String.raw`\$&`);
      source += inside.startsWith('!') ? `[^${inside.slice(1)}]` : `[${inside}]`;
      at = close;
    } else source += char.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  }
  return new RegExp(`^(?:${source})$`, 'su');
}

function notAPattern(pattern: string): RpiError {
  return new RpiError('inventory.no-match', `“${pattern}” is no valid host pattern.`, {
    remedy: 'Name hosts or groups; * and ? are wildcards, as in “pi*”.',
  });
}

function noMatch(inventory: Inventory, pattern: string, groups: readonly string[]): RpiError {
  if (groups.length > 0) {
    return new RpiError('inventory.no-match', `“${pattern}” has no hosts.`, {
      remedy: 'Put hosts into the group, or name others. rpi inventory list shows all.',
    });
  }
  const known = [...inventory.hosts.map((host) => host.name), ...Object.keys(inventory.groups)];
  const near = nearest(pattern, known);
  return new RpiError('inventory.no-match', `No host or group is named “${pattern}”.`, {
    remedy:
      near.length > 0
        ? `Did you mean ${near.join(' or ')}? rpi inventory list shows all.`
        : 'rpi inventory list shows all hosts and groups.',
  });
}
