import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { armingCommand } from '../../../core/formats/installer-config/arm.ts';
import {
  parseInstallerConfig,
  splitCommandLines,
} from '../../../core/formats/installer-config/parse.ts';
import { settingsOf } from '../../../core/formats/installer-config/settings.ts';
import type {
  Assignment,
  Command,
  CommandLine,
  Range,
  Statement,
  Unreadable,
} from '../../../core/formats/installer-config/statement.ts';
import { runs } from '../../property-runs.ts';

const statementsOf = (text: string): readonly Statement[] => parseInstallerConfig(text).statements;
const assignmentsOf = (text: string): Assignment[] =>
  statementsOf(text).filter((each) => each.kind === 'assignment');
const commandsOf = (text: string): Command[] =>
  statementsOf(text).filter((each) => each.kind === 'command');
const unreadableOf = (text: string): Unreadable | undefined =>
  statementsOf(text).find((each) => each.kind === 'unreadable');
const at = (text: string, { start, end }: Range): string => text.slice(start, end);
const settings = (text: string): ReturnType<typeof settingsOf> =>
  settingsOf(parseInstallerConfig(text));

describe('an assignment', () => {
  it('says where its name, its value and each part of that stand', () => {
    const text = '# CRLF\r\n  packages+=a"b c"\'d\'\\ e\\\r\nf$x\r\n';
    const [found] = assignmentsOf(text);
    if (found === undefined) throw new Error('no assignment');
    expect(at(text, found.nameRange)).toBe('packages');
    expect(at(text, found.valueRange)).toBe('a"b c"\'d\'\\ e\\\r\nf$x');
    expect(found.append).toBe(true);
    expect(found.parts.map((part) => [part.kind, at(text, part)])).toEqual([
      ['plain', 'a'],
      ['double', '"b c"'],
      ['single', "'d'"],
      ['escape', '\\ '],
      ['plain', 'e'],
      ['continuation', '\\\r\n'],
      ['plain', 'f'],
      ['expansion', '$x'],
    ]);
    expect(found.expansions.map((each) => [each.kind, each.text, at(text, each)])).toEqual([
      ['variable', '$x', '$x'],
    ]);
  });

  it.each([
    ['rootpw=$x', 'variable', '$x'],
    ['rootpw="a ${x} b"', 'variable', '${x}'],
    ['rootpw=a$$b', 'variable', '$$'],
    ['rootpw=`date`', 'command', '`date`'],
    ['rootpw="$(date)"', 'command', '$(date)'],
    ['rootpw=$((1+1))', 'arithmetic', '$((1+1))'],
    ["rootpw=$'a'", 'ansi', "$'a'"],
    ['rootpw=~/x', 'tilde', '~'],
    ['rootpw=${x:-y}', 'parameter', '${x:-y}'],
    ['export rootpw={a,b}', 'brace', '{a,b}'],
  ])('%j has no value, and says why', (text, kind, written) => {
    const [found] = assignmentsOf(text);
    expect(found?.value).toBeUndefined();
    expect(found?.expansions.map((each) => [each.kind, at(text, each)])).toEqual([[kind, written]]);
  });

  it.each(['rootpw=a$', 'rootpw="$ "', "rootpw='$x'", 'rootpw=\\$x', 'rootpw=a~', 'rootpw={a,b}'])(
    '%j means what it says',
    (text) => {
      expect(assignmentsOf(text)[0]?.expansions).toEqual([]);
    },
  );
});

describe('a command', () => {
  it('shows its words, with the assignments among them', () => {
    const text = 'rootpw=correct horse battery\n';
    const [command] = commandsOf(text);
    expect(command?.commands).toEqual(['horse']);
    expect(command?.words.map(({ range }) => at(text, range))).toEqual([
      'rootpw=correct',
      'horse',
      'battery',
    ]);
    expect(command?.words[0]?.assignment).toMatchObject({ name: 'rootpw', value: 'correct' });
  });

  it('leaves out descriptors of redirections', () => {
    expect(commandsOf('2>/dev/null echo a\n')[0]?.commands).toEqual(['echo']);
  });

  it('keeps what stands above it when it is a program, which can’t change our variables', () => {
    expect(settings('hostname=a\nusername = bob\n').values.get('hostname')).toBe('a');
    expect(settings('hostname=a\nread hostname\n').values.get('hostname')).toBeUndefined();
    expect(settings('hostname=a\necho ${hostname:=b}\n').values.get('hostname')).toBeUndefined();
    expect(settings('hostname=a\nvariables_reset\n').values.get('hostname')).toBeUndefined();
  });

  it('is our own when it arms the installer, and only then', () => {
    expect(commandsOf(`${armingCommand()}\n`)[0]?.own).toBe(true);
    expect(
      commandsOf('cp  $tmp_bootfs/raspberrypi-ua-netinst/config.txt "${tmp_bootfs}"/config.txt')[0]
        ?.own,
    ).toBe(true);
    expect(commandsOf(`${armingCommand()} && rm -r /\n`)[0]?.own).toBe(false);
    expect(commandsOf('cp a "${tmp_bootfs}/config.txt"\n')[0]?.own).toBe(false);
  });
});

