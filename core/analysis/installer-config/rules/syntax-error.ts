import { shellWord } from '../../../command/command.ts';
import type { Range, Unreadable } from '../../../formats/installer-config/statement.ts';
import type { Fix } from '../../finding.ts';
import type { FileRule } from '../items.ts';

/** bash keeps what stands above, reads nothing from here on, and the installer wipes all the same. */
export const syntaxError: FileRule = {
  code: 'syntax-error',
  *check({ text, statements }) {
    for (const statement of statements) {
      if (statement.kind !== 'unreadable' || statement.fault === 'shell') continue;
      yield {
        ...placeOfFault(text, statement),
        message:
          `The shell stops reading here: ${statement.reason}. ` +
          'The installer takes defaults for everything from here on, and wipes the disk.',
        fixes: quotesFix(text, statement.place.start),
      };
    }
  },
};

/** A value with a parenthesis or an open `$(` in it, and nothing that quotes: all of it is meant. */
export function quotesFix(text: string, at: number): readonly Fix[] {
  if (!/[()$]/.test(text.charAt(at))) return [];
  const before = /(?:^|[ \t])\w+=((?![ \t#])(?:[^\s'"\\$`;&|<>]|[ \t](?!\w+=))*)$/.exec(
    text.slice(text.lastIndexOf('\n', at) + 1, at),
  )?.[1];
  const rest = /^[^'"\\$`;&|<>\n\r]*/.exec(text.slice(at + 1))?.[0] ?? '';
  const behind = text.charAt(at) + rest;
  const after = text.charAt(at + behind.length);
  // Another setting behind it on the line is none of the value.
  if (before === undefined || /[ \t]\w+=/.test(rest) || !/^[\r\n]?$/.test(after)) return [];
  const value = before + behind.replace(/\s#.*$/, '').trimEnd();
  const start = at - before.length;
  return [
    {
      title: 'Put the value into quotes',
      edits: [{ start, end: start + value.length, text: shellWord(value) }],
      preferred: true,
    },
  ];
}

/**
 * The quote that was forgotten. To bash it closes at the next one, lines below, and the last quote
 * of the file is the one too many; to people it is the first that a line leaves open.
 */
export function placeOfFault(text: string, { fault, range, place }: Unreadable): Range {
  if (fault !== 'quote') return place;
  return openQuote(text, range.start, place.start) ?? place;
}

/** From the first quote that is still open at the end of its line, to that end. */
export function openQuote(text: string, from: number, to: number): Range | undefined {
  let opened: { readonly at: number; readonly quote: string } | undefined;
  for (let at = from; at < to; at++) {
    const character = text.charAt(at);
    if (character === '\n' && opened !== undefined) {
      return { start: opened.at, end: at - (text.charAt(at - 1) === '\r' ? 1 : 0) };
    }
    if (character === '\\' && opened?.quote !== "'") at++;
    else if (opened?.quote === character) opened = undefined;
    else if (opened === undefined && (character === '"' || character === "'")) {
      opened = { at, quote: character };
    }
  }
  return undefined;
}
