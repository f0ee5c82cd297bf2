/** Cuts a template into text, comments, raw parts and tags. Together they are the whole text. */
import type { Delimiters } from './delimiters.ts';
import { readTag, type LexerState } from './tag-lexer.ts';
import type { Tag } from './token.ts';
import type { Range, SyntaxFault } from './tree.ts';

export type Segment =
  | { readonly kind: 'text' | 'comment'; readonly range: Range }
  | { readonly kind: 'raw'; readonly range: Range; readonly body: Range }
  | {
      readonly kind: 'variable' | 'block';
      readonly range: Range;
      readonly tag: Tag;
      /** `{{`, `{%-` */
      readonly opening: Range;
    };

/** The parts from `start` on, in order, and the faults of comments and raw parts. */
export function scan(
  text: string,
  start: number,
  delimiters: Delimiters,
): { readonly segments: readonly Segment[]; readonly faults: readonly SyntaxFault[] } {
  const state: LexerState = { text, delimiters, read: 0, unclosedQuotes: new Map() };
  const patterns = patternsOf(delimiters);
  const segments: Segment[] = [];
  const faults: SyntaxFault[] = [];
  let position = start;
  let commentsEnd = true;
  while (position < text.length) {
    patterns.opener.lastIndex = position;
    const found = patterns.opener.exec(text);
    const at = found?.index ?? text.length;
    if (at > position) segments.push({ kind: 'text', range: { start: position, end: at } });
    if (found === null) break;
    const [opener] = found;
    const signed = /[-+]/.test(text.charAt(at + opener.length)) ? 1 : 0;
    const from = at + opener.length + signed;
    let segment: Segment;
    if (opener === delimiters.commentStart) {
      const end: number = commentsEnd ? text.indexOf(delimiters.commentEnd, from) : -1;
      commentsEnd = end !== -1;
      segment = commentFrom(text, at, from, end, delimiters, faults);
    } else {
      const raw =
        opener === delimiters.blockStart ? rawFrom(text, at, patterns, faults) : undefined;
      const kind = opener === delimiters.blockStart ? 'block' : 'variable';
      if (raw !== undefined) segment = raw;
      else {
        const tag = readTag(state, kind, at, from);
        segment = { kind, tag, range: tag.range, opening: { start: at, end: from } };
      }
    }
    segments.push(segment);
    position = segment.range.end;
  }
  return { segments, faults };
}

type Patterns = { readonly opener: RegExp; readonly raw: RegExp; readonly endRaw: RegExp };

const patternsKept = new WeakMap<Delimiters, Patterns>();

/** Made once for the delimiters: there are thousands of short templates in a long playbook. */
function patternsOf(delimiters: Delimiters): Patterns {
  const known = patternsKept.get(delimiters) ?? patternsFor(delimiters);
  patternsKept.set(delimiters, known);
  return known;
}

function patternsFor({ blockStart, blockEnd, variableStart, commentStart }: Delimiters): Patterns {
  const openers = [blockStart, variableStart, commentStart].sort((a, b) => b.length - a.length);
  const [start, end] = [escaped(blockStart), escaped(blockEnd)];
  return {
    opener: new RegExp(openers.map(escaped).join('|'), 'g'),
    raw: new RegExp(`${start}[-+]?\\s*raw\\s*-?${end}`, 'y'),
    endRaw: new RegExp(`${start}[-+]?\\s*endraw\\s*[-+]?${end}`, 'g'),
  };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function commentFrom(
  text: string,
  start: number,
  from: number,
  found: number,
  delimiters: Delimiters,
  faults: SyntaxFault[],
): Segment {
  if (found !== -1) {
    return { kind: 'comment', range: { start, end: found + delimiters.commentEnd.length } };
  }
  // Jinja2 lets a comment pass that begins at the very end.
  if (!isEndOfTemplate(text, from)) {
    faults.push({
      kind: 'unclosed-comment',
      message: `The comment is never closed: “${delimiters.commentEnd}” is missing.`,
      start,
      end: from,
    });
  }
  const lineFeed = text.indexOf('\n', from);
  return { kind: 'comment', range: { start, end: lineFeed === -1 ? text.length : lineFeed } };
}

function rawFrom(
  text: string,
  start: number,
  patterns: Patterns,
  faults: SyntaxFault[],
): Segment | undefined {
  patterns.raw.lastIndex = start;
  if (!patterns.raw.test(text)) return undefined;
  const from = patterns.raw.lastIndex;
  patterns.endRaw.lastIndex = from;
  const end = patterns.endRaw.exec(text);
  if (end === null && !isEndOfTemplate(text, from)) {
    faults.push({
      kind: 'unclosed-block',
      message: '“raw” is never closed: “endraw” is missing.',
      start,
      end: from,
    });
  }
  return {
    kind: 'raw',
    range: { start, end: end === null ? text.length : patterns.endRaw.lastIndex },
    body: { start: from, end: end?.index ?? text.length },
  };
}

/** The last line feed of a template does not count. */
function isEndOfTemplate(text: string, offset: number): boolean {
  return /^(?:\r\n|\r|\n)?$/.test(text.slice(offset, offset + 3));
}
