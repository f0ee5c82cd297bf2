/**
 * The engine under the language server, `rpi lint` and `rpi create`: runs the rules of a language
 * over a document. What an earlier run found about an item that has not changed is kept, so a
 * keystroke costs one item's rules and those that look at the whole.
 */
import type { Document, Item, Language, Placed } from './document.ts';
import { compareFindings, moveFinding, type Finding } from './finding.ts';
import type { Draft, OnRuleError, RuleInfo } from './rule.ts';

export type Analysed<I extends Item, Context, ItemFacts, Facts> = {
  readonly text: string;
  readonly context: Context;
  readonly items: readonly AnalysedItem<I, ItemFacts>[];
  readonly facts: Facts;
  /** Of items and of the whole, in the order of the text. */
  readonly findings: readonly Finding[];
};

export type AnalysedItem<I extends Item, ItemFacts> = Placed<I> & {
  readonly facts: ItemFacts;
  /** Their offsets count from the item's beginning. */
  readonly findings: readonly Finding[];
};

/**
 * All findings of a document. `previous` is what an earlier call returned for this document (any
 * earlier text of it). A rule that throws is told to `onRuleError` and the others go on.
 */
export function analyse<I extends Item, Context, ItemFacts, Facts, Project>(
  document: Document<I, Context, ItemFacts, Facts, Project>,
  project: Project,
  previous: Analysed<I, Context, ItemFacts, Facts> | undefined,
  onRuleError: OnRuleError,
): Analysed<I, Context, ItemFacts, Facts> {
  const { language, text, path } = document;
  const context = language.context(text, path, project);
  const kept = new Map<I, AnalysedItem<I, ItemFacts>>();
  for (const each of previous?.items ?? []) kept.set(each.item, each);
  const reusable = previous !== undefined && Object.is(previous.context, context);

  const items = language.split(text, [...kept.keys()]).map(({ item, start }) => {
    const before = reusable ? kept.get(item) : undefined;
    return before === undefined
      ? analyseItem(language, { item, start }, context, onRuleError)
      : { ...before, start };
  });
  const facts = language.merge(items, text, context);
  const reach = language.reach?.(facts) ?? Infinity;
  const findings = items.flatMap((each) =>
    each.start < reach ? each.findings.map((finding) => moveFinding(finding, each.start)) : [],
  );
  for (const { code, check } of language.projectRules) {
    addFindings(findings, code, () => check(facts, project), language.infos, onRuleError);
  }
  return { text, context, items, facts, findings: findings.sort(compareFindings) };
}

function analyseItem<I extends Item, Context, ItemFacts, Facts, Project>(
  language: Language<I, Context, ItemFacts, Facts, Project>,
  { item, start }: Placed<I>,
  context: Context,
  onRuleError: OnRuleError,
): AnalysedItem<I, ItemFacts> {
  const findings: Finding[] = [];
  for (const { code, check } of language.itemRules) {
    addFindings(findings, code, () => check(item, context), language.infos, onRuleError);
  }
  return { item, start, facts: language.itemFacts(item, context), findings };
}

/** Adds what a rule finds; nothing of one that throws. Makes no lists: most rules find nothing. */
function addFindings(
  findings: Finding[],
  code: string,
  check: () => Iterable<Draft>,
  infos: ReadonlyMap<string, RuleInfo>,
  onRuleError: OnRuleError,
): void {
  const before = findings.length;
  try {
    for (const draft of check()) findings.push(toFinding(draft, code, infos));
  } catch (error) {
    findings.length = before;
    onRuleError(code, error);
  }
}

function toFinding(draft: Draft, code: string, infos: ReadonlyMap<string, RuleInfo>): Finding {
  return { ...draft, code, severity: draft.severity ?? infos.get(code)?.severity ?? 'error' };
}
