/** What may stand behind the dot of a variable: the keys of a mapping, parts of a task’s result. */
import type { VariableDefinition } from '../../ansible-project/extract-types.ts';

/** What results of tasks have. */
const RESULT = [
  ...['stdout', 'stdout_lines', 'rc', 'changed', 'failed', 'skipped', 'stderr', 'stderr_lines'],
  ...['results', 'msg', 'stat', 'content', 'json', 'status', 'start', 'end', 'delta'],
];

const ADDRESS = [
  ...['address', 'interface', 'gateway', 'netmask', 'network', 'prefix', 'macaddress', 'mtu'],
  ...['broadcast', 'type', 'alias'],
];
const DATE = [
  ...['date', 'time', 'epoch', 'iso8601', 'iso8601_basic_short', 'year', 'month', 'day'],
  ...['hour', 'minute', 'second', 'weekday', 'weekday_number', 'weeknumber', 'tz', 'tz_offset'],
];

/** Of facts that are mappings on every machine. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  default_ipv4: ADDRESS,
  date_time: DATE,
  lsb: ['codename', 'description', 'id', 'major_release', 'release'],
  python: ['executable', 'has_sslcontext', 'type', 'version', 'version_info'],
};

const LOOP = [
  ...['index', 'index0', 'first', 'last', 'length', 'revindex', 'revindex0', 'previtem'],
  ...['nextitem', 'cycle', 'changed', 'depth', 'depth0'],
];

/**
 * Name → where it is from. `of`: the variable and the keys behind it that lead to the place;
 * `definitions`: those that the place may see. Empty where nothing is known.
 */
export function membersOf(
  of: readonly string[],
  definitions: Iterable<VariableDefinition & { readonly where: string }>,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const [root = '', ...keys] = of;
  const prefix = keys.map((key) => `${key}.`).join('');
  for (const { name, by, members = [], where } of definitions) {
    if (name !== root) continue;
    if (by === 'register' && keys.length === 0) {
      for (const part of RESULT) if (!found.has(part)) found.set(part, 'of a result');
    }
    for (const member of members) {
      const rest = member.startsWith(prefix) ? member.slice(prefix.length) : '';
      if (rest !== '' && !rest.includes('.') && !found.has(rest)) found.set(rest, where);
    }
  }
  if (found.size > 0) return found;
  const fact =
    root === 'ansible_facts' && keys.length === 1
      ? keys[0]
      : keys.length === 0 && root.startsWith('ansible_')
        ? root.slice('ansible_'.length)
        : undefined;
  for (const part of FACTS[fact ?? ''] ?? []) found.set(part, 'of a fact');
  if (root === 'loop' && keys.length === 0) for (const part of LOOP) found.set(part, 'of a loop');
  return found;
}
