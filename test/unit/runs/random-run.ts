/** Random runs: events of every kind, as they might stand in a journal. */
import fc from 'fast-check';
import type { Event, EventBody } from '../../../core/runs/event.ts';

const host = fc.constantFrom('attic', 'cellar', 'kitchen');
const step = fc.constantFrom('provision', 'deploy', 'login');
const maybeHost = fc.option(host, { nil: undefined });
const status = fc.constantFrom('ok', 'changed', 'failed', 'skipped', 'refused', 'cancelled');
const text = fc.string({ maxLength: 8 });
const error = fc.option(
  fc.record({
    code: fc.constantFrom(
      'ssh.timeout',
      'ssh.refused-login',
      'ssh.host-key-changed',
      'access.locked',
      'command.failed',
    ),
    message: text,
  }),
  { nil: undefined },
);
const count = fc.nat({ max: 2 });

const body = fc.oneof(
  fc.record({ kind: fc.constant('host.started'), host }),
  fc.record({ kind: fc.constant('host.finished'), host, status, summary: text, error }),
  fc.record({ kind: fc.constant('step.started'), host: maybeHost, step, title: text }),
  fc.record({ kind: fc.constant('step.progress'), host: maybeHost, step, done: count }),
  fc.record({ kind: fc.constant('step.intended'), host: maybeHost, step, what: text }),
  fc.record({ kind: fc.constant('step.finished'), host: maybeHost, step, status, detail: text }),
  fc.record({
    kind: fc.constant('check'),
    host: maybeHost,
    name: fc.constantFrom('access', 'group'),
    status: fc.constantFrom('ok', 'warning', 'failed', 'skipped'),
    detail: text,
    code: fc.constantFrom('access.locked', 'ssh.unreachable', undefined),
  }),
  fc.record({
    kind: fc.constant('vitals'),
    host,
    vitals: fc.record({ temperature: fc.integer({ min: 20, max: 90 }) }),
  }),
  fc.record({
    kind: fc.constant('question'),
    id: fc.constantFrom('q1', 'q2'),
    question: fc.record({ type: fc.constant('yes-no'), text }),
  }),
  fc.record({ kind: fc.constant('answer'), id: fc.constantFrom('q1', 'q2'), by: text }),
  fc.record({ kind: fc.constant('log'), level: fc.constant('info'), text }),
  fc.record({ kind: fc.constant('output'), stream: fc.constant('stdout'), text }),
  fc.record({ kind: fc.constant('ansible.play'), step, play: text, hosts: fc.array(host) }),
  fc.record({
    kind: fc.constant('ansible.task'),
    step,
    task: text,
    action: fc.constantFrom('ansible.builtin.apt', 'debug'),
  }),
  fc.record({
    kind: fc.constant('ansible.result'),
    step,
    host,
    task: fc.constantFrom('one', 'two'),
    status: fc.constantFrom('ok', 'changed', 'failed', 'unreachable', 'skipped'),
    ignored: fc.boolean(),
    rescued: fc.boolean(),
    item: fc.constantFrom('x', undefined),
    path: fc.constantFrom('/p/a.yml', 'b.yml', undefined),
    line: fc.constantFrom(3, undefined),
  }),
  fc.record({
    kind: fc.constant('ansible.stats'),
    step,
    hosts: fc.dictionary(
      host,
      fc.record({
        ok: count,
        changed: count,
        unreachable: count,
        failed: count,
        skipped: count,
        rescued: count,
        ignored: count,
      }),
    ),
  }),
);

/** The events of one run; its first is `run.started`, and its last often `run.finished`. */
export const randomRun: fc.Arbitrary<Event[]> = fc
  .tuple(
    fc.array(body, { maxLength: 25 }),
    fc.boolean(),
    fc.constantFrom('provision', 'monitor', 'access check', 'access enroll', 'inventory add'),
    fc.boolean(),
    fc.integer({ min: 0, max: 50 }),
  )
  .map(([bodies, ends, command, dryRun, minute]) => {
    const id = `20261122T14${String(minute).padStart(2, '0')}00000Z-random-000001`;
    // The generators say what the schema says, which the compiler can't follow through `record`.
    const middle = bodies as EventBody[];
    return stamped(id, Date.UTC(2026, 10, 22, 14, minute), [
      { ...STARTED, command, dryRun },
      ...middle,
      ...(ends ? [FINISHED] : []),
    ]);
  });

export const STARTED: Extract<EventBody, { kind: 'run.started' }> = {
  kind: 'run.started',
  command: 'provision',
  args: [],
  pid: process.pid,
  project: '/p',
  version: '1.0.0',
  dryRun: false,
};

export const FINISHED: EventBody = {
  kind: 'run.finished',
  status: 'ok',
  summary: 'Done.',
  undone: [],
};

/** The bodies as events of a run, a second apart. */
export function stamped(run: string, start: number, bodies: readonly EventBody[]): Event[] {
  return bodies.map((each, seq) => ({
    v: 1,
    run,
    seq,
    at: new Date(start + seq * 1000).toISOString(),
    ...each,
  }));
}
