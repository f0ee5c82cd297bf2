/**
 * Jinja2 as Ansible uses it, into a tree with the place of everything. Never throws: what is wrong
 * is a fault of the tree, one for each mistake, and what stands beside it is read all the same.
 * Accepts what the parser of Jinja2 3.1 accepts, with the tags of the extensions `do` and
 * `loopcontrols`. Different on purpose: `{{` inside a tag is a fault (a dict can't be another's
 * key), and names of Unicode characters (`\N{…}`) are not looked up.
 */
import { BlockStack } from './block-stack.ts';
import { DELIMITERS, type Delimiters } from './delimiters.ts';
import { parseExpressionOf, parseTuple } from './parse-expression.ts';
import { END_TAGS, expectEnd, parseTagHead, parseTest } from './parse-tag.ts';
import { scan, type Segment } from './scan.ts';
import { readTag } from './tag-lexer.ts';
import { shortened, TokenReader } from './token-reader.ts';
import type { Token } from './token.ts';
import type { BareExpression, Expression, SyntaxFault, Template } from './tree.ts';
import { nearest } from '../../inventory/nearest.ts';

export type TemplateOptions = {
  readonly delimiters?: Delimiters;
  /** Where the template begins in the text, after a `#jinja2:` line; see readHeader. */
  readonly start?: number;
};

/** Reads a template: a file, or the value of a string. */
export function parseTemplate(text: string, options: TemplateOptions = {}): Template {
  const { delimiters = DELIMITERS, start = 0 } = options;
  const { segments, faults } = scan(text, start, delimiters);
  const stack = new BlockStack(text, remainingEnds(segments));
  for (const segment of segments) addSegment(stack, segment, delimiters);
  const body = stack.finish(text.length);
  const all = [...faults, ...stack.faults].sort((a, b) => a.start - b.start || a.end - b.end);
  return { kind: 'template', body, faults: all, start, end: text.length };
}

/** Reads an expression that stands without braces, as in `when`, `until`, `changed_when`. */
export function parseBareExpression(text: string): BareExpression {
  const state = {
    text,
    delimiters: DELIMITERS,
    read: 0,
    unclosedQuotes: new Map<string, number>(),
  };
  const tag = readTag(state, 'bare', 0, 0);
  const reader = new TokenReader(tag.tokens, 'the end', 0);
  const expression = parseExpressionOf(reader);
  if (!reader.isAtEnd()) {
    const { text: word, start, end, type } = reader.current;
    if (word === '=') expectEnd(reader);
    else {
      reader.fail(
        'unexpected',
        type === 'operator'
          ? `The expression ends before “${word}”.`
          : `An operator is missing before “${shortened(word)}”.`,
        { start, end },
      );
    }
  }
  const fault = tag.fault ?? reader.fault;
  return {
    kind: 'bare',
    expression,
    faults: fault === undefined ? [] : [fault],
    start: 0,
    end: text.length,
  };
}

