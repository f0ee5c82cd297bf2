/** A rule looks at one thing and says what is wrong with it. It is pure: no files, no programs. */
import type { Finding, Severity } from './finding.ts';

/** What is known of a rule without running it; `title` heads its section in the docs page. */
export type RuleInfo = {
  readonly code: string;
  /** Of a finding that names none itself. */
  readonly severity: Severity;
  readonly title: string;
};

/** A finding as a rule makes it: the code is the rule's, the severity too unless it says otherwise. */
export type Draft = Omit<Finding, 'code' | 'severity'> & { readonly severity?: Severity };

/**
 * Looks at one item. Everything it needs is in the item and in `context`, as its findings are kept
 * for as long as neither changes. Offsets count from the beginning of the item.
 */
export type ItemRule<Item, Context> = {
  readonly code: string;
  readonly check: (item: Item, context: Context) => Iterable<Draft>;
};

/** Looks at the whole: the merged facts, and what surrounds the document. Offsets in the document. */
export type ProjectRule<Facts, Project> = {
  readonly code: string;
  readonly check: (facts: Facts, project: Project) => Iterable<Draft>;
};

/** Called with the rule's code and what it threw. */
export type OnRuleError = (code: string, error: unknown) => void;

/** Reports each rule's first crash only: a rule that crashes does so at every keystroke. */
export function reportOnce(report: OnRuleError): OnRuleError {
  const reported = new Set<string>();
  return (code, error) => {
    if (reported.has(code)) return;
    reported.add(code);
    report(code, error);
  };
}
