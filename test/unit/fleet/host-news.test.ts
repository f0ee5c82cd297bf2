import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../core/errors.ts';
import { joinNews, newsOfRun, type HostNews } from '../../../core/fleet/host-news.ts';
import type { EventBody } from '../../../core/runs/event.ts';
import { randomRun, stamped, STARTED } from '../runs/random-run.ts';

const START = Date.UTC(2026, 10, 22, 14);

function newsOf(command: string, bodies: readonly EventBody[], dryRun = false): HostNews {
  const events = stamped('r1', START, [{ ...STARTED, command, dryRun }, ...bodies]);
  const news = newsOfRun(events).hosts.get('attic');
  if (news === undefined) throw new Error('Nothing is told of attic.');
  return news;
}

const finished = (status: 'ok' | 'failed', code?: ErrorCode): EventBody => ({
  kind: 'host.finished',
  host: 'attic',
  status,
  summary: 'says so',
  ...(code === undefined ? {} : { error: { code, message: 'no' } }),
});
const result = (
  status: 'ok' | 'failed' | 'unreachable',
  more: { ignored?: boolean } = {},
): EventBody => ({
  kind: 'ansible.result',
  host: 'attic',
  task: 'Install',
  status,
  ignored: false,
  rescued: false,
  ...more,
});

describe('the news of hosts', () => {
  it('are the same in whatever order the runs are read', () => {
    fc.assert(
      fc.property(fc.array(randomRun, { maxLength: 5 }), fc.nat(), (runs, turn) => {
        const news = runs.map((events) => newsOfRun(events).hosts);
        const at = turn % (news.length + 1);
        const turned = [...news.slice(at), ...news.slice(0, at)].reverse();
        const byName = (joined: Map<string, HostNews>) => new Map([...joined].sort());
        expect(byName(joinNews(turned))).toEqual(byName(joinNews(news)));
        expect(byName(joinNews([...news, ...news]))).toEqual(byName(joinNews(news)));
      }),
    );
  });

  it('are the same whether a journal is read at once or in parts', () => {
    fc.assert(
      fc.property(randomRun, fc.nat(), (events, cut) => {
        const at = cut % (events.length + 1);
        const parts = newsOfRun(events.slice(at), newsOfRun(events.slice(0, at)));
        expect(parts).toEqual(newsOfRun(events));
      }),
    );
  });

  it('keep the last vitals, which also say that it let us in', () => {
    const vitals = (temperature: number): EventBody => ({
      kind: 'vitals',
      host: 'attic',
      vitals: { temperature },
    });
    expect(newsOf('monitor', [vitals(50), vitals(60)])).toMatchObject({
      vitals: { at: '2026-11-22T14:00:02.000Z', vitals: { temperature: 60 } },
      contact: { contact: 'in' },
      letIn: { at: '2026-11-22T14:00:02.000Z' },
      work: undefined,
    });
  });

  it.each([
    ['ssh.timeout', 'unreachable'],
    ['ssh.unreachable', 'unreachable'],
    ['access.locked', 'locked'],
    ['ssh.host-key-changed', 'locked'],
    ['ssh.host-key-unknown', 'needs-key'],
    ['ssh.refused-login', 'refused'],
  ] as const)('tell by the code %s that it was %s', (code, contact) => {
    expect(newsOf('monitor', [finished('failed', code)]).contact?.contact).toBe(contact);
  });

  it('take a command that failed on the Pi for a login, and for no failure of the Pi', () => {
    const news = newsOf('exec', [finished('failed', 'command.failed')]);
    expect(news).toMatchObject({ contact: { contact: 'in' }, work: undefined });
  });

  it('take a remedy of the monitor for work, and a power switch for no login', () => {
    const reboot = newsOf('monitor reboot', [finished('ok')]);
    expect(reboot).toMatchObject({ contact: { contact: 'in' }, work: { status: 'ok' } });
    const power = newsOf('monitor power-cycle', [finished('ok')]);
    expect(power).toMatchObject({ contact: undefined, letIn: undefined });
  });

  it('say nothing of access where the host was in use by another run', () => {
    expect(newsOf('access enroll', [finished('failed', 'lock.held')]).contact).toBeUndefined();
  });

  it('tell how access check found it', () => {
    const check = (status: 'ok' | 'warning' | 'failed', code?: ErrorCode): EventBody => ({
      kind: 'check',
      host: 'attic',
      name: 'access',
      status,
      detail: 'so it is',
      ...(code === undefined ? {} : { code }),
    });
    const contact = (...check_: Parameters<typeof check>) =>
      newsOf('access check', [check(...check_)]).contact?.contact;
    expect(contact('ok')).toBe('in');
    expect(contact('warning')).toBe('needs-key');
    expect(contact('failed', 'access.locked')).toBe('locked');
    expect(contact('failed', 'ssh.timeout')).toBe('unreachable');
  });

  it('take no adoption for a login', () => {
    const news = newsOf('inventory add', [finished('ok')]);
    expect(news).toMatchObject({ contact: undefined, letIn: undefined, work: undefined });
    expect(news.run?.command).toBe('inventory add');
  });

  it('take no task that Ansible does at home for a login', () => {
    const task = (action: string): EventBody => ({ kind: 'ansible.task', task: 'T', action });
    expect(newsOf('deploy', [task('debug'), result('ok')]).letIn).toBeUndefined();
    expect(newsOf('deploy', [task('ansible.builtin.apt'), result('ok')]).letIn).toBeDefined();
  });

  it('tell the task that failed, and that it is mended by a later good run', () => {
    const bad = stamped('r1', START, [STARTED, result('failed')]);
    const stats = {
      ok: 1,
      changed: 0,
      unreachable: 0,
      failed: 0,
      skipped: 0,
      rescued: 0,
      ignored: 0,
    };
    const good = stamped('r2', START + 60_000, [
      STARTED,
      { kind: 'ansible.stats', hosts: { attic: stats } },
    ]);
    expect(newsOfRun(bad).hosts.get('attic')).toMatchObject({
      work: { status: 'failed', command: 'provision', summary: 'Install: failed' },
      failure: { task: 'Install' },
    });
    const both = joinNews([newsOfRun(good).hosts, newsOfRun(bad).hosts]).get('attic');
    expect(both?.work).toMatchObject({ status: 'ok', run: 'r2' });
  });

  it('tell the item that failed, and not only that one did', () => {
    const loop = { ...result('failed'), message: 'One or more items failed' };
    const item = { ...result('failed'), item: 'vim', message: 'no such package' };
    expect(newsOf('deploy', [item as EventBody, loop as EventBody])).toMatchObject({
      work: { summary: 'Install: vim: no such package' },
      failure: { message: 'vim: no such package' },
    });
  });

  it('count no failure that Ansible ignored, and no dry run as work', () => {
    expect(newsOf('deploy', [result('failed', { ignored: true })]).work).toBeUndefined();
    expect(newsOf('access enroll', [finished('failed', 'access.setup-failed')], true).work).toBe(
      undefined,
    );
  });
});
