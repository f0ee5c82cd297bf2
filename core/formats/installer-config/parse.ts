/**
 * installer-config.txt as the installer reads it: a shell script that bash sources, with CRLF
 * turned into line feeds and a line feed added at its end. Understands the part of the shell that
 * people write there (assignments, quotes, escapes, continuations, comments, `export`, simple
 * commands) and says where anything else begins instead of guessing at it. Never throws.
 */
import { endsWord, readWord, type Unreadable, type Word } from './word.ts';

/** Half-open, in UTF-16 offsets of the original text. */
export type Range = { readonly start: number; readonly end: number };

export type Assignment = {
  readonly kind: 'assignment';
  readonly name: string;
  /** What bash assigns (or, with `append`, adds); undefined where the running shell decides. */
  readonly value: string | undefined;
  readonly append: boolean;
  /** All of `name=value`. */
  readonly range: Range;
  readonly valueRange: Range;
};

export type Statement =
  | Assignment
  | { readonly kind: 'comment'; readonly range: Range }
  | {
      /** Something that the installer runs, as root; or several, joined by `|`, `&&`, `||`. */
      readonly kind: 'command';
      /** What runs: a name a command; '' for assignments alone; undefined where the shell decides. */
      readonly commands: readonly (string | undefined)[];
      /** True when a word of it is an expansion. */
      readonly computed: boolean;
      readonly range: Range;
    }
  | {
      /** From here to the end of the text nothing is known. */
      readonly kind: 'unreadable';
      readonly range: Range;
      readonly reason: string;
    };

export type InstallerConfig = {
  readonly text: string;
  readonly statements: readonly Statement[];
};

const KEYWORDS = new Set(
  '! { } [[ ]] case coproc do done elif else esac fi for function if in select then time until while'.split(
    ' ',
  ),
);

/** Shell variables that don't keep what is assigned, refuse it, or change how bash reads on. */
const SPECIAL_VARIABLE =
  /^(?:BASH.*|UID|EUID|PPID|SHELLOPTS|S?RANDOM|SECONDS|LINENO|EPOCH.*|HISTCMD|FUNCNAME|GROUPS|DIRSTACK|COMP_.*|POSIXLY_CORRECT|IGNOREEOF|OPTIND|LC_.*|LANG|_)$/;

/** Reads the text of an installer-config.txt. */
export function parseInstallerConfig(text: string): InstallerConfig {
  const source = withLineFeeds(text);
  const statements: Statement[] = [];
  let at = 0;
  for (;;) {
    const unit = readUnit(source.text, at);
    for (const statement of unit.statements) statements.push(source.relocate(statement));
    if (unit.end === undefined) break;
    at = unit.end;
  }
  return { text, statements };
}

/** One complete command line: bash runs all of it, or, with a syntax error in it, none. */
function readUnit(
  text: string,
  start: number,
): { readonly statements: Statement[]; readonly end: number | undefined } {
  const statements: Statement[] = [];
  const unreadable = ({ at, reason }: Unreadable): { statements: Statement[]; end: undefined } => ({
    statements: [
      ...statements.filter((statement) => statement.kind === 'comment'),
      { kind: 'unreadable', range: { start: Math.min(start, at), end: text.length }, reason },
    ],
    end: undefined,
  });

  let at = start;
  for (;;) {
    at = skipBlanks(text, at);
    const character = text.charAt(at);
    if (character === '') return { statements, end: undefined };
    if (character === '\n') return { statements, end: at + 1 };
    if (character === '\0') return unreadable({ at, reason: 'a NUL character' });
    if (character === '#') {
      const end = text.indexOf('\n', at);
      statements.push({ kind: 'comment', range: { start: at, end } });
      at = end;
      continue;
    }
    if (endsWord(character)) {
      return unreadable({ at, reason: `“${character}” where a setting should begin` });
    }
    const read = readList(text, at);
    if ('reason' in read) return unreadable(read);
    statements.push(...read.statements);
    at = read.end;
    if (text.charAt(at) === ';') {
      at++;
      if (text.charAt(at) === ';') return unreadable({ at, reason: 'two semicolons' });
    } else if (text.charAt(at) === '&') {
      at++;
    }
  }
}

