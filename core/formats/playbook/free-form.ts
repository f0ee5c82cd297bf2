/**
 * `k=v k2="v 2"`: arguments written as a string, split as Ansible does (parsing/splitter.py): at
 * spaces and line ends, but not within quotes or within Jinja's blocks.
 */
import type { Range } from './node.ts';

/** Ranges count from the beginning of the string. */
export type FreeFormWord = Range & {
  /** Absent where the word is no `k=v`, or is no option of a module that takes free text. */
  readonly option?: {
    readonly name: string;
    readonly nameRange: Range;
    /** Without the quotes around it. */
    readonly value: string;
    /** With the quotes. */
    readonly valueRange: Range;
  };
  readonly text: string;
};

export type FreeForm = {
  readonly words: readonly FreeFormWord[];
  /** A quote or a Jinja block that is not closed, from where it opens. */
  readonly unclosed?: Range & { readonly opener: string };
};

/** What command, shell and their kin take out of the free text. */
const FREE_TEXT_OPTIONS = [
  'creates',
  'removes',
  'chdir',
  'executable',
  'warn',
  'stdin',
  'stdin_add_newline',
  'strip_empty_ends',
  'expand_argument_vars',
];

/** `freeText`: the module takes free text (command, shell), so other words with “=” belong to it. */
export function parseFreeForm(text: string, freeText: boolean): FreeForm {
  const { words, unclosed } = splitWords(text);
  return {
    words: words.map((word) => readWord(text, word, freeText)),
    ...(unclosed === undefined ? {} : { unclosed }),
  };
}

function readWord(text: string, { start, end }: Range, freeText: boolean): FreeFormWord {
  const word = text.slice(start, end);
  const equals = /(?<=[^\\])=/.exec(word)?.index;
  const name = equals === undefined ? '' : word.slice(0, equals);
  if (equals === undefined || (freeText && !FREE_TEXT_OPTIONS.includes(name))) {
    return { start, end, text: word };
  }
  const valueStart = start + equals + 1;
  return {
    start,
    end,
    text: word,
    option: {
      name: name.trim(),
      nameRange: { start, end: start + equals },
      value: unquoted(text.slice(valueStart, end)),
      valueRange: { start: valueStart, end },
    },
  };
}

function unquoted(value: string): string {
  const first = value.charAt(0);
  const isQuoted =
    value.length > 1 &&
    (first === '"' || first === "'") &&
    value.endsWith(first) &&
    value.charAt(value.length - 2) !== '\\';
  return isQuoted ? value.slice(1, -1) : value;
}

const OPENERS: Readonly<Record<string, string>> = { '{{': '}}', '{%': '%}', '{#': '#}' };

function splitWords(text: string): { words: Range[]; unclosed?: Range & { opener: string } } {
  const words: Range[] = [];
  let wordStart: number | undefined;
  let quote: { readonly char: string; readonly at: number } | undefined;
  /** Blocks are counted a kind each, as they may be nested. */
  let blocks: { readonly closer: string; readonly opener: string; readonly at: number }[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const isSpace = char === ' ' || char === '\n';
    if (isSpace && quote === undefined && blocks.length === 0) {
      if (wordStart !== undefined) words.push({ start: wordStart, end: at });
      wordStart = undefined;
      continue;
    }
    wordStart ??= at;
    const two = text.slice(at, at + 2);
    const closer = OPENERS[two];
    if (closer !== undefined) {
      blocks.push({ closer, opener: two, at });
      at++;
      continue;
    }
    const closing = blocks.findLastIndex((block) => block.closer === two);
    if (closing >= 0) {
      blocks = blocks.toSpliced(closing, 1);
      at++;
      continue;
    }
    if ((char !== '"' && char !== "'") || text.charAt(at - 1) === '\\') continue;
    if (quote === undefined) quote = { char, at };
    else if (quote.char === char) quote = undefined;
  }
  if (wordStart !== undefined) words.push({ start: wordStart, end: text.trimEnd().length });
  const open = quote ?? blocks[0];
  if (open === undefined)
    return { words: words.filter(({ start, end }) => !isContinuation(text, start, end)) };
  const opener = 'char' in open ? open.char : open.opener;
  return { words, unclosed: { start: open.at, end: text.trimEnd().length, opener } };
}

/** A backslash alone joins lines. */
const isContinuation = (text: string, start: number, end: number): boolean =>
  text.slice(start, end) === '\\';