/** How often each end tag occurs: whether a block can still be closed as it should be. */
function remainingEnds(segments: readonly Segment[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const segment of segments) {
    if (segment.kind !== 'block') continue;
    const name = segment.tag.tokens[0]?.text ?? '';
    if (name.startsWith('end')) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function addSegment(stack: BlockStack, segment: Segment, delimiters: Delimiters): void {
  const { range } = segment;
  switch (segment.kind) {
    case 'text':
    case 'comment':
      stack.add({ kind: segment.kind, ...range });
      return;
    case 'raw':
      stack.add({ kind: 'raw', body: segment.body, ...range });
      return;
    case 'variable': {
      const reader = new TokenReader(segment.tag.tokens, delimiters.variableEnd, range.start);
      const expression = parseOutput(reader);
      if (!reader.isAtEnd()) expectEnd(reader);
      stack.note(faultOf(segment, reader));
      stack.add({ kind: 'output', expression, ...range });
      return;
    }
    case 'block':
      addTag(stack, segment, new TokenReader(segment.tag.tokens, delimiters.blockEnd, range.start));
  }
}

function parseOutput(reader: TokenReader): Expression {
  return reader.isAtEnd()
    ? reader.fail('missing', 'There is no expression between the braces.')
    : parseTuple(reader);
}

type TagSegment = Extract<Segment, { readonly tag: unknown }>;

/** What the lexer says is the cause of what the parser stumbles over. */
function faultOf(
  { tag, opening, range }: TagSegment,
  reader: TokenReader,
): SyntaxFault | undefined {
  const fault = tag.fault ?? reader.fault;
  if (fault === undefined || fault.end > fault.start) return fault;
  // Nothing stands there that could be marked: the whole tag, or how it begins, is.
  const whole = tag.tokens.length === 1 ? range : opening;
  return { ...fault, start: whole.start, end: whole.end };
}

/** Words of other languages, and what Jinja2 calls them. */
const FOREIGN: Readonly<Record<string, string>> = {
  elseif: 'elif',
  elsif: 'elif',
  elsef: 'elif',
  foreach: 'for',
  end: '',
  done: 'endfor',
};

const TAGS: readonly string[] = [
  ...END_TAGS.keys(),
  ...[...END_TAGS.values()].filter((end) => end !== undefined),
  'elif',
  'else',
];

function addTag(stack: BlockStack, segment: TagSegment, reader: TokenReader): void {
  const first = reader.take();
  if (first.type !== 'name') {
    const message = 'The name of a tag is expected here, as in “if” or “for”.';
    const range = first.type === 'end' ? segment.range : first;
    reader.fail(first.type === 'end' ? 'missing' : 'unexpected', message, range);
    stack.note(faultOf(segment, reader));
    stack.add({ kind: 'unknown', tag: { name: '', ...placeOf(first) }, ...segment.range });
    return;
  }
  const tag = { name: first.text, ...placeOf(first) };
  const elseIf = first.text === 'else' && reader.isName('if');
  const name = elseIf ? 'elif' : meantBy(first.text, reader.isAtEnd());
  if (name !== first.text) {
    const wrong = elseIf ? { start: first.start, end: reader.take().end } : placeOf(first);
    reader.fault = unknownTag(elseIf ? 'else if' : first.text, name, wrong);
  }
  const place = { tag, range: segment.range };
  if (name === 'elif' || name === 'else') {
    const condition = name === 'elif' ? parseTest(reader) : undefined;
    reader.skipOperator(':');
    expectEnd(reader);
    stack.continueWith(place, condition, faultOf(segment, reader));
    return;
  }
  if (name?.startsWith('end') === true) {
    if (name === 'endblock') stack.skipBlockName(reader);
    expectEnd(reader);
    stack.end(name, place, faultOf(segment, reader));
    return;
  }
  const head = name === undefined ? undefined : parseTagHead(reader, name);
  const fault = faultOf(segment, reader);
  if (head?.opens === true) stack.open(name ?? '', place, head, fault);
  else if (head !== undefined) stack.addStatement(place, head.head, fault);
  else stack.addUnknown(place, fault ?? unknownTag(first.text, undefined, placeOf(first)));
}

function placeOf({ start, end }: Token): { start: number; end: number } {
  return { start, end };
}

/** The tag itself, or the one that was almost certainly meant. */
function meantBy(name: string, alone: boolean): string | undefined {
  if (TAGS.includes(name)) return name === 'raw' ? undefined : name;
  if (name === 'fi' && alone) return 'endif';
  const foreign = Object.hasOwn(FOREIGN, name) ? FOREIGN[name] : undefined;
  if (foreign !== undefined) return foreign === '' ? undefined : foreign;
  const swapped = TAGS.find((tag) => lettersOf(tag) === lettersOf(name));
  return swapped ?? nearest(name, TAGS)[0];
}

function lettersOf(word: string): string {
  return Array.from(word).sort().join('');
}

function unknownTag(
  word: string,
  meant: string | undefined,
  range: { start: number; end: number },
): SyntaxFault {
  return {
    kind: 'unknown-tag',
    message:
      meant === undefined
        ? `There is no tag “${shortened(word)}”.`
        : `There is no tag “${shortened(word)}”; “${meant}” may be meant.`,
    ...range,
    ...(meant === undefined ? {} : { correction: { ...range, newText: meant } }),
  };
}
