/** Random installer-config.txt files: what people write, and what they write by mistake. */
import fc from 'fast-check';

/** The variables that they assign. */
export const NAMES = ['hostname', 'packages', 'rootpw', 'username', 'locales', '_x1'] as const;

const name = fc.constantFrom(...NAMES);

/** Characters that mean something to a shell, far more often than chance has them. */
const nasty = fc
  .array(
    fc.constantFrom(...(' \t\'"\\$`;&|<>(){}[]*?!#~=:,+-_./@%^aZ09é中😀\u00a0'.match(/./gu) ?? [])),
    {
      maxLength: 10,
    },
  )
  .map((characters) => characters.join(''));

const plain = fc.constantFrom(
  ...[
    'pi',
    'a-b',
    '1.5',
    '+128M',
    'x=y',
    'a:b',
    '中',
    'é',
    '{a}',
    '{a,b}',
    '*',
    '#x',
    'a#b',
    '!',
    '@%^,/',
    '-',
    '0',
  ],
  ...[
    'a~b',
    '[a]',
    '?',
    'mailto:x',
    'Europe/Berlin',
    'C.UTF-8',
    'ssh-ed25519',
    '=',
    '==',
    '\u00a0',
    '\\#',
    '%',
  ],
);
const quoted = fc.oneof(
  nasty.map((text) => `'${text.replaceAll("'", '')}'`),
  nasty.map((text) => `"${text.replace(/["`$\\]/g, '')}"`),
  fc.constantFrom("''", '""', '"a b"', "'a b'", "'e\nf'", '"\n"', "'#no comment'", '"a;b"', "'\t'"),
);
const escaped = fc.constantFrom(
  ...[
    '"a\\"b"',
    '"\\$x"',
    '"a\\b"',
    '"\\\\"',
    '"\\`"',
    '"a$"',
    '"it\'s"',
    "\\'",
    '\\"',
    '\\ ',
    '\\$',
    '\\\\',
  ],
  ...[
    'a\\\nb',
    '"c\\\nd"',
    '\\;',
    '\\&',
    '\\n',
    '$',
    '"$ x"',
    '$.',
    'a$',
    '"!"',
    '\\~',
    '\\=',
    "'\\'",
    '\\é',
  ],
);
const expanded = fc.constantFrom(
  ...[
    '$hostname',
    '${x:-y}',
    '"$hostname x"',
    '$(echo a)',
    '`echo b`',
    '~',
    ':~',
    '~nobody',
    '"~"',
    "$'a\\tb'",
  ],
  ...[
    '$"x"',
    '$((1+2))',
    '"${a}"',
    '"$(echo ")")"',
    '$$',
    '$1',
    '$?',
    '$#',
    '${rootpw}',
    '${hostname:=h}',
  ],
  ...[
    '$((hostname=5))',
    '${x:?}',
    '${rootpw:?}',
    '$((1/0))',
    '${a b}',
    '$[1+1]',
    '"`echo \\`x\\``"',
    '${#hostname}',
  ],
  ...[
    '${hostname%p}',
    '${packages/a/b}',
    '"$(echo "a)b")"',
    '$(',
    '${',
    '`',
    '"$("',
    '${x',
    "$'a",
    '$((',
    '"${x"',
  ],
);
const piece = fc.oneof(
  { weight: 8, arbitrary: plain },
  { weight: 5, arbitrary: quoted },
  { weight: 4, arbitrary: escaped },
  { weight: 1, arbitrary: expanded },
);
const value = fc.array(piece, { maxLength: 3 }).map((pieces) => pieces.join(''));
const assignment = fc
  .tuple(name, fc.constantFrom('=', '=', '=', '=', '+='), value)
  .map((parts) => parts.join(''));

