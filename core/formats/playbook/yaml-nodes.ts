/**
 * Parses a text, or an item of one, into nodes. A fault does not end the reading: what its cause
 * spoils is blanked out and the rest is read again, so that each fault is told, once.
 */
import {
  Composer,
  isMap,
  isScalar,
  isSeq,
  Parser,
  Schema,
  type Document,
  type ParsedNode,
  type Scalar,
  type YAMLError,
} from 'yaml';
import { converter, MAX_DEPTH } from './convert-nodes.ts';
import type { YamlNode } from './node.ts';
import { readPlainBlock } from './plain-block.ts';
import { certainCauses, generalCause, likelyCause, type YamlFault } from './yaml-faults.ts';
import { scanLines, type Line } from './yaml-lines.ts';

export type YamlNodes = {
  /** Of each document of the text; a document without content is none. */
  readonly roots: readonly YamlNode[];
  readonly faults: readonly YamlFault[];
};

/** Tags are kept as they are written, and plain words are resolved as PyYAML does. */
const SCHEMA = new Schema({ schema: 'failsafe' });

/** Each turn repairs at least one place; texts with more faults than this are not read further. */
const MAX_TURNS = 8;

/** Never throws; a text that can’t be read has no roots. */
export function parseYamlNodes(text: string): YamlNodes {
  const plain = readPlainBlock(text);
  return plain === undefined ? parseFully(text) : { roots: [plain], faults: [] };
}

/** The same by the parser alone. */
export function parseFully(text: string): YamlNodes {
  if (isTooDeep(text)) return tooDeep(text);
  try {
    return parseRepaired(text);
  } catch (error) {
    // The stack of the parser ended; texts that do this are not written by people.
    if (error instanceof RangeError) return tooDeep(text);
    throw error;
  }
}

function tooDeep(text: string): YamlNodes {
  const detail = 'it is nested too deeply';
  return { roots: [], faults: [{ cause: 'syntax', start: 0, end: text.length, detail }] };
}

function parseRepaired(text: string): YamlNodes {
  const faults: YamlFault[] = [];
  // A byte order mark before the text would move its first line.
  let current = text.startsWith('\uFEFF') ? `\n${text.slice(1)}` : text;
  for (let turn = 0; ; turn++) {
    const documents = compose(current);
    const errors = documents.flatMap((document) => document.errors);
    const isSound =
      errors.length === 0 && !(BRACES.test(current) && documents.some(hasBracesAsKey));
    const repaired = isSound || turn === MAX_TURNS ? current : repair(current, errors[0], faults);
    if (repaired === current) {
      const { roots, unknown } = rootsOf(documents, current, faults);
      return { roots, faults: inOrder([...faults, ...unknown]) };
    }
    current = repaired;
  }
}

/** The parser and what reads its nodes are recursive: brackets and dashes without end would end them. */
function isTooDeep(text: string): boolean {
  if (/(?:[-?] +){200}/.test(text)) return true;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 91 || char === 123) {
      if (++depth > MAX_DEPTH) return true;
    } else if ((char === 93 || char === 125) && depth > 0) depth--;
  }
  return false;
}

/** The text with what stands in the way passed over; what people have to change goes to `faults`. */
function repair(text: string, error: YAMLError | undefined, faults: YamlFault[]): string {
  const lines = scanLines(text);
  const joined = joinLines(text, lines);
  if (joined !== text) return joined;
  const found = certainCauses(text, lines);
  if (found.length === 0) {
    const likely = likelyCause(text, lines);
    if (likely !== undefined) found.push(likely);
    else if (error !== undefined) {
      found.push(generalCause(text, error.pos[0], error.code, error.message));
    }
    // What is guessed from the surroundings may follow from what was told already.
    if (faults.length === 0) faults.push(...found);
  } else {
    const told = new Set(faults.map(({ start }) => lineStart(text, start)));
    faults.push(...found.filter(({ start }) => !told.has(lineStart(text, start))));
  }
  return found.reduce(blank, text);
}

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/**
 * Ansible reads quotes and brackets over several lines however those are indented; the parser used
 * here does not, so such a value is put on one line of the same length.
 */
function joinLines(text: string, lines: readonly Line[]): string {
  let joined = text;
  for (const { spread } of lines) {
    if (spread === undefined) continue;
    const inner = withoutComments(text.slice(spread.start, spread.end)).replace(/[\r\n\t]/g, ' ');
    joined = joined.slice(0, spread.start) + inner + joined.slice(spread.end);
  }
  return joined;
}

/** Comments become spaces: on one line they would hide what follows. Those in quotes are none. */
function withoutComments(written: string): string {
  const parts = /"(?:[^"\\]|\\[^])*"|'(?:[^']|'')*'|(?<=\s)#[^\n]*/g;
  return written.replace(parts, (part) =>
    part.startsWith('#') ? part.replace(/[^\r]/g, ' ') : part,
  );
}

/** The text with what a fault spoils replaced by a text of the same length. */
function blank(text: string, fault: YamlFault): string {
  if (fault.repair === undefined) return text;
  const { start, end, by } = fault.repair;
  const filled = text.slice(start, end).replace(/[^\r\n]/g, by);
  return text.slice(0, start) + filled + text.slice(end);
}

const inOrder = (faults: readonly YamlFault[]): YamlFault[] =>
  faults.toSorted((a, b) => a.start - b.start);

function compose(text: string): Document.Parsed[] {
  const composer = new Composer<ParsedNode, true>({
    version: '1.1',
    schema: SCHEMA,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return [...composer.compose(new Parser().parse(text), false, text.length)];
}

const BRACES = /\{\s*\{/;

/** `{{ x }}` without quotes is, to YAML, a mapping whose key is a mapping. */
function hasBracesAsKey(document: Document.Parsed): boolean {
  const waiting: unknown[] = [document.contents];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isMap(node)) {
      for (const pair of node.items) {
        if (node.flow === true && isMap(pair.key) && pair.key.flow === true) return true;
        waiting.push(pair.value);
      }
    } else if (isSeq(node)) {
      waiting.push(...node.items);
    }
  }
  return false;
}

function rootsOf(
  documents: readonly Document.Parsed[],
  text: string,
  faults: readonly YamlFault[],
): { readonly roots: YamlNode[]; readonly unknown: YamlFault[] } {
  const unknown: YamlFault[] = [];
  const unreadable = faults.flatMap(({ repair }) =>
    repair === undefined || repair.by === ' ' ? [] : [repair],
  );
  const convert = converter(
    text,
    (start, end) => unreadable.some((range) => range.start < end && start < range.end),
    (what, range) => unknown.push({ cause: `unknown-${what}`, ...range }),
  );
  const roots = documents.flatMap(({ contents }) =>
    contents === null || (isScalar(contents) && isEmptyScalar(contents)) ? [] : [convert(contents)],
  );
  return { roots, unknown };
}

const isEmptyScalar = (node: Scalar): boolean => node.range?.[0] === node.range?.[1];
