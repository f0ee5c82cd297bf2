/** For small documents whose rules look at the whole: the text is the one item. */
import type { Item, Placed } from './document.ts';

/** The text as one item; the same one while it stays the same. */
export function wholeText<I extends Item>(
  read: (text: string) => I,
): (text: string, previous: readonly I[]) => readonly Placed<I>[] {
  return (text, previous) => [
    { item: previous.find((item) => item.text === text) ?? read(text), start: 0 },
  ];
}

/** What a finding that is about the file stands on. */
export function firstLineOf(text: string): { readonly start: number; readonly end: number } {
  const end = text.search(/[\r\n]/);
  return { start: 0, end: end === -1 ? text.length : end };
}
