/** Hiding what is secret in texts that are shown and journaled. */
import { applyEdits } from './text-edit.ts';

/** Offsets in a text; `end` is behind the last character. */
export type Range = { readonly start: number; readonly end: number };

const HIDDEN = '(hidden)';

/** The whole of a text, hidden. */
export const HIDDEN_TEXT = `${HIDDEN}\n`;

/** Whether a text holds a private key, as OpenSSH and OpenSSL write them. */
export function holdsPrivateKey(text: string): boolean {
  return text.includes('PRIVATE KEY-----');
}

/** Hides stretches of a text. */
export function hideRanges(text: string, ranges: readonly Range[]): string {
  return applyEdits(
    text,
    ranges.map(({ start, end }) => ({ start, end, text: HIDDEN })),
  );
}

/**
 * Hides what follows a name, to the end of the line, where nothing is known of the text but that:
 * in comments, in commands. `name` and `separator` are sources of regular expressions.
 */
export function hideAfter(text: string, name: string, separator: string, flags = ''): string {
  const pattern = new RegExp(`(${name})(${separator})(?!\\s*\\(hidden\\)).*`, `g${flags}`);
  return text.replace(
    pattern,
    (_match, before: string, between: string) => before + between + HIDDEN,
  );
}
