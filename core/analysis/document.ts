/** What is analysed: a text, and the language that cuts it into items and knows the rules. */
import type { ItemRule, ProjectRule, RuleInfo } from './rule.ts';

/** An item may hold ranges; they count from its own beginning, so that it can move unchanged. */
export type Item = { readonly text: string };

/** An item and where it stands in the document. */
export type Placed<I> = { readonly item: I; readonly start: number };

export type PlacedFacts<ItemFacts> = { readonly facts: ItemFacts; readonly start: number };

export type Language<I extends Item, Context, ItemFacts, Facts, Project> = {
  /**
   * The items in the order of the text; what lies between them (if anything) belongs to none. An
   * item of `previous` whose text is the same is given back itself: findings and facts are kept by
   * identity.
   */
  readonly split: (text: string, previous: readonly I[]) => readonly Placed<I>[];
  /**
   * What item rules know besides the item. Compared by identity: a string, or an object that is
   * kept while it means the same.
   */
  readonly context: (text: string, path: string, project: Project) => Context;
  /** What an item tells the rest; it is kept with the item, so its ranges count from there. */
  readonly itemFacts: (item: I, context: Context) => ItemFacts;
  /** The facts of all items, in the order of the text, as one; ranges are the document's now. */
  readonly merge: (
    parts: readonly PlacedFacts<ItemFacts>[],
    text: string,
    context: Context,
  ) => Facts;
  /** Items from this offset on take no effect, and what rules say of them is left out. */
  readonly reach?: (facts: Facts) => number;
  readonly itemRules: readonly ItemRule<I, Context>[];
  readonly projectRules: readonly ProjectRule<Facts, Project>[];
  /** Every rule's code with severity and title. */
  readonly infos: ReadonlyMap<string, RuleInfo>;
};

export type Document<I extends Item, Context, ItemFacts, Facts, Project> = {
  readonly path: string;
  readonly text: string;
  readonly language: Language<I, Context, ItemFacts, Facts, Project>;
};
