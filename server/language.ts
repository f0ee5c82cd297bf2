/** How the server sees a language: a table of these is all that it knows (see languages.ts). */
import type {
  Completions,
  Description,
  Features,
  Fold,
  Hint,
  Hover,
  Lens,
  Link,
  Moves,
  Named,
  Occurrence,
  Outline,
  ReadText,
  TextRange,
  Token,
} from '../core/analysis/features.ts';
import type { Finding } from '../core/analysis/finding.ts';
import type { OnRuleError } from '../core/analysis/rule.ts';
import type { TextEdit } from '../core/formats/text-edit.ts';
import type { Workspace } from './workspace.ts';

/** A line of the table. What it loads is loaded with the first document that it claims. */
export type ServerLanguage = {
  readonly name: string;
  /** By the absolute path, and by the language that the editor says. */
  readonly claims: (path: string, languageId: string) => boolean;
  readonly load: () => Promise<LanguageService>;
  /** Its findings depend on the files beside a document, saved or not. */
  readonly looksBeside?: true;
};

/** A language at work. */
export type LanguageService = {
  /** The page with a section for each code of its findings, as in `docs/installer-config.md`. */
  readonly docs: string;
  readonly open: (
    document: LanguageDocument,
    workspace: Workspace,
    onRuleError: OnRuleError,
  ) => OpenLanguage;
};

export type LanguageDocument = {
  readonly path: string;
  /** As the editor says. */
  readonly languageId: string;
};

/** What goes with one open document: its analysis is kept from text to text. */
export type OpenLanguage = {
  /** Looks up what surrounds the document: other files, the project. Never rejects for faulty files. */
  readonly lookAround: () => Promise<void>;
  /** Asks another program about this very text. Aborted when there is a newer one. */
  readonly examine?: (text: string, signal: AbortSignal) => Promise<void>;
  readonly read: (text: string) => Reading;
  /** Tells other documents of a text that was read. */
  readonly share?: () => void;
};

/** A text and all that can be told about it; what is asked for is computed then. */
export type Reading = {
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly complete: (offset: number) => Completions;
  readonly describe: (described: string) => Description | undefined;
  readonly hover: (offset: number) => Hover | undefined;
  readonly outline: () => readonly Outline[];
  readonly folds: () => readonly Fold[];
  readonly tokens: () => readonly Token[];
  readonly hints: () => readonly Hint[];
  readonly lenses: () => readonly Lens[];
  readonly links: () => readonly Link[];
  readonly selections: (offset: number) => readonly TextRange[];
  readonly named: (offset: number) => Named | undefined;
  readonly occurrences: (
    named: Named,
    read: ReadText,
    only?: 'definitions',
  ) => Promise<readonly Occurrence[]>;
  readonly moves: (named: Named, newName: string, read: ReadText) => Promise<Moves>;
  readonly format: () => readonly TextEdit[];
  readonly preview: (shownPath: string) => string | undefined;
};

/** What a language is made of: functions of core, and where to look for what they need. */
export type Parts<Analysed extends { readonly findings: readonly Finding[] }, Surroundings> = {
  readonly docs: string;
  /** What is assumed before anything was looked up. */
  readonly nothingKnown: Surroundings;
  readonly lookAround: (
    path: string,
    workspace: Workspace,
    document: LanguageDocument,
  ) => Promise<Surroundings>;
  /** What another program says of a text, to be laid over the surroundings. */
  readonly examine?: (
    text: string,
    workspace: Workspace,
    signal: AbortSignal,
  ) => Promise<Partial<Surroundings>>;
  readonly analyse: (
    document: { readonly path: string; readonly text: string },
    surroundings: Surroundings,
    previous: Analysed | undefined,
    onRuleError: OnRuleError,
  ) => Analysed;
  readonly features: Features<Analysed, Surroundings>;
  /** Tells the workspace of a text that was read. */
  readonly share?: (analysed: Analysed, workspace: Workspace) => void;
};

