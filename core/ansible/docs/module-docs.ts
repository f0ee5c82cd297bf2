/** What `ansible-doc` says of a module: what it takes as facts, and its words for people. */
import type { ModuleFacts } from '../../data/ansible-facts.ts';

/** In Ansible’s markup, as its authors wrote it; paragraphs. */
export type OptionWords = {
  readonly description: readonly string[];
  /** Of the choices that have some. */
  readonly choices?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, OptionWords>>;
};

export type ModuleWords = {
  readonly summary: string;
  readonly description: readonly string[];
  readonly notes: readonly string[];
  readonly options: Readonly<Record<string, OptionWords>>;
  /** YAML. */
  readonly examples: string;
};

export type ModuleDocs = { readonly facts: ModuleFacts; readonly words: ModuleWords };

/** The words of an installed module, by its full name; undefined where they are not known (yet). */
export type WordsOf = (module: string) => ModuleWords | undefined;
