/** What a YAML document should say after an edit, to be compared with what it does say. */
import { isList, isMapping, type YamlEntries, type YamlValue } from './yaml-write.ts';

/** A value to be written, as the parser gives it back: mappings as Maps, empty ones as null. */
export function changed(value: YamlValue): unknown {
  if (isList(value)) return [...value];
  if (!isMapping(value)) return value;
  const entries = Object.entries(value);
  return entries.length === 0 ? null : new Map(entries.map(([key, item]) => [key, changed(item)]));
}

/** `before` with the entries of the mapping at `path` set; shares all else with it. */
export function expectedOf(
  before: unknown,
  path: readonly string[],
  entries: YamlEntries,
): unknown {
  const copy = new Map<unknown, unknown>(before instanceof Map ? before : []);
  const [key, ...rest] = path;
  if (key !== undefined) {
    copy.set(key, expectedOf(copy.get(key), rest, entries));
  } else {
    for (const [name, value] of Object.entries(entries)) {
      if (value === undefined) copy.delete(name);
      else copy.set(name, changed(value));
    }
  }
  return copy;
}

/** Equal whatever the order of keys; an empty mapping equals null, as it does to Ansible. */
export function equalValues(a: unknown, b: unknown): boolean {
  if (a instanceof Map || b instanceof Map) {
    const [left, right] = [mapOf(a), mapOf(b)];
    if (left === undefined || right === undefined || left.size !== right.size) return false;
    return [...left].every(([key, value]) => right.has(key) && equalValues(value, right.get(key)));
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equalValues(item, b[index]));
  }
  if (isPlainObject(a) && isPlainObject(b)) {
    return equalValues(new Map(Object.entries(a)), new Map(Object.entries(b)));
  }
  return Object.is(a ?? null, b ?? null);
}

function mapOf(value: unknown): ReadonlyMap<unknown, unknown> | undefined {
  if (value instanceof Map) return value;
  return value === null || value === undefined ? new Map() : undefined;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
