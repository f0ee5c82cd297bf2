/** What came from a Pi, as a terminal may show it: in its colours, and without power over the rest. */
import { stripVTControlCharacters } from 'node:util';

const COLOUR = new RegExp('(\\u001b\\[[\\d;:]{0,40}m)');
const RESET = '\x1b[0m';

/**
 * Colours, tabs and line ends stay; a Pi's other control characters would move the cursor, rename
 * the window or write over what was said of other Pis. Colours end with their line.
 */
export function harmless(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => {
      const [first = '', ...rest] = line.split(COLOUR);
      if (rest.length === 0) return plain(first);
      const parts = rest.map((part, index) => (index % 2 === 0 ? part : plain(part)));
      const open = parts.findLast((_, index) => index % 2 === 0);
      return `${plain(first)}${parts.join('')}${open === RESET ? '' : RESET}`;
    })
    .join('\n');
}

function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/(?!\t)\p{Cc}/gu, '');
}
