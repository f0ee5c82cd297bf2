/** One list of a shell script: simple commands joined by `|`, `&&` and `||`. */
import { isArmingCommand } from './arm.ts';
import type { Stop } from './expansion.ts';
import type { Assignment, Command, CommandWord, Range, Statement } from './statement.ts';
import { endsWord, readWord, type Word } from './word.ts';

/** Words that begin shell code which is more than settings. */
const KEYWORDS = new Set(
  '! { [[ ]] case coproc for function if in select time until while'.split(' '),
);

/** Words that can only stand inside of such code. */
const INNER_KEYWORDS = new Set('} do done elif else esac fi then'.split(' '));

/** Shell variables that don't keep what is assigned, refuse it, or change how bash reads on. */
const SPECIAL_VARIABLE =
  /^(?:BASH.*|UID|EUID|PPID|SHELLOPTS|S?RANDOM|SECONDS|LINENO|EPOCH.*|HISTCMD|FUNCNAME|GROUPS|DIRSTACK|COMP_.*|POSIXLY_CORRECT|IGNOREEOF|OPTIND|LC_.*|LANG|IFS|_)$/;

type Simple = { readonly words: Word[]; sets: boolean };

/** Reads up to a `;`, a lone `&` or the line's end, which are left where they are. */
export function readList(
  text: string,
  start: number,
): { readonly statements: Statement[]; readonly end: number } | Stop {
  let at = start;
  let end = start;
  let plain = true;
  let current: Simple = { words: [], sets: false };
  const commands: Simple[] = [current];
  let expectsCommand = true;
  for (;;) {
    at = skipBlanks(text, at);
    const character = text.charAt(at);
    if (character === '\n' && expectsCommand && commands.length > 1) {
      at++;
      continue;
    }
    if (character === '#') {
      if (!expectsCommand) break;
      at = text.indexOf('\n', at);
      continue;
    }
    if (character === '' || character === '\n' || character === ';') {
      if (expectsCommand) return missing(at);
      break;
    }
    if (character === '(') return opened(text, at, current.words.at(-1));
    if (character === ')') return { at, fault: 'syntax', reason: 'a parenthesis too many' };
    if (character === '<' || character === '>' || text.startsWith('&>', at)) {
      const target = readRedirection(text, at);
      if ('reason' in target) return target;
      at = end = target.end;
      plain = false;
      expectsCommand = false;
      // `${x:=1}` assigns there as anywhere.
      current.sets ||= target.expansions.some(({ affects }) => affects);
      continue;
    }
    if (character === '&' || character === '|') {
      if (expectsCommand) return missing(at);
      plain = false;
      const operator = /^(?:&&|\|\||\|&|\|)/.exec(text.slice(at, at + 2));
      if (operator === null) break; // a lone &: the end of this list
      at += operator[0].length;
      current = { words: [], sets: false };
      commands.push(current);
      expectsCommand = true;
      continue;
    }
    const word = readWord(text, at, takesAssignments(current));
    if ('reason' in word) return word;
    const keyword = expectsCommand && !word.quoted ? (word.value ?? '') : '';
    if (INNER_KEYWORDS.has(keyword)) {
      return { at, fault: 'syntax', reason: `“${keyword}” without its beginning` };
    }
    if (KEYWORDS.has(keyword)) return { at, fault: 'shell', reason: `shell code (“${keyword}”)` };
    at = end = word.end;
    if (joinsRedirection(text, word)) {
      // `{name}>file` sets the variable; `2>file` is no word of the command.
      current.sets ||= word.value?.startsWith('{') === true;
      continue;
    }
    expectsCommand = false;
    current.words.push(word);
  }
  return { statements: describe(commands, plain, { start, end }, text), end: at };
}

const missing = (at: number): Stop => ({
  at,
  fault: 'syntax',
  reason: 'a command is missing here',
});

/**
 * `name=(…)` is an array and `name()` begins a function, but behind a value bash refuses a
 * parenthesis; where one of `?*+@!` stands before it, that depends on an option of the shell.
 */
function opened(text: string, at: number, before: Word | undefined): Stop {
  const refused =
    before?.assignment !== undefined &&
    (before.assignment.valueStart < before.end || before.end < at) &&
    !/[?*+@!]/.test(text.charAt(at - 1));
  return refused
    ? { at, fault: 'syntax', reason: 'a parenthesis without quotes' }
    : { at, fault: 'shell', reason: 'shell code with parentheses' };
}

/** True for the `2` of `2>file`, and for `{name}` in its place. */
function joinsRedirection(text: string, { value, quoted, end }: Word): boolean {
  if (quoted || !/[<>]/.test(text.charAt(end))) return false;
  return /^(?:\d+|\{[A-Za-z_][A-Za-z0-9_]*\})$/.test(value ?? '');
}