/** Simple commands joined by `|`, `&&` and `||`, up to a `;`, a lone `&` or the line's end. */
function readList(
  text: string,
  start: number,
): { readonly statements: Statement[]; readonly end: number } | Unreadable {
  let at = start;
  let plain = true;
  const words: Word[] = [];
  const commands: Word[][] = [[]];
  let expectsCommand = true;
  for (;;) {
    at = skipBlanks(text, at);
    const character = text.charAt(at);
    if (character === '\n' && expectsCommand && words.length > 0) {
      at++;
      continue;
    }
    if (character === '#') {
      if (!expectsCommand) break;
      at = text.indexOf('\n', at);
      continue;
    }
    if (character === '' || character === '\n' || character === ';') {
      if (expectsCommand) return { at, reason: 'a command is missing here' };
      break;
    }
    if (character === '(' || character === ')') {
      return { at, reason: 'shell code with parentheses' };
    }
    if (character === '<' || character === '>' || text.startsWith('&>', at)) {
      const end = skipRedirection(text, at);
      if (typeof end !== 'number') return end;
      at = end;
      plain = false;
      expectsCommand = false;
      continue;
    }
    if (character === '&' || character === '|') {
      if (expectsCommand) return { at, reason: 'a command is missing here' };
      plain = false;
      const operator = /^(?:&&|\|\||\|&|\|)/.exec(text.slice(at, at + 2));
      if (operator === null) break; // a lone &: the end of this list
      at += operator[0].length;
      commands.push([]);
      expectsCommand = true;
      continue;
    }
    const word = readWord(text, at);
    if ('reason' in word) return word;
    if (expectsCommand && !word.quoted && KEYWORDS.has(word.value ?? '')) {
      return { at, reason: `shell code (“${word.value ?? ''}”)` };
    }
    words.push(word);
    commands.at(-1)?.push(word);
    expectsCommand = false;
    at = word.end;
  }
  const range = { start, end: words.at(-1)?.end ?? at };
  return { statements: describe(words, commands, plain, range), end: at };
}

/** The statements that the words of one list stand for. */
function describe(
  words: readonly Word[],
  commands: readonly (readonly Word[])[],
  plain: boolean,
  range: Range,
): Statement[] {
  if (plain) {
    const assigned = words.map(assignmentOf);
    if (assigned.every((each) => each !== undefined)) return assigned;
    const exported = exportedBy(words);
    if (exported !== undefined) return exported;
  }
  const names = commands.map((command) => {
    const first = command.find((word) => word.assignment === undefined);
    return first === undefined ? '' : first.value;
  });
  const computed = words.some((word) => word.value === undefined);
  return [{ kind: 'command', commands: names, computed, range }];
}

function assignmentOf(word: Word): Assignment | undefined {
  const head = word.assignment;
  if (head === undefined || SPECIAL_VARIABLE.test(head.name)) return undefined;
  return {
    kind: 'assignment',
    name: head.name,
    value: head.value,
    append: head.append,
    range: { start: word.start, end: word.end },
    valueRange: { start: head.valueStart, end: word.end },
  };
}

/** `export a=1 b`: its assignments; undefined for any other use of the word. */
function exportedBy(words: readonly Word[]): Assignment[] | undefined {
  const [command, ...rest] = words;
  if (command?.value !== 'export' || command.quoted || rest.length === 0) return undefined;
  const assignments: Assignment[] = [];
  for (const word of rest) {
    const assignment = assignmentOf(word);
    if (assignment !== undefined) {
      // Unlike in a plain assignment, the shell expands {a,b} here.
      assignments.push(
        assignment.value?.includes('{') === true ? { ...assignment, value: undefined } : assignment,
      );
    } else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(word.value ?? '') || word.quoted) {
      return undefined;
    }
  }
  return assignments.length === 0 ? undefined : assignments;
}

function skipRedirection(text: string, start: number): number | Unreadable {
  const operator = /^(?:&>>|&>|<>|>>|>\||[<>]&|[<>])/.exec(text.slice(start, start + 3))?.[0] ?? '';
  if (text.startsWith('<<', start)) return { at: start, reason: 'shell code (a here-document)' };
  const target = skipBlanks(text, start + operator.length);
  if (endsWord(text.charAt(target))) {
    return { at: start, reason: 'a redirection without a file' };
  }
  const word = readWord(text, target);
  return 'reason' in word ? word : word.end;
}

function skipBlanks(text: string, start: number): number {
  let at = start;
  for (;;) {
    const character = text.charAt(at);
    if (character === ' ' || character === '\t') at++;
    else if (character === '\\' && text.charAt(at + 1) === '\n') at += 2;
    else return at;
  }
}

/** The text as the installer hands it to bash, and the way back to the original's offsets. */
function withLineFeeds(original: string): {
  readonly text: string;
  readonly relocate: <S extends Statement>(statement: S) => S;
} {
  const returns: number[] = [];
  const text = original.replace(/\r\n/g, (_match, offset: number) => {
    returns.push(offset - returns.length);
    return '\n';
  });
  const complete = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const move = (offset: number): number => {
    const bounded = Math.min(offset, text.length);
    return bounded + countBelow(returns, bounded);
  };
  const moveRange = ({ start, end }: Range): Range => ({ start: move(start), end: move(end) });
  return {
    text: complete,
    relocate: (statement) => ({
      ...statement,
      range: moveRange(statement.range),
      ...(statement.kind === 'assignment' ? { valueRange: moveRange(statement.valueRange) } : {}),
    }),
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
