/** Text of unknown origin for a terminal: a Pi must not move its cursor or write into its clipboard. */

/** A colour (SGR, ECMA-48 8.3.117) or the end of a line, which may stay, or a control character. */
const COLOUR_OR_CONTROL = /(\u{1b}\[[\d;:]{0,40}m|\r(?=\n))|[^\P{Cc}\n\t]/gu;

/** Where Unicode has pictures of the control characters; that of DEL stands elsewhere. */
const PICTURES = 0x2400;

/**
 * `text` with its colours, line ends and tabs; other control characters are shown as pictures (`␛`),
 * so that one sees that they were there. Those that have none (C1) become `\uFFFD`.
 */
export function printable(text: string): string {
  return text.replace(COLOUR_OR_CONTROL, (found: string, harmless: string | undefined) => {
    if (harmless !== undefined) return harmless;
    const code = found.charCodeAt(0);
    if (code === 0x7f) return '\u2421';
    if (code > 0x7f) return '\ufffd';
    return String.fromCharCode(PICTURES + code);
  });
}
