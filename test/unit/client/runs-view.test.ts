import { describe, expect, test } from 'vitest';
import {
  hasNodesBelow,
  idOfRun,
  lifeOf,
  lookOfResult,
  lookOfRun,
  nodeAboveRun,
  nodesBelowRun,
  nodesOfRuns,
  nowOf,
  titleOfRun,
  tookOf,
  type RunsNode,
} from '../../../client/runs/nodes.ts';
import { openProject } from './sample-fleet.ts';
import { run } from './sample-run.ts';

const step = (title: string) => ({
  step: title,
  title,
  status: 'ok' as const,
  detail: undefined,
  done: undefined,
  total: undefined,
});
const host = (name: string) => ({
  host: name,
  status: 'ok' as const,
  summary: 'done',
  error: undefined,
  steps: [step('Log in')],
});

describe('the tree', () => {
  const project = openProject('/work/pis');

  test('runs of all projects stand together, the newest first', () => {
    const other = openProject('/work/others');
    const nodes = nodesOfRuns([
      { project, runs: [run({ id: 'c', startedAt: at(3) }), run({ id: 'a', startedAt: at(1) })] },
      { project: other, runs: [run({ id: 'b', startedAt: at(2) })] },
    ]);
    expect(nodes.map((node) => node.run.id)).toEqual(['c', 'b', 'a']);
  });

  test('rounds of monitor --once are one node of their project, the newest giving its look', () => {
    const round = (id: string, hour: number) =>
      run({ id, command: 'monitor', args: ['monitor', '--once'], startedAt: at(hour) });
    const other = openProject('/work/others');
    const nodes = nodesOfRuns([
      { project, runs: [round('d', 5), run({ id: 'c', startedAt: at(4) }), round('b', 3)] },
      { project: other, runs: [round('a', 1)] },
    ]);
    expect(nodes.map(({ kind, run: { id } }) => [kind, id])).toEqual([
      ['run-rounds', 'd'],
      ['run', 'c'],
      ['run', 'a'],
    ]);
    const [folded] = nodes;
    if (folded === undefined) throw new Error('none');
    const below = nodesBelowRun(folded);
    expect(below.map((node) => node.run.id)).toEqual(['d', 'b']);
    for (const node of below) {
      const above = nodeAboveRun(node);
      expect(above === undefined ? undefined : idOfRun(above)).toBe(idOfRun(folded));
    }
    const later = nodesOfRuns([{ project, runs: [round('e', 6), round('d', 5)] }]);
    expect(later.map(idOfRun)).toEqual([idOfRun(folded)]);
  });

  test('below a run are its steps, its hosts with theirs, and what it left', () => {
    const [root] = nodesOfRuns([
      {
        project,
        runs: [
          run({
            steps: [step('Deploy')],
            hosts: [host('kitchen')],
            undone: ['hall has not got the app.'],
            error: { code: 'run.internal', message: 'it broke', remedy: 'report it' },
          }),
        ],
      },
    ]);
    const all = (nodes: readonly RunsNode[]): RunsNode[] =>
      nodes.flatMap((node) => [node, ...all(nodesBelowRun(node))]);
    const nodes = all(root === undefined ? [] : [root]);
    expect(nodes.map(({ kind }) => kind)).toEqual([
      'run',
      'run-step',
      'run-host',
      'run-step',
      'run-note',
      'run-note',
      'run-note',
    ]);
    expect(new Set(nodes.map(idOfRun)).size).toBe(nodes.length);
    for (const node of nodes) {
      expect(hasNodesBelow(node)).toBe(nodesBelowRun(node).length > 0);
      for (const below of nodesBelowRun(node)) {
        const above = nodeAboveRun(below);
        expect(above === undefined ? undefined : idOfRun(above)).toBe(idOfRun(node));
      }
    }
  });
});

describe('a run', () => {
  test('is live, asks, is over, or was interrupted', () => {
    const question = { id: 'q1', question: { type: 'yes-no' as const, text: 'Go on?' } };
    expect(lifeOf(run({ state: 'live', status: undefined }))).toBe('live');
    expect(lifeOf(run({ state: 'live', status: undefined, question }))).toBe('asking');
    expect(lifeOf(run({}))).toBe('finished');
    expect(lookOfRun(run({ state: 'interrupted', status: undefined })).words).toContain(
      'interrupted',
    );
    expect(lookOfRun(run({ status: 'refused' })).words).toBe('refused');
    expect(lookOfResult(undefined, true).icon).toBe('sync~spin');
    expect(lookOfResult(undefined, false).words).toContain('interrupted');
  });

  test('is called as it was typed, without what tells a person nothing', () => {
    const title = (command: string, args: string[], more = {}): string =>
      titleOfRun(run({ command, args, ...more }));
    expect(title('deploy', ['deploy', '--limit', 'kitchen'])).toBe('deploy --limit kitchen');
    expect(title('access enroll', ['--project', '/w', 'access', 'enroll', 'hall'])).toBe(
      'access enroll hall',
    );
    expect(title('detect', ['detect', '--json', '--answers', 'control', '--project=/w'])).toBe(
      'detect',
    );
    expect(title('install', ['install', 'kitchen', '--plan', 'd63282dedd83389e'])).toBe(
      'install kitchen',
    );
    const planned = ['install', 'plan', 'kitchen', '--diff', '--unified', '1000000'];
    expect(title('install plan', planned)).toBe('install plan kitchen');
    expect(title('provision', ['provision', '--dry-run'], { dryRun: true })).toBe(
      'provision (dry run)',
    );
    expect(title('exec', ['exec', 'x'.repeat(100)]).length).toBeLessThanOrEqual(60);
  });

  test('that works on one host says how far it is', () => {
    const step = {
      step: 'install',
      title: 'installing',
      status: undefined,
      detail: 'installing packages, 2 min left',
      done: 45,
      total: 100,
    };
    const host = {
      host: 'kitchen',
      status: undefined,
      summary: undefined,
      error: undefined,
      steps: [step],
    };
    expect(nowOf({ hosts: [host] })).toBe('45 % installing packages, 2 min left');
    const silent = { ...step, detail: undefined, done: undefined };
    expect(nowOf({ hosts: [{ ...host, steps: [silent] }] })).toBe('installing');
    expect(nowOf({ hosts: [host, { ...host, host: 'garden' }] })).toBe('');
    expect(nowOf({ hosts: [{ ...host, status: 'ok' as const }] })).toBe('');
    expect(nowOf({ hosts: [] })).toBe('');
  });

  test('says how long it took, a live one how long it has been running', () => {
    const start = { startedAt: at(0), finishedAt: at(5), lastAt: at(5) };
    expect(tookOf(run(start), Date.parse(at(60)))).toBe('5 s');
    expect(tookOf(run({ ...start, state: 'live' }), Date.parse(at(60)))).toBe('1 min');
    expect(tookOf(run({ ...start, finishedAt: undefined, state: 'interrupted' }), 0)).toBe('5 s');
  });
});

function at(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 22, 12, 0, seconds)).toISOString();
}
