/** A name that is typed to confirm what can't be undone. */

/** What is wrong with it, or undefined when it is exactly the name. Nothing typed yet is no fault. */
export function checkTyped(typed: string, expect: string | undefined): string | undefined {
  if (expect === undefined || typed === expect) return undefined;
  return typed === '' ? `Type ${expect}.` : `“${typed}” is not ${expect}. Nothing is done.`;
}
