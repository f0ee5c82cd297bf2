import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventBody } from '../../../core/runs/event.ts';
import type { RunState } from '../../../core/runs/reader.ts';
import type { RunSummary } from '../../../core/runs/run-summary.ts';
import { emptySummary, foldEvents, summaryOf } from '../../../core/runs/summarise.ts';
import { FINISHED, randomRun, stamped, STARTED } from './random-run.ts';

const START = Date.UTC(2026, 10, 22, 14);

function summarise(bodies: readonly EventBody[], state: RunState = 'live'): RunSummary {
  const events = stamped('r1', START, [STARTED, ...bodies]);
  const summary = summaryOf(foldEvents(emptySummary('/p/r1.jsonl'), events), state);
  if (summary === undefined) throw new Error('There is no summary.');
  return summary;
}

const failed = (more: Partial<Extract<EventBody, { kind: 'ansible.result' }>> = {}): EventBody => ({
  kind: 'ansible.result',
  step: 'provision',
  host: 'attic',
  task: 'Install',
  status: 'failed',
  ignored: false,
  rescued: false,
  message: 'no such package',
  path: '/p/playbooks/provision.yml',
  line: 12,
  ...more,
});
const stats = (failures: number) => ({
  ok: 3,
  changed: 1,
  unreachable: 0,
  failed: failures,
  skipped: 0,
  rescued: 0,
  ignored: 0,
});

describe('folding a journal', () => {
  it('gives the same whether events come one by one, in parts, or all at once', () => {
    fc.assert(
      fc.property(randomRun, fc.nat(), (events, cut) => {
        const empty = emptySummary('/p/r.jsonl');
        const whole = foldEvents(empty, events);
        const at = cut % (events.length + 1);
        const parts = foldEvents(foldEvents(empty, events.slice(0, at)), events.slice(at));
        expect(parts).toEqual(whole);
        expect(events.reduce((state, event) => foldEvents(state, [event]), empty)).toEqual(whole);
        expect(empty).toEqual(emptySummary('/p/r.jsonl'));
      }),
    );
  });

  it('leaves an earlier state as it was', () => {
    fc.assert(
      fc.property(randomRun, randomRun, (first, more) => {
        const state = foldEvents(emptySummary('/p/r.jsonl'), first);
        const before = structuredClone(state);
        foldEvents(state, more);
        expect(state).toEqual(before);
      }),
    );
  });

  it('has nothing under way and no open question once the run is over', () => {
    fc.assert(
      fc.property(
        randomRun,
        fc.constantFrom<RunState[]>('finished', 'interrupted'),
        (events, state) => {
          const summary = summaryOf(foldEvents(emptySummary('/p/r.jsonl'), events), state);
          expect(summary?.question).toBeUndefined();
          const steps = [
            ...(summary?.steps ?? []),
            ...(summary?.hosts ?? []).flatMap((host) => host.steps),
          ];
          for (const { status } of [...steps, ...(summary?.hosts ?? [])]) {
            expect(status).toBeDefined();
          }
        },
      ),
    );
  });

  it('has no summary before the first line', () => {
    expect(summaryOf(emptySummary('/p/r.jsonl'), 'live')).toBeUndefined();
  });
});

