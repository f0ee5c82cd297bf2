/**
 * What Ansible knows: modules with their options, keywords, names of plugins, names that moved.
 * Facts of ansible-core 2.19 and the collections of Debian 13's `ansible` package, made by
 * scripts/data/ansible-facts.ts; loaded when first asked for (about 20 ms).
 */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { z } from 'zod';
import { resource } from '../resources.ts';

/** One option of a module. Absent: `type` is str, `required` is false. */
export type OptionFacts = {
  readonly type?: string;
  /** The type of a list's elements. */
  readonly elements?: string;
  readonly required?: true;
  readonly choices?: readonly unknown[] | Readonly<Record<string, unknown>>;
  readonly aliases?: readonly string[];
  readonly default?: unknown;
  /** The version of its collection (ansible-core for builtin) that brought it. */
  readonly added?: string;
  /** The version or date that removes it. */
  readonly deprecated?: string;
  readonly options?: Readonly<Record<string, OptionFacts>>;
};

export type ModuleFacts = {
  readonly options: Readonly<Record<string, OptionFacts>>;
  /** Takes free text, as `command` does. */
  readonly free?: true;
  readonly added?: string;
  readonly deprecated?: { readonly in: string; readonly instead: string };
  readonly mutually_exclusive?: readonly (readonly string[])[];
  readonly required_together?: readonly (readonly string[])[];
  readonly required_one_of?: readonly (readonly string[])[];
  /** As AnsibleModule takes it: option, value, needed options, and whether one of them will do. */
  readonly required_if?: readonly (readonly unknown[])[];
  readonly required_by?: Readonly<Record<string, unknown>>;
};

/** A name that moved (`redirect`) or went away (`removed`: since which version, and `why`). */
export type Routing = {
  readonly redirect?: string;
  readonly removed?: string;
  readonly why?: string;
};

export type KeywordFacts = {
  /** Play, Role, Block, Task, Handler; empty for what was removed from the language. */
  readonly applies_to: readonly string[];
  readonly type: string;
  readonly template: string;
};

export type AnsibleFacts = {
  /** ansible-core and each collection whose options are known. */
  readonly versions: Readonly<Record<string, string>>;
  /** By full name, as in `ansible.builtin.copy`. */
  readonly modules: Readonly<Record<string, ModuleFacts>>;
  /** Full names of modules that exist and whose options are not known. */
  readonly other_modules: readonly string[];
  readonly routing: Readonly<
    Record<'modules' | 'filter' | 'test' | 'lookup', Readonly<Record<string, Routing>>>
  >;
  readonly keywords: Readonly<Record<string, KeywordFacts>>;
  /** Full names, and those of Jinja2 as they are. */
  readonly filters: readonly string[];
  readonly tests: readonly string[];
  readonly lookups: readonly string[];
};

const option: z.ZodType<OptionFacts> = z.strictObject({
  type: z.string().exactOptional(),
  elements: z.string().exactOptional(),
  required: z.literal(true).exactOptional(),
  choices: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).exactOptional(),
  aliases: z.array(z.string()).exactOptional(),
  default: z.unknown().exactOptional(),
  added: z.string().exactOptional(),
  deprecated: z.string().exactOptional(),
  get options() {
    return z.record(z.string(), option).exactOptional();
  },
});
const names = z.array(z.array(z.string()));
const module: z.ZodType<ModuleFacts> = z.strictObject({
  options: z.record(z.string(), option),
  free: z.literal(true).exactOptional(),
  added: z.string().exactOptional(),
  deprecated: z.strictObject({ in: z.string(), instead: z.string() }).exactOptional(),
  mutually_exclusive: names.exactOptional(),
  required_together: names.exactOptional(),
  required_one_of: names.exactOptional(),
  required_if: z.array(z.array(z.unknown())).exactOptional(),
  required_by: z.record(z.string(), z.unknown()).exactOptional(),
});
const routes = z.record(
  z.string(),
  z.strictObject({
    redirect: z.string().exactOptional(),
    removed: z.string().exactOptional(),
    why: z.string().exactOptional(),
  }),
);

/** The shape of the file; checked when it is made and by a test, not at every start. */
export const ansibleFactsSchema: z.ZodType<AnsibleFacts> = z.strictObject({
  versions: z.record(z.string(), z.string()),
  modules: z.record(z.string(), module),
  other_modules: z.array(z.string()),
  routing: z.strictObject({ modules: routes, filter: routes, test: routes, lookup: routes }),
  keywords: z.record(
    z.string(),
    z.strictObject({
      applies_to: z.array(z.string()),
      type: z.string(),
      template: z.string(),
    }),
  ),
  filters: z.array(z.string()),
  tests: z.array(z.string()),
  lookups: z.array(z.string()),
});

export const ANSIBLE_FACTS = 'ansible/data/facts.json.br';

let loaded: Promise<AnsibleFacts> | undefined;

/** The facts; read once. */
export function loadAnsibleFacts(): Promise<AnsibleFacts> {
  loaded ??= read();
  return loaded;
}

async function read(): Promise<AnsibleFacts> {
  const bytes = await promisify(brotliDecompress)(await readFile(resource(ANSIBLE_FACTS)));
  // Our own file, of the shape above: checking 1.5 MB again at each start would take longer than
  // reading it.
  return JSON.parse(bytes.toString('utf8')) as AnsibleFacts;
}
