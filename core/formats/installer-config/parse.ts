/**
 * installer-config.txt as the installer reads it: a shell script that bash sources, with carriage
 * returns removed (busybox's dos2unix removes them all) and a line feed added at its end.
 * Understands the part of the shell that people write there (assignments, quotes, escapes,
 * continuations, comments, `export`, simple commands) and says where anything else begins instead
 * of guessing at it. Never throws.
 */
import type { Stop } from './expansion.ts';
import { readList, skipBlanks } from './list.ts';
import { mapStatement, moveStatement } from './relocate.ts';
import type { CommandLine, Range, Statement } from './statement.ts';
import { endsWord } from './word.ts';

export type InstallerConfig = {
  readonly text: string;
  /** In order; ranges of the text. */
  readonly statements: readonly Statement[];
};

/** Reads the text of an installer-config.txt. */
export function parseInstallerConfig(text: string): InstallerConfig {
  return {
    text,
    statements: splitCommandLines(text, []).flatMap(({ item, start }) =>
      item.statements.map((statement) => moveStatement(statement, start)),
    ),
  };
}

/**
 * The command lines of the text: together they are the text. Lines of `previous` (from an earlier
 * text of the same file) whose text is the same are given back themselves, and not read again.
 */
export function splitCommandLines(
  text: string,
  previous: readonly CommandLine[],
): { readonly item: CommandLine; readonly start: number }[] {
  const known = new Map(previous.map((line) => [line.text, line]));
  const lines: { item: CommandLine; start: number }[] = [];
  let source: Source | undefined;
  let start = 0;
  while (start < text.length) {
    let item = knownAt(text, start, known);
    if (item === undefined) {
      source ??= withLineFeeds(text);
      const read = readCommandLine(source, text, start);
      item = known.get(read.text) ?? read;
      // An unfinished line's reading depends on where the text ends.
      if (item.complete !== read.complete) item = read;
    }
    lines.push({ item, start });
    start += item.text.length;
  }
  return lines;
}

/** The known command line that begins at `start`, if it is certain to be read as before. */
function knownAt(
  text: string,
  start: number,
  known: ReadonlyMap<string, CommandLine>,
): CommandLine | undefined {
  if (known.size === 0) return undefined;
  const lineFeed = text.indexOf('\n', start);
  const end = lineFeed === -1 ? text.length : lineFeed + 1;
  const line = known.get(text.slice(start, end));
  return line !== undefined && (line.complete || end === text.length) ? line : undefined;
}

function readCommandLine(source: Source, text: string, start: number): CommandLine {
  const from = source.toSource(start);
  const { statements, end, complete } = readUnit(source.text, from);
  const stop = source.toOriginal(end);
  return {
    text: text.slice(start, stop),
    statements: statements.map((statement) =>
      mapStatement(statement, (offset) => Math.max(0, source.toOriginal(offset) - start)),
    ),
    complete,
  };
}

type Unit = {
  readonly statements: Statement[];
  readonly end: number;
  /** False where the text's end ended it. */
  readonly complete: boolean;
};

/** One complete command line: bash runs all of it, or, with a syntax error in it, none. */
function readUnit(text: string, start: number): Unit {
  const statements: Statement[] = [];
  const unreadable = (stop: Stop): Unit => ({
    statements: [
      {
        kind: 'unreadable',
        range: { start: Math.min(skipBlanks(text, start), stop.at), end: text.length },
        fault: stop.fault,
        reason: stop.reason,
        place: placeOf(text, stop),
      },
    ],
    end: text.length,
    complete: false,
  });

  let at = start;
  for (;;) {
    at = skipBlanks(text, at);
    const character = text.charAt(at);
    if (character === '') return { statements, end: at, complete: false };
    if (character === '\n') return { statements, end: at + 1, complete: true };
    if (character === '\0') return unreadable({ at, fault: 'shell', reason: 'a NUL character' });
    if (character === '#') {
      const end = text.indexOf('\n', at);
      statements.push({ kind: 'comment', range: { start: at, end } });
      at = end;
      continue;
    }
    if (endsWord(character) && !'<>('.includes(character) && !text.startsWith('&>', at)) {
      return unreadable({
        at,
        fault: 'syntax',
        reason: `“${character}” where a setting should begin`,
      });
    }
    const read = readList(text, at);
    if ('reason' in read) return unreadable(read);
    statements.push(...read.statements);
    at = read.end;
    if (text.charAt(at) === ';') {
      at++;
      if (/[;&]/.test(text.charAt(at))) {
        return unreadable({ at, fault: 'syntax', reason: 'two separators' });
      }
    } else if (text.charAt(at) === '&') {
      at++;
    }
  }
}

/**
 * What to underline: for a quote the rest of the line that opens it; where something is missing,
 * what stands before the gap; else one character.
 */
function placeOf(text: string, { at, fault }: Stop): Range {
  if (fault === 'quote') {
    const lineFeed = text.indexOf('\n', at);
    return { start: at, end: lineFeed === -1 ? text.length : lineFeed };
  }
  if (/[^\n]/.test(text.charAt(at))) return { start: at, end: at + 1 };
  const before = text.slice(0, at).trimEnd();
  const last = /(?:[&|<>;]+|[^])$/.exec(before)?.[0] ?? '';
  return { start: before.length - last.length, end: before.length };
}

/** The text as the installer hands it to bash, and the ways between its offsets and the original's. */
type Source = {
  readonly text: string;
  readonly toOriginal: (offset: number) => number;
  readonly toSource: (offset: number) => number;
};

function withLineFeeds(original: string): Source {
  /** Where a return was removed: the offset in `text` of what followed it. */
  const removed: number[] = [];
  for (let at = original.indexOf('\r'); at !== -1; at = original.indexOf('\r', at + 1)) {
    removed.push(at - removed.length);
  }
  const text = removed.length === 0 ? original : original.replaceAll('\r', '');
  return {
    text: text === '' || text.endsWith('\n') ? text : `${text}\n`,
    toOriginal: (offset) => {
      if (offset >= text.length) return original.length;
      return offset + countBelow(removed, offset);
    },
    toSource: (offset) => {
      if (removed.length === 0) return offset;
      let low = 0;
      let high = removed.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if ((removed[middle] ?? Infinity) + middle < offset) low = middle + 1;
        else high = middle;
      }
      return offset - low;
    },
  };
}

/** How many of the ascending `offsets` are below `limit`. */
function countBelow(offsets: readonly number[], limit: number): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? Infinity) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