describe('the summary of a run', () => {
  it('shows a stage as one step with the task under way', () => {
    const { steps, hosts } = summarise([
      { kind: 'step.started', step: 'provision', title: 'Provision' },
      { kind: 'ansible.play', step: 'provision', play: 'All Pis', hosts: ['all', '!cellar'] },
      { kind: 'ansible.task', step: 'provision', task: 'Install', action: 'apt' },
      { kind: 'ansible.task', step: 'provision', task: 'Configure', action: 'copy' },
    ]);
    expect(steps).toMatchObject([
      { step: 'provision', title: 'Provision', status: undefined, detail: 'Configure' },
    ]);
    // What a play names are patterns, no hosts.
    expect(hosts).toEqual([]);
  });

  it('shows the failed task of a host, and where it stands', () => {
    const { hosts, failures } = summarise([
      { kind: 'ansible.play', step: 'provision', play: 'All', hosts: ['attic', 'cellar'] },
      failed(),
      { kind: 'ansible.stats', step: 'provision', hosts: { attic: stats(1), cellar: stats(0) } },
    ]);
    expect(hosts).toMatchObject([
      {
        host: 'attic',
        status: 'failed',
        summary: 'Install: no such package',
        error: { code: 'command.failed' },
        steps: [{ title: 'Install', status: 'failed', detail: 'no such package' }],
      },
      { host: 'cellar', status: 'changed', summary: '3 ok, 1 changed', steps: [] },
    ]);
    expect(failures).toEqual([
      {
        host: 'attic',
        task: 'Install',
        message: 'no such package',
        path: '/p/playbooks/provision.yml',
        line: 12,
      },
    ]);
  });

  it('does not count a failure that is ignored or rescued', () => {
    const { failures, hosts } = summarise([failed({ ignored: true }), failed({ rescued: true })]);
    expect(failures).toEqual([]);
    expect(hosts).toMatchObject([{ host: 'attic', status: undefined }]);
  });

  it('tells each failed item of a loop, and not the loop besides', () => {
    const { failures, hosts } = summarise([
      failed({ item: 'vim', message: 'no vim' }),
      failed({ item: 'nano', message: 'no nano' }),
      failed({ message: 'One or more items failed' }),
    ]);
    expect(failures.map(({ message }) => message)).toEqual(['vim: no vim', 'nano: no nano']);
    expect(hosts).toMatchObject([{ summary: 'Install: nano: no nano' }]);
  });

  it('makes the path of a task absolute', () => {
    expect(summarise([failed({ path: 'playbooks/a.yml' })]).failures[0]?.path).toBe(
      '/p/playbooks/a.yml',
    );
  });

  it('shows a host as worked on when the next playbook reaches it, unless it failed', () => {
    const ok = (host: string): EventBody => failed({ host, status: 'ok', message: undefined });
    const { hosts } = summarise([
      failed(),
      ok('cellar'),
      { kind: 'ansible.stats', step: 'provision', hosts: { attic: stats(1), cellar: stats(0) } },
      { kind: 'ansible.play', step: 'deploy', play: 'Second', hosts: ['all'] },
      ok('attic'),
      ok('cellar'),
    ]);
    expect(hosts.map(({ host, status }) => [host, status])).toEqual([
      ['attic', 'failed'],
      ['cellar', undefined],
    ]);
  });

  it('has the question that nobody has answered yet, and none after that', () => {
    const ask = (id: string): EventBody => ({
      kind: 'question',
      id,
      question: { type: 'yes-no', text: `${id}?` },
    });
    expect(summarise([ask('q1'), ask('q2')]).question?.id).toBe('q1');
    expect(summarise([ask('q1'), { kind: 'answer', id: 'q1', by: 'terminal' }]).question).toBe(
      undefined,
    );
    expect(summarise([ask('q1')], 'interrupted').question).toBeUndefined();
  });

  it('shows the checks of a host as its steps', () => {
    const { hosts } = summarise([
      { kind: 'check', host: 'attic', name: 'access', status: 'warning', detail: 'by password' },
    ]);
    expect(hosts[0]?.steps).toMatchObject([
      { title: 'access', status: 'ok', detail: 'Warning: by password' },
    ]);
  });

  it('tells how it ended, and what it left undone', () => {
    const end: EventBody = {
      kind: 'run.finished',
      status: 'cancelled',
      summary: 'Cancelled.',
      undone: ['Deploy was not started'],
    };
    const summary = summarise([{ kind: 'host.started', host: 'attic' }, end], 'finished');
    expect(summary).toMatchObject({
      state: 'finished',
      status: 'cancelled',
      undone: ['Deploy was not started'],
      startedAt: '2026-11-22T14:00:00.000Z',
      finishedAt: '2026-11-22T14:00:02.000Z',
      hosts: [{ host: 'attic', status: 'cancelled', summary: 'not finished' }],
    });
    expect(summarise([FINISHED], 'finished')).toMatchObject({ status: 'ok', undone: [] });
  });
});
