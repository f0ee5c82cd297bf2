import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { followLine, type LineChange } from '../../../client/problems/change.ts';
import { openFailures } from '../../../client/problems/open-failures.ts';
import { placeOf } from '../../../client/problems/place.ts';
import type { ResultStatus } from '../../../core/runs/event.ts';
import type { RunSummary, TaskFailure } from '../../../core/runs/run-summary.ts';
import { run } from './sample-run.ts';

const PATH = '/work/pis/playbooks/deploy.yml';
const failure = (host: string, line = 9, known: Partial<TaskFailure> = {}): TaskFailure => ({
  host,
  task: `Task at ${line}`,
  message: 'no such package',
  path: PATH,
  line,
  ...known,
});
const hosts = (status: ResultStatus, ...names: string[]): RunSummary['hosts'] =>
  names.map((host) => ({ host, status, summary: undefined, error: undefined, steps: [] }));
const failed = (known: Partial<RunSummary>): RunSummary =>
  run({ status: 'failed', hosts: hosts('failed', 'kitchen', 'hall'), ...known });
const told = (runs: readonly RunSummary[]): string[] =>
  openFailures(runs).map(({ line, hosts: on }) => `${line}: ${on.join(' ')}`);

describe('open failures', () => {
  test('one message on several hosts is one problem', () => {
    expect(told([failed({ failures: [failure('kitchen'), failure('hall')] })])).toEqual([
      '9: kitchen hall',
    ]);
    const other = failure('hall', 9, { message: 'disk full' });
    expect(told([failed({ failures: [failure('kitchen'), other] })])).toEqual([
      '9: kitchen',
      '9: hall',
    ]);
  });

  const before = failed({ failures: [failure('kitchen'), failure('hall')] });

  test('a later run of the command that passes on a host clears what failed there', () => {
    const onOne = run({ hosts: hosts('ok', 'kitchen') });
    expect(told([onOne, before])).toEqual(['9: hall']);
    expect(told([run({ hosts: hosts('changed', 'kitchen', 'hall') }), before])).toEqual([]);
  });

  test('a later failure further down has passed it; one above has not come to it', () => {
    const below = failed({ failures: [failure('kitchen', 20), failure('hall', 20)] });
    expect(told([below, before])).toEqual(['20: kitchen hall']);
    const above = failed({ failures: [failure('kitchen', 3), failure('hall', 3)] });
    expect(told([above, before])).toEqual(['3: kitchen hall', '9: kitchen hall']);
  });

  test('what another command, another playbook, a part, a dry run or a cut run did clears nothing', () => {
    const well = { hosts: hosts('ok', 'kitchen', 'hall') };
    for (const later of [
      run({ ...well, command: 'provision', args: ['provision'] }),
      run({ ...well, args: ['deploy', '--tags', 'web'] }),
      run({ ...well, args: ['deploy', '--skip-tags=web'] }),
      run({ ...well, dryRun: true }),
      run({ ...well, status: 'cancelled' }),
      run({ ...well, state: 'interrupted', status: undefined }),
      run({ ...well, state: 'live', status: undefined }),
      run({ hosts: hosts('cancelled', 'kitchen', 'hall') }),
    ]) {
      expect(told([later, before])).toEqual(['9: kitchen hall']);
    }
    const a = failed({
      command: 'playbook',
      args: ['playbook', 'a.yml'],
      failures: [failure('kitchen')],
    });
    const b = run({ ...well, command: 'playbook', args: ['playbook', 'b.yml'] });
    expect(told([b, a])).toEqual(['9: kitchen']);
  });

  test('what fails again is a problem of the later run, and told once', () => {
    const again = failed({ id: 'later', failures: [failure('kitchen')] });
    const open = openFailures([again, failed({ id: 'first', failures: [failure('kitchen')] })]);
    expect(open).toHaveLength(1);
    expect(open[0]?.key).toContain('later');
  });
});

describe('the place of a failed task', () => {
  const at = '2026-11-22T12:00:00.000Z';
  const lines = ['- hosts: all', '  tasks:', '    - name: Install the app', '      apt: name=app'];
  const place = (line: number, task: string, minutes: number, of = lines): number | undefined =>
    placeOf({ line, task, at }, of, Date.parse(at) + minutes * 60_000);

  test('is where Ansible said, in a file that is as it was', () => {
    expect(place(3, 'whatever {{ it }} is', -5)).toBe(3);
    expect(place(30, 'Install the app', -5)).toBeUndefined();
  });

  test('is looked for by name in a file that has changed since', () => {
    expect(place(3, 'Install the app', 5)).toBe(3);
    expect(place(3, 'plot : Install the app', 5)).toBe(3);
    expect(place(1, 'Install the app', 5)).toBe(3);
  });

  test('is nowhere when the task has gone, or could be any of several', () => {
    expect(place(3, 'Remove the app', 5)).toBeUndefined();
    const twice = ['x', '- name: Go', '- name: Go'];
    expect(place(1, 'Go', 5, twice)).toBeUndefined();
    expect(place(2, 'Go', 5, twice)).toBe(2);
  });
});

describe('following a line through edits', () => {
  const change = (text: string, from: number, to: number, put: string): [LineChange, string] => {
    const upTo = (offset: number): string[] => text.slice(0, offset).split('\n');
    const start = upTo(from);
    return [
      {
        first: start.length,
        character: start.at(-1)?.length ?? 0,
        last: upTo(to).length,
        isInsertion: from === to,
        text: put,
      },
      text.slice(0, from) + put + text.slice(to),
    ];
  };
  const follow = (text: string, line: number, from: number, to: number, put: string) => {
    const [edit, after] = change(text, from, to, put);
    const before = { line, text: text.split('\n')[line - 1] ?? '' };
    return { after, at: followLine(before, [edit], after.split('\n')) };
  };

  test('wherever the edit is, the line that is told reads as it did', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b', 'cc', '', '  d'), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        fc.nat(),
        fc.nat(),
        fc.constantFrom('', '\n', 'x', 'x\n', '\ny', '\n\n'),
        (words, pick, a, b, put) => {
          const text = words.join('\n');
          const line = (pick % words.length) + 1;
          const [from = 0, to = 0] = [a % (text.length + 1), b % (text.length + 1)].sort(
            (x, y) => x - y,
          );
          const { after, at } = follow(text, line, from, to, put);
          if (at !== undefined) {
            expect(after.split('\n')[at - 1]?.trim()).toBe(words[line - 1]?.trim());
          }
        },
      ),
    );
  });

  test('an edit of other lines never loses it', () => {
    const text = 'one\ntwo\nthree\nfour';
    expect(follow(text, 3, 0, 4, '').at).toBe(2); // `one` is removed
    expect(follow(text, 3, 3, 3, '\nnew\nnew').at).toBe(5);
    expect(follow(text, 3, 8, 8, 'new\n').at).toBe(4); // right in front of it
    expect(follow(text, 3, 13, 13, '\nnew').at).toBe(3); // right behind it
    expect(follow(text, 3, 8, 8, '    ').at).toBe(3); // only set in
  });

  test('an edit of the line itself takes the problem away', () => {
    expect(follow('one\ntwo\nthree', 2, 4, 6, 'zw').at).toBeUndefined();
    expect(follow('one\ntwo\nthree', 2, 4, 8, '').at).toBeUndefined();
  });

  test('is found again when all of the file is replaced', () => {
    const text = 'one\ntwo\nthree';
    expect(follow(text, 2, 0, text.length, 'new\none\nthree\ntwo').at).toBe(4);
  });
});
