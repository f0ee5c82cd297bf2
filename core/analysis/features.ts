/**
 * What an editor is told about a text besides its findings, in words of no protocol. Offsets are
 * UTF-16 code units of the document, half-open. A language gives what it has.
 */
import type { TextEdit } from '../formats/text-edit.ts';

export type TextRange = { readonly start: number; readonly end: number };

export type Completion = {
  readonly label: string;
  readonly kind: 'option' | 'value' | 'snippet' | 'file';
  /** One line beside the label. */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** What is replaced; all of one answer replace the same, apart from what follows the cursor. */
  readonly range: TextRange;
  readonly text: string;
  /** `text` has places to fill in, as in `${1:name}`. */
  readonly isSnippet?: true;
  /** Completions are listed in this order, then by label. */
  readonly order: string;
  /** Once it is inserted, there is more to complete at the cursor. */
  readonly continues?: true;
};

export type Hover = {
  readonly range: TextRange;
  readonly markdown: string;
};

export type Outline = {
  readonly name: string;
  readonly detail: string;
  readonly kind: 'setting' | 'command' | 'file' | 'section';
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

/** The editor is told these once, in this order; package.json explains and colours them. */
export const TOKEN_TYPES = ['rpiSecret', 'rpiValue'] as const;
export const TOKEN_MODIFIERS = ['rpiDefault'] as const;
export type TokenType = (typeof TOKEN_TYPES)[number];
export type TokenModifier = (typeof TOKEN_MODIFIERS)[number];

/** Shown in the text behind `at`, but not of it. */
export type Hint = { readonly at: number; readonly label: string; readonly tooltip: string };

/** A title above a line that can be clicked: it opens the document that `preview` gives. */
export type Lens = { readonly range: TextRange; readonly title: string };

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
  ) => readonly Completion[];
  readonly hover?: (analysed: Analysed, offset: number) => Hover | undefined;
  readonly outline?: (analysed: Analysed) => readonly Outline[];
  readonly folds?: (analysed: Analysed) => readonly Fold[];
  /** In the order of the text, and none over another. */
  readonly tokens?: (analysed: Analysed) => readonly Token[];
  readonly hints?: (analysed: Analysed) => readonly Hint[];
  readonly lenses?: (analysed: Analysed) => readonly Lens[];
  /** Also what “go to definition” follows. */
  readonly links?: (
    analysed: Analysed,
    surroundings: Surroundings,
    path: string,
  ) => readonly Link[];
  readonly format?: (text: string) => readonly TextEdit[];
  /** A text to read: what will be made of the file at `path`. */
  readonly preview?: (analysed: Analysed, path: string) => string;
};