const slip = fc.oneof(
  fc
    .tuple(name, fc.constantFrom(' = ', '= ', ' =', '\t=\t', ': '), value)
    .map((parts) => parts.join('')),
  fc.tuple(name, value, value).map(([key, a, b]) => `${key}=${a} ${b}`),
  fc.tuple(name, nasty).map(([key, text]) => `${key}=${text.replace(/[()<>|&;]/g, '')}`),
  fc.tuple(name, nasty).map(([key, text]) => `${key}=${text}`),
  fc.tuple(name, nasty).map(([key, text]) => `${key}="${text}"`),
  fc.tuple(name, nasty).map(([key, text]) => `${key}='${text}`),
  fc.tuple(name, nasty).map(([key, text]) => `${key}="${text.replace(/["\\`$]/g, '')}`),
);
const command = fc.constantFrom(
  ...[
    'echo hello',
    'echo "a;b" >/dev/null',
    ': && :',
    'unset hostname',
    'key = value',
    'export hostname',
    'ls -l',
  ],
  ...[
    'read_only=1',
    'if true; then hostname=no; fi',
    'true;',
    ';',
    'cat <<END',
    'hostname=(a b)',
    '\\',
    'exit',
  ],
  ...[
    'exit 0',
    'exit x',
    'exit 1 2',
    'return',
    'return 3',
    'return x',
    'exec true',
    'exec',
    'exit | :',
    'exit &',
  ],
  ...[
    'exit;',
    'true && exit',
    'false && exit',
    'x=1 exit',
    'exit >/dev/null',
    'hostname=a :',
    'hostname=b true',
  ],
  ...[
    'read hostname </dev/null',
    'printf -v hostname x',
    'let hostname=3',
    'declare hostname=d',
    'local a=1',
  ],
  ...[
    'export hostname=e rootpw=f',
    'export "hostname=g"',
    'export -n hostname',
    'export hostname={a,b}',
    'fi',
    'done',
  ],
  ...[
    '}',
    ')',
    '( hostname=s )',
    '{ hostname=t; }',
    'f() { hostname=u; }',
    '! true',
    '[[ a == a ]]',
    '[ a = a ]',
  ],
  ...[
    'a=1 | :',
    'hostname=v &',
    'hostname=w && rootpw=y',
    ': || hostname=z',
    '>/dev/null',
    '2>/dev/null echo',
  ],
  ...[
    '{hostname}>/dev/null',
    'echo ${hostname:=k}',
    'echo $((hostname=6))',
    'mapfile packages </dev/null',
    'set -e',
  ],
  ...[
    'set -u',
    'set -- a b',
    'shopt -s extglob',
    'alias ll=ls',
    'eval hostname=l',
    'source /nowhere',
    '. /nowhere',
  ],
  ...[
    'readonly hostname',
    'trap : EXIT',
    'while false; do :; done',
    ';;',
    '&',
    '|',
    '&& a',
    'a &&',
    'a |',
    '<',
    'a >',
  ],
  ...[
    '*',
    '~',
    '$hostname',
    'cp "${tmp_bootfs}/raspberrypi-ua-netinst/config.txt" "${tmp_bootfs}/config.txt"',
  ],
  ...[
    'UID=3',
    'a b=c',
    'time true',
    'cd /',
    'shift',
    'wait',
    'test -v hostname',
    'hash -r',
    'a=1 b=2 env',
    '1a=b',
  ],
  ...[
    'hostname[0]=x',
    'hostname[1]=x',
    'BASH_ENV=x',
    'declare -i rootpw',
    'hostname="a" rootpw="b" # c',
    '#',
  ],
);

/** Tokens in any order: nobody writes this, and every reading has to survive it. */
const chaos = fc
  .tuple(
    name,
    fc.array(
      fc.constantFrom(
        ...[
          '=',
          '+=',
          "'",
          "'",
          '"',
          '"',
          '\\',
          '\\\n',
          '$',
          '$(',
          '${',
          '`',
          '(',
          ')',
          '{',
          '}',
          '[',
          ']',
          ';',
        ],
        ...[
          '&',
          '&&',
          '|',
          '||',
          '<',
          '>',
          '>>',
          '>|',
          '<(',
          '>&',
          '&>',
          '<<<',
          '2>',
          '#',
          '!',
          '*',
          '~',
          ' ',
          ' ',
          '\t',
        ],
        ...[
          'a',
          'b',
          '1',
          'x=1',
          'exit',
          'true',
          ':',
          'export',
          'hostname',
          'rootpw=2',
          '/dev/null',
          '=~',
          '==',
          '\n',
        ],
      ),
      { maxLength: 9 },
    ),
  )
  .map(([first, tokens]) => first + tokens.join(''));

const statement = fc.oneof(
  { weight: 10, arbitrary: assignment },
  { weight: 2, arbitrary: fc.tuple(assignment, assignment).map((two) => two.join(' ')) },
  { weight: 2, arbitrary: fc.tuple(assignment, assignment).map((two) => two.join('; ')) },
  fc.tuple(assignment, assignment).map((two) => two.join(';')),
  assignment.map((text) => `export ${text}`),
  assignment.map((text) => `export\t${text}`),
  fc
    .tuple(assignment, fc.oneof(nasty, fc.constant('why')))
    .map(([text, note]) => `${text} # ${note}`),
  assignment.map((text) => `  ${text}  `),
  assignment.map((text) => `\t${text};`),
  assignment.map((text) => `${text} true`),
  assignment.map((text) => `${text} && :`),
  assignment.map((text) => `#${text.replaceAll('\n', '')}`),
  nasty.map((text) => `#${text}`),
  assignment.map((text) => text.replace('=', '=\\\n')),
  assignment.map((text) => `\\\n${text}`),
  fc.constant(''),
  { weight: 3, arbitrary: slip },
  { weight: 2, arbitrary: chaos },
  { weight: 4, arbitrary: command },
);

/** A file, with either line end and with or without one at its end. */
export const installerConfig = fc
  .tuple(
    fc.array(statement, { maxLength: 8 }),
    fc.constantFrom('\n', '\n', '\r\n'),
    fc.constantFrom('', '\n'),
  )
  .map(([lines, end, last]) => (lines.join('\n') + last).replaceAll('\n', end));

/** A file without commands and slips, more often readable to its end. */
export const plainConfig = fc
  .tuple(
    fc.array(
      fc.oneof(
        assignment,
        assignment.map((text) => `${text}  # note`),
      ),
      { maxLength: 10 },
    ),
    fc.constantFrom('\n', '\r\n'),
  )
  .map(([lines, end]) => lines.join('\n').replaceAll('\n', end));

/** What the installer does to a file before it sources it. */
export function asInstalled(text: string): string {
  const lines = text.replaceAll('\r', '');
  return lines.endsWith('\n') ? lines : `${lines}\n`;
}
