/** Statements with their ranges elsewhere. */
import type { Assignment, CommandWord, Range, Statement } from './statement.ts';

/** The statement as it stands `by` further on in the text. */
export function moveStatement<S extends Statement>(statement: S, by: number): S {
  return by === 0 ? statement : mapStatement(statement, (offset) => offset + by);
}

/** The statement with every offset replaced by `map` of it, which must never fall. */
export function mapStatement<S extends Statement>(
  statement: S,
  map: (offset: number) => number,
): S {
  const moved: Statement = mapped(statement, map);
  // The kind and the shape stay: only offsets change.
  return moved as S;
}

type Map = (offset: number) => number;

function mapped(statement: Statement, map: Map): Statement {
  switch (statement.kind) {
    case 'assignment':
      return mapAssignment(statement, map);
    case 'comment':
      return { ...statement, range: mapRange(statement.range, map) };
    case 'command':
      return {
        ...statement,
        range: mapRange(statement.range, map),
        words: statement.words.map((word) => mapWord(word, map)),
      };
    case 'unreadable':
      return {
        ...statement,
        range: mapRange(statement.range, map),
        place: mapRange(statement.place, map),
      };
  }
}

function mapAssignment(assignment: Assignment, map: Map): Assignment {
  return {
    ...assignment,
    range: mapRange(assignment.range, map),
    nameRange: mapRange(assignment.nameRange, map),
    valueRange: mapRange(assignment.valueRange, map),
    parts: assignment.parts.map((part) => mapRange(part, map)),
    expansions: assignment.expansions.map((expansion) => mapRange(expansion, map)),
  };
}

function mapWord(word: CommandWord, map: Map): CommandWord {
  const { assignment } = word;
  return {
    ...word,
    range: mapRange(word.range, map),
    expansions: word.expansions.map((expansion) => mapRange(expansion, map)),
    assignment: assignment === undefined ? undefined : mapAssignment(assignment, map),
  };
}

function mapRange<R extends Range>(range: R, map: Map): R {
  return { ...range, start: map(range.start), end: map(range.end) };
}
