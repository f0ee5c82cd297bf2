/** The names in a pattern of hosts, each where it stands. */

export type HostWord = { readonly text: string; readonly at: number };

/** Without `!` and `&`, and without wildcards, ranges and regular expressions. */
export function partsOfPattern(pattern: string): HostWord[] {
  return [...pattern.matchAll(/[^,:\s]+/g)].flatMap((match) => {
    const text = match[0].replace(/^[!&]/, '');
    const at = match.index + match[0].length - text.length;
    return /^[\w.-]+$/.test(text) ? [{ text, at }] : [];
  });
}
