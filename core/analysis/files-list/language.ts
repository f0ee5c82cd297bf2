/**
 * `config/files/*.list` as a language of the analysis engine: a file of the new system a line, as
 * `OWNER[:GROUP] MODE /absolute/path`; blank lines and those that begin with # count for nothing.
 */
import type { DialectName } from '../../data/installer-dialects.ts';
import { analyse, type Analysed } from '../analyse.ts';
import type { Item, Language, Placed } from '../document.ts';
import type { OnRuleError } from '../rule.ts';
import { FILES_LIST_RULES } from './rules.ts';

/** Undefined stands for unknown: rules then say nothing that depends on it. */
export type FilesListProject = {
  readonly dialect?: DialectName;
  /** The names below the folder of the list, with `/` between folders. */
  readonly files?: ReadonlySet<string>;
  /** Users that the installation makes, besides those of every system. */
  readonly users?: ReadonlySet<string>;
  /** The text of post-install.txt, '' where there is none. */
  readonly postInstall?: string;
};

/** A stretch of a line that is no blank. Offsets count from the line's beginning. */
export type Field = { readonly text: string; readonly start: number; readonly end: number };

export type ListLine = Item & {
  /** Empty for blank lines and comments. */
  readonly fields: readonly Field[];
};

export type FilesListFacts = {
  /** The file's name, as in `my.list`. */
  readonly name: string;
  /** The lines that name a file, with ranges of the document. */
  readonly entries: readonly {
    readonly owner: Field;
    readonly mode: Field;
    readonly path: Field;
  }[];
};

export type AnalysedFilesList = Analysed<ListLine, string, readonly Field[], FilesListFacts>;

export const filesListLanguage: Language<
  ListLine,
  string,
  readonly Field[],
  FilesListFacts,
  FilesListProject
> = {
  split: splitLines,
  context: (_text, path) => path.slice(path.lastIndexOf('/') + 1),
  itemFacts: ({ fields }) => fields,
  merge: (parts, _text, name) => ({
    name,
    entries: parts.flatMap(({ facts, start }) => {
      const [owner, mode, path] = facts.map((field) => ({
        ...field,
        start: field.start + start,
        end: field.end + start,
      }));
      return owner === undefined || mode === undefined || path === undefined
        ? []
        : [{ owner, mode, path }];
    }),
  }),
  itemRules: FILES_LIST_RULES.flatMap(({ line }) => line ?? []),
  projectRules: FILES_LIST_RULES.flatMap(({ list }) => list ?? []),
  infos: new Map(FILES_LIST_RULES.map((info) => [info.code, info])),
};

/** All findings in the text of a list. `previous`: see analyse. */
export function analyseFilesList(
  document: { readonly path: string; readonly text: string },
  project: FilesListProject,
  previous: AnalysedFilesList | undefined,
  onRuleError: OnRuleError,
): AnalysedFilesList {
  return analyse({ ...document, language: filesListLanguage }, project, previous, onRuleError);
}

function splitLines(text: string, previous: readonly ListLine[]): Placed<ListLine>[] {
  const known = new Map(previous.map((line) => [line.text, line]));
  let start = 0;
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => {
    const placed = { item: known.get(line) ?? { text: line, fields: fieldsOf(line) }, start };
    start += line.length;
    return placed;
  });
}

function fieldsOf(line: string): Field[] {
  if (/^\s*#/.test(line)) return [];
  return [...line.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}
