/** Run summaries for tests of what the editor makes of them. */
import type { RunSummary } from '../../../core/runs/run-summary.ts';

/** A deploy that ended well, but for what is said. */
export function run(known: Partial<RunSummary>): RunSummary {
  const time = '2026-11-22T12:00:00.000Z';
  return {
    id: '20261122T120000000Z-deploy-000001',
    path: '/work/pis/.rpi/runs/20261122T120000000Z-deploy-000001.jsonl',
    state: 'finished',
    command: 'deploy',
    args: ['deploy'],
    project: '/work/pis',
    dryRun: false,
    startedAt: time,
    finishedAt: time,
    lastAt: time,
    status: 'ok',
    summary: 'Deployed.',
    undone: [],
    error: undefined,
    question: undefined,
    hosts: [],
    steps: [],
    failures: [],
    ...known,
  };
}
