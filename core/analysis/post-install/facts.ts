/** What the rules for post-install.txt look at. */

/** What `bash -n` says of a script. */
export type SyntaxFault = {
  /** Counts from 1. */
  readonly line: number;
  /** bash’s words. */
  readonly message: string;
};

export type PostInstallProject = {
  /** Of this very text; undefined where bash is not there, or may not be started. */
  readonly syntaxFaults?: readonly SyntaxFault[];
};

/** The whole script. */
export type PostInstallFacts = { readonly text: string };