/** True as long as no word names the command, and behind those that declare. */
function takesAssignments({ words: [...words] }: Simple): boolean {
  const name = words.find(({ assignment }) => assignment === undefined)?.value;
  return name === undefined || /^(?:export|declare|typeset|local|readonly)$/.test(name);
}

/** The statements that one list stands for. */
function describe(
  commands: readonly Simple[],
  plain: boolean,
  range: Range,
  text: string,
): Statement[] {
  const words = commands.flatMap((command) => command.words);
  if (plain) {
    const assigned = words.map((word) => assignmentOf(word, false));
    if (assigned.every((each) => each !== undefined)) return assigned;
    const exported = exportedBy(words);
    if (exported !== undefined) return exported;
  }
  const command: Command = {
    kind: 'command',
    commands: commands.map(({ words: [...each] }) => {
      const first = each.find((word) => word.assignment === undefined);
      return first === undefined ? '' : nameOf(first);
    }),
    words: words.map(describeWord),
    plain,
    computed: commands.some(({ sets }) => sets) || words.some(mayAffect),
    own: plain && isArmingCommand(text.slice(range.start, range.end)),
    range,
  };
  return [command];
}

/** True for expansions that may assign, and for assignments that the shell may refuse. */
function mayAffect({ expansions, assignment }: Word): boolean {
  return (
    expansions.some(({ affects }) => affects) ||
    (assignment !== undefined && SPECIAL_VARIABLE.test(assignment.name))
  );
}

/** A name that the shell would first look up among files, or expand, is not known. */
function nameOf(word: Word): string | undefined {
  return !word.quoted && /[*?[{~]/.test(word.value ?? '') ? undefined : word.value;
}

function describeWord(word: Word): CommandWord {
  return {
    range: { start: word.start, end: word.end },
    value: word.value,
    quoted: word.quoted,
    expansions: word.expansions,
    assignment: assignmentOf(word, false),
  };
}

function assignmentOf(word: Word, exported: boolean): Assignment | undefined {
  const head = word.assignment;
  if (head === undefined || SPECIAL_VARIABLE.test(head.name)) return undefined;
  const { start, end } = word;
  return {
    kind: 'assignment',
    name: head.name,
    value: head.value,
    append: head.append,
    exported,
    range: { start, end },
    // A continuation inside of the name is rare enough to be underlined with it.
    nameRange: { start, end: head.valueStart - (head.append ? 2 : 1) },
    valueRange: { start: head.valueStart, end },
    parts: word.parts.filter((part) => part.start >= head.valueStart),
    expansions: word.expansions,
  };
}

/** `export a=1 b`: its assignments; undefined for any other use of the word. */
function exportedBy(words: readonly Word[]): Assignment[] | undefined {
  const [command, ...rest] = words;
  if (command?.value !== 'export' || command.quoted || rest.length === 0) return undefined;
  const assignments: Assignment[] = [];
  for (const word of rest) {
    const assignment = assignmentOf(word, true);
    if (assignment !== undefined) {
      assignments.push(withBraces(assignment));
    } else if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(word.value ?? '') || word.quoted) {
      return undefined;
    }
  }
  return assignments.length === 0 ? undefined : assignments;
}

/** Unlike in a plain assignment, the shell expands {a,b} behind `export`. */
function withBraces(assignment: Assignment): Assignment {
  if (assignment.value?.includes('{') !== true) return assignment;
  const { start, end } = assignment.valueRange;
  return {
    ...assignment,
    value: undefined,
    expansions: [
      ...assignment.expansions,
      { kind: 'brace', start, end, text: assignment.value, affects: false },
    ],
  };
}

function readRedirection(text: string, start: number): Word | Stop {
  const operator = /^(?:&>>|&>|<>|>>|>\||[<>]&|[<>])/.exec(text.slice(start, start + 3))?.[0] ?? '';
  if (text.startsWith('<<', start)) {
    return { at: start, fault: 'shell', reason: 'shell code (a here-document)' };
  }
  const target = skipBlanks(text, start + operator.length);
  if ([start, target].some((at) => /^[<>]\(/.test(text.slice(at, at + 2)))) {
    return { at: start, fault: 'shell', reason: 'shell code with parentheses' };
  }
  if (endsWord(text.charAt(target)) || text.charAt(target) === '#') {
    return { at: start, fault: 'syntax', reason: 'a redirection without a file' };
  }
  const word = readWord(text, target, false);
  if (!('reason' in word) && joinsRedirection(text, word) && !operator.endsWith('&')) {
    return { at: start, fault: 'syntax', reason: 'a redirection without a file' };
  }
  return word;
}

/** The offset of the first character from `start` on that is no blank, nor a continued line's end. */
export function skipBlanks(text: string, start: number): number {
  let at = start;
  for (;;) {
    const character = text.charAt(at);
    if (character === ' ' || character === '\t') at++;
    else if (character === '\\' && text.charAt(at + 1) === '\n') at += 2;
    else return at;
  }
}
