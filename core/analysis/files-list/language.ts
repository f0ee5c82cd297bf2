/**
 * `config/files/*.list` as a language of the analysis engine: a file of the new system a line, as
 * `OWNER[:GROUP] MODE /absolute/path`; blank lines and those that begin with # count for nothing.
 */
import { analyse, type Analysed } from '../analyse.ts';
import type { Language, Placed } from '../document.ts';
import type { OnRuleError } from '../rule.ts';
import type { Field, FilesListFacts, FilesListProject, ListLine } from './items.ts';
import { FILES_LIST_RULES } from './rules.ts';

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