/** Makes a language for the table of its parts. */
export function languageService<
  Analysed extends { readonly findings: readonly Finding[] },
  Surroundings,
>(parts: Parts<Analysed, Surroundings>): LanguageService {
  return {
    docs: parts.docs,
    open: (document, workspace, onRuleError) =>
      openLanguage(parts, document, workspace, onRuleError),
  };
}

function openLanguage<Analysed extends { readonly findings: readonly Finding[] }, Surroundings>(
  parts: Parts<Analysed, Surroundings>,
  document: LanguageDocument,
  workspace: Workspace,
  onRuleError: OnRuleError,
): OpenLanguage {
  const { analyse, features, examine, share } = parts;
  const { path } = document;
  let surroundings = parts.nothingKnown;
  let examined: { readonly text: string; readonly result: Partial<Surroundings> } | undefined;
  let analysed: Analysed | undefined;
  let reading: Reading | undefined;

  const read = (text: string): Reading => {
    if (reading?.text === text) return reading;
    const around = examined?.text === text ? { ...surroundings, ...examined.result } : surroundings;
    analysed = analyse({ path, text }, around, analysed, onRuleError);
    return (reading = readingOf(features, { path, text, around, analysed }));
  };
  return {
    read,
    lookAround: async () => {
      surroundings = await parts.lookAround(path, workspace, document);
      reading = undefined;
    },
    ...(share === undefined
      ? {}
      : {
          share: () => {
            if (analysed !== undefined) share(analysed, workspace);
          },
        }),
    ...(examine === undefined
      ? {}
      : {
          examine: async (text, signal) => {
            examined = { text, result: await examine(text, workspace, signal) };
            reading = undefined;
          },
        }),
  };
}

function readingOf<Analysed extends { readonly findings: readonly Finding[] }, Surroundings>(
  features: Features<Analysed, Surroundings>,
  {
    path,
    text,
    around,
    analysed,
  }: {
    readonly path: string;
    readonly text: string;
    readonly around: Surroundings;
    readonly analysed: Analysed;
  },
): Reading {
  /** A text that leads to a file names it, where the language knows what else does. */
  const file = (offset: number): Named | undefined => {
    if (features.moves === undefined) return undefined;
    const links = features.links?.(analysed, around, path) ?? [];
    for (const { target, start, end } of links) {
      if (target.path === undefined || offset < start || end < offset) continue;
      const quote = /^["']/.test(text.slice(start, end)) ? 1 : 0;
      const place = { start: start + quote, end: end - quote };
      return {
        kind: 'file',
        name: text.slice(place.start, place.end),
        ...place,
        path: target.path,
      };
    }
    return undefined;
  };
  return {
    text,
    findings: analysed.findings,
    complete: (offset) => features.complete?.(analysed, offset, around, path) ?? [],
    describe: (described) => features.describe?.(described, around),
    hover: (offset) => features.hover?.(analysed, offset, around, path),
    outline: () => features.outline?.(analysed) ?? [],
    folds: () => features.folds?.(analysed) ?? [],
    tokens: () => features.tokens?.(analysed) ?? [],
    hints: () => features.hints?.(analysed, around) ?? [],
    lenses: () => features.lenses?.(analysed) ?? [],
    links: () => features.links?.(analysed, around, path) ?? [],
    selections: (offset) => features.selections?.(analysed, offset) ?? [],
    named: (offset) => features.named?.(analysed, offset) ?? file(offset),
    occurrences: async (named, read, only) =>
      (await features.occurrences?.(named, around, path, read, only)) ?? [],
    moves: async (named, newName, read) =>
      (await features.moves?.(named, newName, around, path, read)) ?? { moves: [], edits: [] },
    format: () => features.format?.(text) ?? [],
    preview: (shownPath) => features.preview?.(analysed, shownPath),
  };
}
