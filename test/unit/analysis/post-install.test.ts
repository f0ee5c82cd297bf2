import { describe, expect, it } from 'vitest';
import { analysePostInstall } from '../../../core/analysis/post-install/language.ts';
import type { SyntaxFault } from '../../../core/analysis/post-install/facts.ts';

function told(text: string, syntaxFaults?: readonly SyntaxFault[]): string[] {
  const project = syntaxFaults === undefined ? {} : { syntaxFaults };
  const { findings } = analysePostInstall(
    { path: 'post-install.txt', text },
    project,
    undefined,
    (code, error) => {
      throw new Error(`The rule ${code} crashed.`, { cause: error });
    },
  );
  return findings.map(
    ({ start, end, severity, code }) =>
      `${text.slice(0, start).split('\n').length} ${severity} ${code} “${text.slice(start, end)}”`,
  );
}

describe('post-install.txt', () => {
  it.each([
    ['echo hello\nreturn 0\n'],
    ['exit\n', '1 error script-ends “exit”'],
    ['  exit 0\r\n', '1 error script-ends “exit 0”'],
    ['a || exit 1; b\n', '1 error script-ends “exit 1”'],
    ['if a; then exit; fi\n', '1 error script-ends “exit”'],
    ['a && { exit 1; }\n', '1 error script-ends “exit 1”'],
    ['exec /bin/sh\n', '1 error script-ends “exec /bin/sh”'],
    ['exec >/tmp/log 2>&1\n'],
    ['(cd /tmp && exit 1)\n(\n  exit 1\n)\n'],
    ["echo exit\n# exit\necho '\nexit'\necho it\\'s\nexit\n", '6 error script-ends “exit”'],
    ["cat >/rootfs/usr/local/bin/x <<'END'\nexit 0\nEND\nexit 1\n", '4 error script-ends “exit 1”'],
    [
      'case $1 in a) exit 1 ;; b | c) exit ;; esac\n',
      '1 error script-ends “exit 1”',
      '1 error script-ends “exit”',
    ],
    ['x=$(a) exit\n(a) exit\n(a; (b); exit)\n'],
    ['cat <<-END\n\texit 0\n\tEND\n'],
  ])('%j', (text, ...expected) => expect(told(text)).toEqual(expected));

  it('shows what bash says of its syntax, where bash was asked', () => {
    expect(told('a\n  if b\n', [{ line: 2, message: 'syntax error' }])).toEqual([
      '2 error script-syntax “if b”',
    ]);
    expect(told('a\n', [{ line: 9, message: 'syntax error: unexpected end of file' }])).toEqual([
      '2 error script-syntax “”',
    ]);
    expect(told('a\n', [])).toEqual([]);
  });
});
