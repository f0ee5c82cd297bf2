/**
 * YAML as Ansible reads it. Ansible parses with PyYAML, which differs from YAML 1.1 as other
 * libraries understand it: `y` is no boolean, `1e3` is no number, `12:34:56` is an integer in
 * base 60. The expressions below are those of PyYAML's resolver.
 */
import { LineCounter, parseDocument, visit, type Document, type ScalarTag, type Tags } from 'yaml';

/** Where something stands in a file; both count from 1. */
export type Position = { readonly line: number; readonly column: number };

export type YamlFault = Position & { readonly message: string };

export type AnsibleYaml = {
  readonly document: Document.Parsed;
  readonly faults: readonly YamlFault[];
  readonly positionOf: (offset: number) => Position;
};

/** How a vault-encrypted value appears among variables; also in `ansible-inventory --list`. */
export type VaultValue = { readonly __ansible_vault: string };

const BOOLEAN = /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/;
const INTEGER =
  /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/;
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const NULL = /^(?:~|null|Null|NULL)?$/;
const TIMESTAMP =
  /^[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?)?$/;

/** True when PyYAML, or a YAML 1.1 or 1.2 parser, may read the plain word as more than text. */
export function isResolvedPlain(word: string): boolean {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(word)) return false;
  return (
    [BOOLEAN, INTEGER, FLOAT, NULL, TIMESTAMP].some((pattern) => pattern.test(word)) ||
    /^(?:[yYnN]|<<|=)$/.test(word) ||
    /^[-+]?(?:0[ox])?[0-9][0-9a-fA-F_:.]*(?:[eE][-+]?[0-9]+)?$/.test(word)
  );
}

/** What PyYAML makes of a plain word; times stay text. */
export function resolvePlain(word: string): string | number | boolean | null {
  if (NULL.test(word)) return null;
  if (BOOLEAN.test(word)) return /^(?:y|t|on)/i.test(word);
  if (!/^[-+.0-9]/.test(word)) return word;
  if (INTEGER.test(word)) {
    const value = integerOf(word);
    return Number.isSafeInteger(value) ? value : word;
  }
  return FLOAT.test(word) ? floatOf(word) : word;
}

const INT_TAG = 'tag:yaml.org,2002:int';

const booleanTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: BOOLEAN,
  resolve: (source) => /^(?:y|t|on)/i.test(source),
};

const integerTag: ScalarTag = {
  tag: INT_TAG,
  default: true,
  test: INTEGER,
  resolve: (source) => {
    const value = integerOf(source);
    // An integer that a double can't hold exactly stays as it is written.
    return Number.isSafeInteger(value) ? value : source;
  },
};

const floatTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: FLOAT,
  resolve: floatOf,
};

const vaultTag = (tag: string): ScalarTag => ({
  tag,
  resolve: (source): VaultValue => ({ __ansible_vault: source }),
});

/** Text that is never run as a template; also as in `ansible-inventory --list`. */
const unsafeTag: ScalarTag = {
  tag: '!unsafe',
  resolve: (source) => ({ __ansible_unsafe: source }),
};

/** Kept from the library's YAML 1.1 tags; the others are replaced by PyYAML's rules. */
const KEPT = ['map', 'seq', 'str', 'null', 'merge', 'binary', 'omap', 'pairs', 'set'];

function ansibleTags(tags: Tags): Tags {
  const kept = tags.filter((tag) =>
    typeof tag === 'string'
      ? KEPT.includes(tag)
      : KEPT.includes(tag.tag.replace('tag:yaml.org,2002:', '')),
  );
  return [
    ...kept,
    booleanTag,
    integerTag,
    floatTag,
    vaultTag('!vault'),
    vaultTag('!vault-encrypted'),
    unsafeTag,
  ];
}

/** Parses one YAML document; faults are reported, never thrown. Duplicate keys are no fault. */
export function parseAnsibleYaml(text: string): AnsibleYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.1',
    // Also where the file says %YAML 1.2: PyYAML knows one schema only.
    schema: 'yaml-1.1',
    merge: true,
    customTags: ansibleTags,
    uniqueKeys: false,
    prettyErrors: false,
    keepSourceTokens: true,
    lineCounter: lines,
    logLevel: 'error',
  });
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const faults = document.errors.map((error) => ({
    message: error.message,
    ...positionOf(error.pos[0]),
  }));
  endLastScalar(text, document);
  return { document, faults, positionOf };
}

/**
 * A block scalar whose last line has no line end, at the end of the file: to PyYAML its value has
 * none either.
 */
function endLastScalar(text: string, document: Document.Parsed): void {
  if (/(?:^|\n)[ \t]*$/.test(text)) return;
  visit(document, {
    Scalar: (_, node) => {
      const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
      if (!isBlock || typeof node.value !== 'string' || node.range?.[1] !== text.length) return;
      node.value = node.value.replace(/\n$/, '');
    },
  });
}

/**
 * The document's value with mappings as `Map`s, so that keys keep their type and order.
 * Throws a ReferenceError for an alias without its anchor, or for too many of them.
 */
export function valueOf(document: Document.Parsed): unknown {
  return document.toJS({ mapAsMap: true, maxAliasCount: 10_000 });
}

/** Maps, within any value, as plain objects. */
export function plainValue(value: unknown): unknown {
  if (value instanceof Map) {
    const entries = [...(value as Map<unknown, unknown>)];
    return Object.fromEntries(entries.map(([key, item]) => [String(key), plainValue(item)]));
  }
  if (value instanceof Set) return [...(value as Set<unknown>)].map(plainValue);
  return Array.isArray(value) ? value.map(plainValue) : value;
}

function integerOf(source: string): number {
  const text = source.replaceAll('_', '');
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (digits.startsWith('0b')) return sign * Number.parseInt(digits.slice(2), 2);
  if (digits.startsWith('0x')) return sign * Number.parseInt(digits.slice(2), 16);
  if (digits !== '0' && digits.startsWith('0')) return sign * Number.parseInt(digits, 8);
  return sign * sexagesimal(digits);
}

function floatOf(source: string): number {
  const text = source.replaceAll('_', '').toLowerCase();
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '');
  if (digits === '.inf') return sign * Infinity;
  if (digits === '.nan') return Number.NaN;
  return sign * sexagesimal(digits);
}

function sexagesimal(digits: string): number {
  return digits.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}
