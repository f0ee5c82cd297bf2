/** The matchers of package.json, run as the editor runs them, over what Ansible printed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { ROOT } from '../../../scripts/bundles.ts';

const line = z.object({
  regexp: z.string(),
  file: z.number().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
  message: z.number().optional(),
  loop: z.boolean().optional(),
});
const manifest = z.object({
  contributes: z.object({
    problemMatchers: z.array(
      z.object({ name: z.string(), pattern: z.union([line, z.array(line)]) }),
    ),
  }),
});
const { problemMatchers } = manifest.parse(
  JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')),
).contributes;

type Problem = { file?: string; line?: number; column?: number; message?: string };

/** As VS Code: each pattern on the next line, the last one again and again where it loops. */
function problemsIn(output: string, matcher: string): Problem[] {
  const found = problemMatchers.find(({ name }) => name === matcher);
  const patterns = found === undefined ? [] : [found.pattern].flat();
  const lines = output.split('\n');
  return lines.flatMap((_text, start) => {
    const problem: Record<string, string> = {};
    const take = (index: number, pattern: z.infer<typeof line>): boolean => {
      const match = new RegExp(pattern.regexp).exec(lines[index] ?? '\u0000');
      if (match === null) return false;
      for (const part of ['file', 'line', 'column', 'message'] as const) {
        const group = pattern[part];
        if (group !== undefined) problem[part] = match[group] ?? '';
      }
      return true;
    };
    if (!patterns.every((pattern, index) => take(start + index, pattern))) return [];
    const { file, line: at, column, message } = problem;
    return [
      {
        ...(file === undefined ? {} : { file }),
        ...(at === undefined ? {} : { line: Number(at) }),
        ...(column === undefined ? {} : { column: Number(column) }),
        ...(message === undefined ? {} : { message }),
      },
    ];
  });
}

test('an unknown module stands at its task', () => {
  // ansible-core 2.14.18
  const output = `[WARNING]: No inventory was parsed, only implicit localhost is available
ERROR! couldn't resolve module/action 'debg'. This often indicates a misspelling, missing collection, or incorrect module path.

The error appears to be in '/home/ada/my pis/bad.yml': line 4, column 7, but may
be elsewhere in the file depending on the exact syntax problem.

The offending line appears to be:

  tasks:
    - name: A
      ^ here`;
  expect(problemsIn(output, 'rpi-ansible')).toEqual([
    {
      file: '/home/ada/my pis/bad.yml',
      line: 4,
      column: 7,
      message:
        "couldn't resolve module/action 'debg'. This often indicates a misspelling, missing collection, or incorrect module path.",
    },
  ]);
});

test('wrong YAML stands where it ends to be right', () => {
  // ansible-core 2.14.18
  const output = `ERROR! We were unable to read either as JSON nor YAML, these are the errors we got from each:
JSON: Expecting value: line 1 column 1 (char 0)

Syntax Error while loading YAML.
  found unexpected end of stream

The error appears to be in '/home/ada/syn.yml': line 5, column 1, but may
be elsewhere in the file depending on the exact syntax problem.`;
  expect(problemsIn(output, 'rpi-ansible')).toEqual([
    { file: '/home/ada/syn.yml', line: 5, column: 1, message: 'found unexpected end of stream' },
  ]);
});

test('errors of newer versions stand at their origin', () => {
  // ansible-core 2.19.11
  const output = `[ERROR]: conflicting action statements: ansible.builtin.debug, ansible.builtin.copy
Origin: /home/ada/my pis/syn.yml:3:7

1 - hosts: localhost
2   tasks:
3     - name: two
        ^ column 7

[ERROR]: YAML parsing failed: Tabs are usually invalid in YAML.
Origin: /home/ada/yaml.yml:4:1`;
  expect(problemsIn(output, 'rpi-ansible-origin')).toEqual([
    {
      file: '/home/ada/my pis/syn.yml',
      line: 3,
      column: 7,
      message: 'conflicting action statements: ansible.builtin.debug, ansible.builtin.copy',
    },
    {
      file: '/home/ada/yaml.yml',
      line: 4,
      column: 1,
      message: 'YAML parsing failed: Tabs are usually invalid in YAML.',
    },
  ]);
});

test('a failed task that names its place stands there, with the first line of its message', () => {
  // ansible-core 2.14.18
  const output = String.raw`fatal: [localhost]: FAILED! => {"msg": "The task includes an option with an undefined variable. The error was: 'nothing' is undefined. 'nothing' is undefined\n\nThe error appears to be in '/home/ada/undef.yml': line 5, column 7, but may\nbe elsewhere in the file depending on the exact syntax problem.\n\nThe offending line appears to be:\n\n  tasks:\n    - name: Undefined\n      ^ here\n"}`;
  expect(problemsIn(output, 'rpi-ansible-failed')).toEqual([
    {
      file: '/home/ada/undef.yml',
      line: 5,
      column: 7,
      message:
        "The task includes an option with an undefined variable. The error was: 'nothing' is undefined. 'nothing' is undefined",
    },
  ]);
});

test('with -vv a task that fails stands at its path', () => {
  // ansible-core 2.14.18
  const output = `TASK [Fine] ********************************************************************
task path: /home/ada/with space/fail.yml:5
ok: [localhost] => {
    "msg": "x"
}

TASK [Broken] ******************************************************************
task path: /home/ada/with space/fail.yml:8
fatal: [localhost]: FAILED! => {"changed": true, "cmd": ["/bin/false"], "msg": "non-zero return code", "rc": 1}`;
  expect(problemsIn(output, 'rpi-ansible-task')).toEqual([
    {
      file: '/home/ada/with space/fail.yml',
      line: 8,
      message: expect.stringMatching(/^\[localhost\]: FAILED! .*non-zero return code/) as string,
    },
  ]);
});
