/** Text in notifications and prompts, where the editor makes links of `[…](command:…)`. */

/**
 * The same words without such links: what a Pi, a journal or a program says of itself must not
 * become something to click that runs a command of the editor.
 */
export function plainText(text: string): string {
  return text.replaceAll('](', '] (');
}
