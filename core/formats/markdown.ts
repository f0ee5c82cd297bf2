/** Text of unknown origin in Markdown: what a device calls itself must not become a link or a tag. */

/** Longer names than any that is meant for people. */
const LONGEST = 300;

/**
 * On one line, without control characters and without those that turn the direction of text; no
 * longer than `longest` characters.
 */
export function oneLine(text: string, longest = LONGEST): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/**
 * `text` as Markdown that shows it as it is, on one line. Every punctuation mark is escaped
 * (CommonMark 0.31, 2.4), which also takes it out of autolinks and of VS Code's `$(icon)`.
 */
export function escapeMarkdown(text: string, longest = LONGEST): string {
  return oneLine(text, longest).replace(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}
