/**
 * What Ansible knows: modules with their options, keywords, names of plugins, names that moved.
 * Facts of ansible-core 2.19 and the collections of Debian 13's `ansible` package, made by
 * scripts/data/ansible-facts.ts; loaded when first asked for (about 20 ms).
 */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
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
