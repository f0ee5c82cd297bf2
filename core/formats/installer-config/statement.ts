/** What an installer-config.txt is made of, as bash reads it. */

/** Half-open, in UTF-16 offsets of the original text (or of the command line: see CommandLine). */
export type Range = { readonly start: number; readonly end: number };

/** A stretch of a word, as it is written. */
export type WordPart = Range & {
  /**
   * plain: stands for itself. single, double: between quotes, those included. escape: a backslash
   * and what it protects. continuation: a backslash and the line end, which vanish. expansion:
   * replaced by the running shell.
   */
  readonly kind: 'plain' | 'single' | 'double' | 'escape' | 'continuation' | 'expansion';
};

/** Something that the shell replaces when it reads the word, also between double quotes. */
export type Expansion = Range & {
  /**
   * variable: `$x`, `${x}`. command: `$(…)` and backquotes: a program runs. arithmetic: `$((…))`,
   * `$[…]`. ansi: `$'…'`, `$"…"`. tilde: `~`. brace: `{a,b}`. parameter: `${x:-…}` and the like,
   * which may also assign or end the shell.
   */
  readonly kind: 'variable' | 'command' | 'arithmetic' | 'ansi' | 'tilde' | 'brace' | 'parameter';
  readonly text: string;
  /** True when it may set a variable or end the shell. */
  readonly affects: boolean;
};

export type Assignment = {
  readonly kind: 'assignment';
  readonly name: string;
  /** What bash assigns (or, with `append`, adds); undefined where the running shell decides. */
  readonly value: string | undefined;
  readonly append: boolean;
  /** True for `export name=value`. */
  readonly exported: boolean;
  /** All of `name=value`. */
  readonly range: Range;
  readonly nameRange: Range;
  readonly valueRange: Range;
  /** The value as it is written; together they are the valueRange. */
  readonly parts: readonly WordPart[];
  /** Why the value is unknown; empty where it is known. */
  readonly expansions: readonly Expansion[];
};

/** A word of a command. */
export type CommandWord = {
  readonly range: Range;
  /** What bash makes of it; undefined where the running shell decides. */
  readonly value: string | undefined;
  /** True when a quote or a backslash occurs. */
  readonly quoted: boolean;
  readonly expansions: readonly Expansion[];
  /** Where it looks like `name=value`: before the command's name it holds for this command only. */
  readonly assignment: Assignment | undefined;
};

export type Command = {
  /** Something that the installer runs, as root; or several, joined by `|`, `&&`, `||`. */
  readonly kind: 'command';
  /** What runs: a name a command; '' for assignments alone; undefined where the shell decides. */
  readonly commands: readonly (string | undefined)[];
  /** All words in order, operators and redirections left out. */
  readonly words: readonly CommandWord[];
  /** True for one command without redirection, pipe or `&`. */
  readonly plain: boolean;
  /** True when a word of it is an expansion that may set a variable or end the shell. */
  readonly computed: boolean;
  /** True for the one command that installs over the network write themselves; see arm.ts. */
  readonly own: boolean;
  readonly range: Range;
};

export type Comment = { readonly kind: 'comment'; readonly range: Range };

/** From here to the end of the text nothing is known. */
export type Unreadable = {
  readonly kind: 'unreadable';
  readonly range: Range;
  /**
   * quote: one is never closed. syntax: bash refuses it. In both cases bash keeps the assignments
   * above, and nothing from here on happens. shell: legal, or not known to be illegal, but more
   * than settings; nobody but bash knows what it does.
   */
  readonly fault: 'quote' | 'syntax' | 'shell';
  /** In words, without a full stop. */
  readonly reason: string;
  /** What to underline: the character, or for a quote the rest of the line that opens it. */
  readonly place: Range;
};

export type Statement = Assignment | Comment | Command | Unreadable;

/**
 * One complete command line: bash runs all of it or, with a syntax error in it, none. Mostly a
 * line of the text with its line end; more where quotes or continuations span lines. Ranges count
 * from its own beginning.
 */
export type CommandLine = {
  readonly text: string;
  readonly statements: readonly Statement[];
  /** False where the text's end ended it: more text might have been read as a part of it. */
  readonly complete: boolean;
};
