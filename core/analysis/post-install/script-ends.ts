import type { Item } from '../document.ts';
import type { ItemRule } from '../rule.ts';

/** The installer sources this script: an `exit` in it is the installer’s own, before it is done. */
export const scriptEnds: ItemRule<Item, undefined> = {
  code: 'script-ends',
  *check({ text }) {
    let offset = 0;
    let depth = 0;
    let hereDocument: RegExp | undefined;
    let quote = '';
    for (const line of text.split('\n')) {
      const start = offset;
      offset += line.length + 1;
      if (hereDocument !== undefined) {
        if (hereDocument.test(line)) hereDocument = undefined;
        continue;
      }
      const read = withoutQuotes(line, quote);
      const { code } = read;
      if (quote === '') hereDocument = hereDocumentEnd(line);
      quote = read.quote;
      // In a subshell, `exit` ends that alone.
      if (depth === 0) yield* endsIn(code, start);
      depth = Math.max(0, depth + count(code, '(') - count(code, ')'));
    }
  },
};

/** `exit`, and `exec` with a program, where a command begins. */
function* endsIn(
  code: string,
  offset: number,
): Iterable<{ start: number; end: number; message: string }> {
  for (const match of code.matchAll(
    /(^|[;&|{)]|\b(?:then|else|do))\s*((?:exit|exec)\b[^;&|)}]*)/g,
  )) {
    const command = (match[2] ?? '').trimEnd();
    const at = match.index + match[0].indexOf(command, match[1]?.length ?? 0);
    const open = count(code.slice(0, at), '(') - count(code.slice(0, at), ')');
    // Behind a parenthesis only where it ends a pattern of `case`, which has none that opens.
    if (open > 0 || (match[1] === ')' && open === 0)) continue;
    // `exec >file` only redirects.
    if (/^exec\s*(?:\d*[<>].*)?$/.test(command)) continue;
    const word = command.startsWith('exec') ? 'exec' : 'exit';
    yield {
      start: offset + at,
      end: offset + at + command.length,
      message: `“${word}” ends the installer itself, before the system can boot: use “return”, or a subshell.`,
    };
  }
}

/** A line with quoted text and comments blanked out, so that offsets stay, and the quote left open. */
function withoutQuotes(line: string, open: string): { code: string; quote: string } {
  let code = '';
  let quote = open;
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === '\\' && quote !== "'") {
      code += '__'.slice(0, line.length - at);
      at++;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      code += '_';
    } else if (character === '"' || character === "'") {
      quote = character;
      code += '_';
    } else if (character === '#' && /(?:^|[\s;])$/.test(code)) {
      return { code: code.padEnd(line.length), quote };
    } else {
      code += character === '\r' ? ' ' : character;
    }
  }
  return { code, quote };
}

/** What ends the here-document that begins in a line. */
function hereDocumentEnd(line: string): RegExp | undefined {
  const match = /<<(-?)\s*(?:'([^']+)'|"([^"]+)"|\\?(\w+))/.exec(line.replace(/<<</g, ''));
  const word = match?.[2] ?? match?.[3] ?? match?.[4];
  if (word === undefined) return undefined;
  const literal = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${match?.[1] === '-' ? '\\t*' : ''}${literal}\\r?$`);
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
