/** The words inside a tag. */
import type { Range, SyntaxFault } from './tree.ts';

export type Token = Range & {
  /** `end`: the tag ends here; the token is empty. */
  readonly type: 'name' | 'string' | 'integer' | 'float' | 'operator' | 'end';
  readonly text: string;
};

/** What stands between the delimiters of a tag. */
export type Tag = {
  /** The last token is `end`. */
  readonly tokens: readonly Token[];
  /** All of it, with the delimiters. */
  readonly range: Range;
  /** The first thing that can't be a word, or that the tag never ends. */
  readonly fault?: SyntaxFault;
};
