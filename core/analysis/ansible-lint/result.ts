/** What ansible-lint says about a file. */
import type { Severity } from '../finding.ts';

export type LintResult = {
  /** As in `name[missing]`. */
  readonly rule: string;
  readonly message: string;
  readonly severity: Severity;
  /** Where ansible-lint explains the rule. */
  readonly url: string | undefined;
  /** As it was printed: absolute, or from the folder it ran in. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly column: number | undefined;
};

/** The results about a text. */
export type LintedText = { readonly text: string; readonly results: readonly LintResult[] };