describe('where the reading ends', () => {
  it.each([
    ["hostname=a\nrootpw='x\nusername=b\n", 'quote', "'x"],
    ['hostname=a\nrootpw="x\nusername="b"\n', 'quote', '"x'],
    ['hostname=a\nrootpw=`x\n', 'quote', '`x'],
    ['hostname=a\n;rootpw=b\n', 'syntax', ';'],
    ['hostname=a\nrootpw=b;;\n', 'syntax', ';'],
    ['hostname=a\nfi\n', 'syntax', 'f'],
    ['hostname=a\nrootpw=b)\n', 'syntax', ')'],
    ['hostname=a\nrootpw=b &&\n', 'syntax', '&&'],
    ['hostname=a\nrootpw=b >\n', 'syntax', '>'],
    ['hostname=a\nrootpw=b >#c\n', 'syntax', '>'],
  ])('%j: what stands above is kept', (text, kind, place) => {
    const { end, values } = settings(text);
    expect(end?.kind).toBe(kind);
    expect(Object.fromEntries(values)).toEqual({ hostname: 'a' });
    const statement = unreadableOf(text);
    expect(statement && at(text, statement.place)).toBe(place);
  });

  it.each([
    ['hostname=a\nexit\nhostname=b\n', 'exit'],
    ['hostname=a; exit 3; hostname=b\n', 'exit'],
    ['hostname=a\nexec sh\nhostname=b\n', 'exec'],
    ['hostname=a\nreturn\nhostname=b\n', 'return'],
  ])('%j: what follows never happens', (text, kind) => {
    const { end, values } = settings(text);
    expect(end).toMatchObject({ kind, at: text.search(/\nhostname=b|; hostname=b/) });
    expect(values.get('hostname')).toBe('a');
  });

  it.each(['hostname=a\nexit 1 2\nhostname=b\n', 'hostname=a\nfalse && exit\nhostname=b\n'])(
    '%j: nobody knows',
    (text) => {
      expect(settings(text).end).toBeUndefined();
      expect(settings(text).values.get('hostname')).toBeUndefined();
    },
  );
});

it.each([
  'if true; then\n',
  'f() { :; }\n',
  'packages=(a b)\n',
  'packages[a b]=c\n',
  'cat <<END\n',
  'rootpw=a<(b)\n',
  'rootpw=${x{a}\n',
  'rootpw=$(&&)\n',
  'echo [$(a |)\n',
  'rootpw=$(if)\n',
  'rootpw=${x:-$(&&)}\n',
])('%j is code that only the shell follows: nothing is known from there on', (text) => {
  const { end, values, certain } = settings(`hostname=a\n${text}username=b\n`);
  expect(unreadableOf(text)?.fault).toBe('shell');
  expect(end).toBeUndefined();
  expect(certain).toBe(false);
  expect([...values]).toEqual([['hostname', undefined]]);
});

it('a pipe of plain commands gives a value that is not known, and the rest is read', () => {
  const text = 'hostname=pi-$(grep Serial /proc/cpuinfo 2>/dev/null | tail -c 5)\nusername=b\n';
  expect(settings(text).values.get('username')).toBe('b');
});

describe('an assignment that a later one replaces', () => {
  it('is told with the one that replaces it', () => {
    const text = 'hostname=a\nrootpw=x\nhostname=b\nhostname=c\n';
    expect(
      settings(text).lost.map(({ assignment, by }) => [at(text, assignment.range), by.value]),
    ).toEqual([
      ['hostname=a', 'b'],
      ['hostname=b', 'c'],
    ]);
  });

  it.each([
    'packages=a\npackages+=,b\n',
    'packages=a\npackages="$packages,b"\n',
    'packages=a\necho $packages\npackages=b\n',
  ])('is not lost where it is used: %j', (text) => {
    expect(settings(text).lost).toEqual([]);
  });
});

/** Pieces that open, close, continue and separate. */
const script = fc
  .array(
    fc.constantFrom(
      'a=b',
      'c=',
      "'",
      '"',
      '\\',
      '\n',
      '\n',
      '\r\n',
      '\r',
      ';',
      '&&',
      '#',
      ' ',
      '$x',
      '`',
      '(',
      'exit',
      '|',
    ),
    { maxLength: 16 },
  )
  .map((parts) => parts.join(''));

const flat = (lines: readonly { item: CommandLine; start: number }[]): unknown =>
  lines.flatMap(({ item, start }) =>
    item.statements.map(({ kind, range }) => [kind, range.start + start, range.end + start]),
  );

describe('reading again after a change', () => {
  it('gives the lines that did not change as they were', () => {
    const before = splitCommandLines('hostname=a\nrootpw=b\nusername=c\n', []);
    const after = splitCommandLines(
      'hostname=a\n# new\nrootpw=bb\nusername=c\n',
      before.map(({ item }) => item),
    );
    expect(after.map(({ item }) => before.some((old) => old.item === item))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('finds what a fresh reading finds, whatever changed', () => {
    fc.assert(
      fc.property(script, script, script, script, (start, cut, insert, end) => {
        const before = splitCommandLines(start + cut + end, []);
        const text = start + insert + end;
        const again = splitCommandLines(
          text,
          before.map(({ item }) => item),
        );
        expect(flat(again)).toEqual(flat(splitCommandLines(text, [])));
        expect(again.map(({ item }) => item.text).join('')).toBe(text);
      }),
      runs(3000),
    );
  });

  it('covers the text with lines, and each range lies in its line', () => {
    fc.assert(
      fc.property(fc.oneof(script, fc.string()), (text) => {
        const lines = splitCommandLines(text, []);
        expect(lines.map(({ item }) => item.text).join('')).toBe(text);
        for (const { item } of lines) {
          for (const { range } of item.statements) {
            expect(range.start).toBeGreaterThanOrEqual(0);
            expect(range.end).toBeGreaterThanOrEqual(range.start);
            expect(range.end).toBeLessThanOrEqual(item.text.length);
          }
        }
      }),
      runs(2000),
    );
  });
});
