import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { createProgram } from '../../../cli/main.ts';
import {
  definitionOf,
  needsAnsible,
  OFFERED,
  projectOfTask,
  taskGroup,
  taskName,
  wordsOf,
} from '../../../client/task-definition.ts';
import { ROOT } from '../../../scripts/bundles.ts';

describe('a task of the whole workspace', () => {
  const [home, farm] = ['home', 'farm'].map((label) => ({
    label,
    root: { fsPath: `/work/${label}` },
  }));
  const open = [home, farm].filter((project) => project !== undefined);

  test('is of the project that it names by its label or its folder', () => {
    expect(projectOfTask({ project: 'farm' }, open)).toEqual({ project: farm });
    expect(projectOfTask({ project: '/work/home' }, open)).toEqual({ project: home });
  });

  test('is of the only project, and of none where there is none', () => {
    expect(projectOfTask({}, open.slice(1))).toEqual({ project: farm });
    expect(projectOfTask({}, [])).toEqual({ project: undefined });
  });

  test.each([{}, { project: 'garden' }, { project: 3 }])(
    'that says %j where there are two is refused, naming them',
    (definition) => {
      expect(projectOfTask(definition, open)).toEqual({
        fault: expect.stringMatching(/"home", "farm"\.$/) as string,
      });
    },
  );
});

test('those of Ansible are the ones that its commands refuse on Windows', () => {
  expect(['provision', 'deploy', 'verify', 'playbook'].filter(needsAnsible)).toHaveLength(4);
  expect(['detect', 'install', 'monitor', 'access'].filter(needsAnsible)).toEqual([]);
});

describe('the words of a task', () => {
  test('are its command, its arguments, and its limit before what is Ansible’s', () => {
    const definition = {
      type: 'rpi',
      command: 'provision',
      args: ['--check', '--', '--forks', '5'],
      limit: 'kitchen,attic',
    };
    expect(wordsOf(definition)).toEqual({
      words: ['provision', '--check', '--limit', 'kitchen,attic', '--', '--forks', '5'],
    });
  });

  test('need no arguments', () => {
    expect(wordsOf({ type: 'rpi', command: 'detect' })).toEqual({ words: ['detect'] });
  });

  test.each([
    [{ type: 'rpi' }, /command/],
    [{ type: 'rpi', command: '--json' }, /command/],
    [{ type: 'rpi', command: 'provision', args: '--check' }, /args/],
    [{ type: 'rpi', command: 'provision', args: ['--forks', 5] }, /args/],
    [{ type: 'rpi', command: 'provision', limit: '' }, /limit/],
    [{ type: 'rpi', command: 'provision', limit: ['a'] }, /limit/],
  ])('of a wrong definition %j are refused, saying what is wrong', (definition, says) => {
    expect(wordsOf(definition)).toEqual({ fault: expect.stringMatching(says) as string });
  });

  test('are those that the definition was made of', () => {
    const words = fc.tuple(fc.constantFrom('deploy', 'access'), fc.array(fc.string()));
    fc.assert(
      fc.property(words, ([command, args]) => {
        expect(wordsOf(definitionOf([command, ...args]))).toEqual({ words: [command, ...args] });
      }),
    );
  });
});

test('a task’s name shows where each word ends', () => {
  expect(taskName(['exec', '--shell', '--', 'echo "a b"'])).toBe(
    'exec --shell -- "echo \\"a b\\""',
  );
});

test('provision and deploy build, verify tests', () => {
  expect(OFFERED.map(({ command }) => [command, taskGroup(command)])).toEqual([
    ['detect', undefined],
    ['install', undefined],
    ['provision', 'build'],
    ['deploy', 'build'],
    ['verify', 'test'],
    ['monitor', undefined],
  ]);
});

test('package.json and the program know every task that is offered', async () => {
  const manifest = z
    .object({
      contributes: z.object({
        taskDefinitions: z
          .array(
            z.object({
              type: z.literal('rpi'),
              properties: z.object({ command: z.object({ enum: z.array(z.string()) }) }),
            }),
          )
          .length(1),
      }),
    })
    .parse(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')));
  const commands = createProgram().commands.map((command) => command.name());
  for (const { command } of OFFERED) {
    expect(manifest.contributes.taskDefinitions[0]?.properties.command.enum).toContain(command);
    expect(commands).toContain(command);
  }
});
