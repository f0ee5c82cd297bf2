/** Writes YAML values so that PyYAML and YAML 1.1 and 1.2 parsers all read back what was meant. */
import { isResolvedPlain } from './inventory/ansible-yaml.ts';

/** New values by key; undefined removes the key. */
export type YamlEntries = Readonly<Record<string, YamlValue | undefined>>;

export type YamlScalar = string | number | boolean | null;
export type YamlMapping = { readonly [key: string]: YamlValue };
export type YamlValue = YamlScalar | readonly YamlScalar[] | YamlMapping;

export type Quotes = 'plain' | 'single' | 'double';

/** A text as a scalar; quoted where it must be, else as `quotes` prefers. */
export function writeText(text: string, quotes: Quotes = 'plain'): string {
  const plainIsSafe = /^[A-Za-z0-9_/.][A-Za-z0-9_/.@+-]*$/.test(text) && !isResolvedPlain(text);
  if (quotes === 'plain' && plainIsSafe && !/^\.{3}|^-{3}/.test(text)) return text;
  const singleIsSafe = /^[\x20-\x7E\u00A1-\u2027\u202A-\uD7FF\uE000-\uFEFE\uFF00-\uFFFD]*$/.test(
    text,
  );
  if (quotes !== 'double' && singleIsSafe) return `'${text.replaceAll("'", "''")}'`;
  // JSON is a subset of YAML's double quotes once what YAML takes for line breaks is escaped.
  return JSON.stringify(text).replace(
    /[\u007F-\u00A0\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function writeScalar(value: YamlScalar, quotes: Quotes = 'plain'): string {
  if (typeof value === 'string') return writeText(value, quotes);
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    // `1e21` is a text to PyYAML; fractions that need no exponent are read alike by all.
    const text = String(value);
    return /^-?\d+\.\d+$/.test(text) ? text : writeText(text, quotes);
  }
  return String(value);
}

/** A value on one line, as within `{}` and `[]`. */
export function writeFlow(value: YamlValue, quotes: Quotes = 'plain'): string {
  if (isList(value)) return `[${value.map((item) => writeScalar(item, quotes)).join(', ')}]`;
  if (!isMapping(value)) return writeScalar(value, quotes);
  const entries = Object.entries(value).map(([key, item]) => flowEntry(key, item, quotes));
  return entries.length === 0 ? '{}' : `{${entries.join(', ')}}`;
}

export function flowEntry(key: string, value: YamlValue, quotes: Quotes = 'plain'): string {
  return `${writeText(key, quotes)}: ${writeFlow(value, quotes)}`;
}

/** `key: value` as lines of a block at column `indent`; an empty mapping is a bare `key:`. */
export function blockEntry(key: string, value: YamlValue, indent: number, step: number): string[] {
  const margin = ' '.repeat(indent);
  const name = `${margin}${writeText(key)}:`;
  if (isList(value)) {
    if (value.length === 0) return [`${name} []`];
    const inner = ' '.repeat(indent + step);
    return [name, ...value.map((item) => `${inner}- ${writeScalar(item)}`)];
  }
  if (!isMapping(value)) return [value === null ? name : `${name} ${writeScalar(value)}`];
  return [
    name,
    ...Object.entries(value).flatMap(([inner, item]) =>
      blockEntry(inner, item, indent + step, step),
    ),
  ];
}

export function isList(value: YamlValue): value is readonly YamlScalar[] {
  return Array.isArray(value);
}

export function isMapping(value: YamlValue): value is YamlMapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
