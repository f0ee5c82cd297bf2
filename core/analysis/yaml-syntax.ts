/** What the YAML library finds wrong, in plain words: a fault a place, the cause first. */
import type { Document, YAMLError } from 'yaml';
import type { Draft } from './rule.ts';

const WORDS: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_INDENT: 'This line is indented otherwise than those it belongs to.',
  TAB_AS_INDENT: 'YAML is indented with blanks, never with tabs.',
  BLOCK_AS_IMPLICIT_KEY: 'A value with “: ” in it needs quotation marks; or the indentation is wrong.',
  MULTILINE_IMPLICIT_KEY: 'There is no “:” behind this name.',
  BAD_ALIAS: 'A “*” at the beginning of a value needs quotation marks.',
  BAD_SCALAR_START: 'A value that begins with this character needs quotation marks.',
  BAD_DQ_ESCAPE: 'There is no such escape. In single quotation marks a backslash is a backslash.',
  DUPLICATE_KEY: 'This is here twice; YAML wants each name once.',
};

/** The first fault of each line: one often brings others. */
export function yamlSyntaxDrafts(document: Document.Parsed, text: string): Draft[] {
  const lines = new Set<number>();
  const drafts: Draft[] = [];
  for (const error of document.errors) {
    const [start, end] = error.pos;
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    if (lines.has(lineStart)) continue;
    lines.add(lineStart);
    const shown = rangeOn(text, start, end);
    drafts.push({ ...shown, message: WORDS[error.code] ?? sentence(error.message) });
    // What the parser says behind the first fault that is none of names is mostly its echo.
    if (error.code !== 'DUPLICATE_KEY') break;
  }
  return drafts;
}

/** Within its line; at least a character where there is one. */
function rangeOn(text: string, start: number, end: number): { start: number; end: number } {
  const newline = text.indexOf('\n', start);
  const lineEnd = newline === -1 ? text.length : newline;
  if (start >= lineEnd) {
    const before = text.lastIndexOf('\n', start - 1) + 1;
    const first = before + (/^\s*/.exec(text.slice(before, start))?.[0].length ?? 0);
    return { start: Math.min(first, start), end: start };
  }
  return { start, end: Math.min(Math.max(end, start + 1), lineEnd) };
}

function sentence(message: string): string {
  const [first = ''] = message.split('\n');
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}${first.endsWith('.') ? '' : '.'}`;
}
