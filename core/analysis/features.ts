/**
 * What an editor is told about a text besides its findings, in words of no protocol. Offsets are
 * UTF-16 code units of the document, half-open. A language gives what it has.
 */
import type { TextEdit } from '../formats/text-edit.ts';
import type { FileEdits } from './finding.ts';

export type TextRange = { readonly start: number; readonly end: number };

export type CompletionKind =
  | 'option'
  | 'value'
  | 'snippet'
  | 'file'
  | 'keyword'
  | 'module'
  | 'variable'
  | 'function'
  | 'reference';

export type Completion = {
  readonly label: string;
  readonly kind: CompletionKind;
  /** One line beside the label. */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** What is replaced; all of one answer replace the same, apart from what follows the cursor. */
  readonly range: TextRange;
  readonly text: string;
  /** `text` has places to fill in, as in `${1:name}`. */
  readonly isSnippet?: true;
  /** What the typed letters are held against, where that is not the label. */
  readonly filter?: string;
  /** Completions are listed in this order, then by label. */
  readonly order: string;
  /** Once it is inserted, there is more to complete at the cursor. */
  readonly continues?: true;
  /** What `describe` is asked about when a person looks at this one. */
  readonly described?: string;
};

/** More letters may bring others, where there are too many to name all. */
export type Completions =
  readonly Completion[] | { readonly items: readonly Completion[]; readonly isIncomplete: true };

/** What is shown of one completion when a person looks at it. */
export type Description = { readonly detail?: string; readonly documentation: string };

/** A place in a file of the project. */
export type Place = TextRange & { readonly path: string };

/** Something that has a name which stands in several places. */
export type Named = TextRange & {
  readonly kind:
    | 'variable'
    | 'handler'
    | 'role'
    | 'host'
    | 'group'
    | 'tag'
    | 'file'
    | 'module'
    | 'filter'
    | 'test'
    | 'lookup';
  readonly name: string;
  /** The absolute path of a file. */
  readonly path?: string;
};

/** A file or folder that goes elsewhere, with the edits that keep what names it right. */
export type FileMove = { readonly from: string; readonly to: string };
export type Moves = {
  readonly moves: readonly FileMove[];
  /** By absolute path, of the files as they are called before. */
  readonly edits: readonly FileEdits[];
};

export type Occurrence = Place & { readonly isDefinition: boolean };

/** The text of a file as the editor has it, saved or not; undefined where there is none. */
export type ReadText = (path: string) => Promise<string | undefined>;

/** What can be found by its name in all of the project. */
export type ProjectSymbol = Place & {
  readonly name: string;
  readonly kind: Outline['kind'];
  readonly container: string;
};

export type Hover = {
  readonly range: TextRange;
  readonly markdown: string;
};

export type Outline = {
  readonly name: string;
  readonly detail: string;
  readonly kind:
    'setting' | 'command' | 'file' | 'section' | 'play' | 'task' | 'variable' | 'host' | 'group';
  readonly range: TextRange;
  readonly nameRange: TextRange;
  readonly children?: readonly Outline[];
};

export type Fold = TextRange & { readonly kind: 'comment' | 'region' };

/** Their names are those of TOKEN_TYPES and TOKEN_MODIFIERS. */
export type Token = TextRange & {
  readonly type: TokenType;
  readonly modifiers: readonly TokenModifier[];
};

/** The editor is told these once, in this order; package.json explains and colours its own ones. */
export const TOKEN_TYPES = [
  'rpiSecret',
  'rpiValue',
  'keyword',
  'function',
  'property',
  'variable',
  'method',
] as const;
export const TOKEN_MODIFIERS = ['rpiDefault'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];
export type TokenModifier = (typeof TOKEN_MODIFIERS)[number];

/** Shown in the text behind `at`, but not of it. */
export type Hint = { readonly at: number; readonly label: string; readonly tooltip: string };

/**
 * A title above a line that can be clicked: it opens the document that `preview` gives, does what
 * `does` says with it, or runs the playbook: on all it names, as a check, or on a group that is asked for.
 */
export type Lens = {
  readonly range: TextRange;
  readonly title: string;
  readonly does?: InstallerLens;
  readonly runs?: PlaybookLens;
};
/** Looks at what an installation by this file needs, or begins one. */
export type InstallerLens = 'verify' | 'reinstall';
export type PlaybookLens = 'all' | 'check' | 'group';

/** A text that leads to a file (absolute) or to an address of the web. */
export type Link = TextRange & {
  readonly target:
    | { readonly path: string; readonly url?: never }
    | { readonly url: string; readonly path?: never };
  readonly tooltip: string;
};

/** What a language can tell about a text that was analysed. Everything is pure. */
export type Features<Analysed, Surroundings> = {
  readonly complete?: (
    analysed: Analysed,
    offset: number,
    surroundings: Surroundings,
    path: string,
  ) => Completions;
  /** Of a completion that has `described`. */
  readonly describe?: (described: string, surroundings: Surroundings) => Description | undefined;
  readonly hover?: (
    analysed: Analysed,
    offset: number,
    surroundings: Surroundings,
    path: string,
  ) => Hover | undefined;
  readonly outline?: (analysed: Analysed) => readonly Outline[];
  readonly folds?: (analysed: Analysed) => readonly Fold[];
  /** In the order of the text, and none over another. */
  readonly tokens?: (analysed: Analysed) => readonly Token[];
  readonly hints?: (analysed: Analysed, surroundings: Surroundings) => readonly Hint[];
  readonly lenses?: (analysed: Analysed) => readonly Lens[];
  /** Also what “go to definition” follows. */
  readonly links?: (
    analysed: Analysed,
    surroundings: Surroundings,
    path: string,
  ) => readonly Link[];
  /** From the innermost range around the offset to the outermost. */
  readonly selections?: (analysed: Analysed, offset: number) => readonly TextRange[];
  readonly named?: (analysed: Analysed, offset: number) => Named | undefined;
  /** Where in the project it stands; with `only`, where it is defined. */
  readonly occurrences?: (
    named: Named,
    surroundings: Surroundings,
    path: string,
    read: ReadText,
    only?: 'definitions',
  ) => Promise<readonly Occurrence[]>;
  /** What has to move where the name of a file, a role, a host or a group is another one. */
  readonly moves?: (
    named: Named,
    newName: string,
    surroundings: Surroundings,
    path: string,
    read: ReadText,
  ) => Promise<Moves>;
  readonly format?: (text: string) => readonly TextEdit[];
  /** A text to read: what will be made of the file at `path`. */
  readonly preview?: (analysed: Analysed, path: string) => string;
};
