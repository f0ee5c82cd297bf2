/**
 * What a module of the project takes, from the DOCUMENTATION in its Python file. Read by
 * hand, as the language server would load a library of schemas for this alone.
 */
import { parse } from 'yaml';
import type { ModuleFacts, OptionFacts } from '../../data/ansible-facts.ts';

/** Deeper ones are not told apart. */
const DEEPEST = 6;

/**
 * Undefined where it has none that can be read, or where other files say more. Options that only
 * the program itself names take anything: nobody may be told that they do not exist.
 */
export function moduleFactsOf(python: string): ModuleFacts | undefined {
  const [, , yaml] =
    /^DOCUMENTATION\s*(?::\s*\w+\s*)?=\s*[rRuU]?("""|''')([^]*?)\1/m.exec(python) ?? [];
  if (yaml === undefined) return undefined;
  const documentation = parsed(yaml);
  if (!isRecord(documentation)) return undefined;
  const { options: described, extends_documentation_fragment: others } = documentation;
  if (!isWhole(others) || !(described === undefined || described === null || isRecord(described)))
    return undefined;
  const options = optionsOf(described ?? {}, 0);
  for (const name of undocumented(python)) options[name] ??= { type: 'raw' };
  const isFree = /\bfree_form\b|_raw_params/.test(python);
  return { options, ...(isFree ? { free: true } : {}) };
}

/** Fragments about attributes bring no options; of others it is not known which. */
function isWhole(fragments: unknown): boolean {
  const names: readonly unknown[] = Array.isArray(fragments) ? fragments : [fragments ?? []].flat();
  return names.every((name) => /(?:^|[._])attributes(?:\.\w+)*$/.test(String(name)));
}

function parsed(yaml: string): unknown {
  try {
    return parse(yaml, { version: '1.1', logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

function optionsOf(
  all: Readonly<Record<string, unknown>>,
  depth: number,
): Record<string, OptionFacts> {
  const options: Record<string, OptionFacts> = {};
  for (const [name, value] of Object.entries(all)) {
    if (!isRecord(value)) {
      options[name] = { type: 'raw' };
      continue;
    }
    const { type, elements, required, choices, aliases, suboptions } = value;
    options[name] = {
      ...(typeof type === 'string' ? { type } : {}),
      ...(typeof elements === 'string' ? { elements } : {}),
      ...(required === true ? { required } : {}),
      ...(Array.isArray(choices) || isRecord(choices) ? { choices } : {}),
      ...(isWords(aliases) ? { aliases } : {}),
      ...((value['default'] ?? undefined) === undefined ? {} : { default: value['default'] }),
      ...(!isRecord(suboptions) || depth > DEEPEST
        ? {}
        : { options: optionsOf(suboptions, depth + 1) }),
    };
  }
  return options;
}

/** `'name': dict(type=…)` and `name={'type': …}`: what looks like a part of an argument_spec. */
function undocumented(python: string): string[] {
  return [...python.matchAll(SPECIFIED)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

const WORDS = '(?:type|required|default|choices|aliases|elements|no_log|options|fallback)';
const SPECIFIED = new RegExp(
  String.raw`(?:["'](\w+)["']\s*:|\b(\w+)\s*=)\s*(?:dict\s*\(\s*(?=\)|${WORDS}\s*=)|\{\s*(?=["']${WORDS}["']))`,
  'g',
);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
