/** News of the watch as events of its run: the journal of a run holds changes, not measurements. */
import type { EventBody } from '../../runs/event.ts';
import type { MonitorRecord } from '../decisions/record.ts';
import type { Observation } from '../watch/observation.ts';
import type { News } from '../watch/tell.ts';

export function eventsOf(news: News, hosts: readonly Observation[]): EventBody[] {
  const { host } = news;
  switch (news.kind) {
    case 'watch.state': {
      const seen = hosts.find((each) => each.host === host);
      const summary = [news.to, ...news.reasons.slice(0, 3)].join(': ');
      const measured: EventBody[] =
        seen?.vitals === undefined ? [] : [{ kind: 'vitals', host, vitals: seen.vitals }];
      const error = seen?.error;
      const status = error === undefined ? 'ok' : 'failed';
      return [
        ...measured,
        {
          kind: 'host.finished',
          host,
          status,
          summary,
          ...(error === undefined ? {} : { error }),
        },
      ];
    }
    case 'watch.reboot':
      return news.planned === undefined
        ? [said(host, 'warn', 'rebooted, and nobody asked for it')]
        : [said(host, 'info', `rebooted during ${news.planned}`)];
    case 'watch.sign':
      return [
        news.began ? said(host, 'warn', news.text) : said(host, 'info', `no longer: ${news.text}`),
      ];
  }
}

/** Decisions that a person should see; the journal has all of them. */
export function decisionEvents(record: MonitorRecord): EventBody[] {
  switch (record.kind) {
    case 'decision.state': {
      if (record.from === 'unknown' && record.to === 'healthy') return [];
      const level = record.to === 'failed' ? 'warn' : 'info';
      return [said(record.host, level, `judged ${record.to}: ${record.why}`)];
    }
    case 'decision.self':
      return record.ok
        ? [{ kind: 'log', level: 'info', step: 'watch', text: 'This machine’s network is back.' }]
        : [{ kind: 'log', level: 'warn', step: 'watch', text: `Nothing is judged: ${record.why}` }];
    case 'decision.made':
      return record.verdict === 'propose'
        ? [
            said(
              record.host,
              'warn',
              `proposed: ${record.remedy} (${record.id}; rpi monitor explain ${record.host} tells why, rpi monitor approve ${record.id} has it done)`,
            ),
          ]
        : [];
    case 'proposal.answered':
      return [said(record.host, 'info', `${record.by} answered ${record.id}: ${record.answer}`)];
    case 'remedy.started':
      return [said(record.host, 'warn', `begun: ${record.remedy}${byRun(record.run)}`)];
    case 'remedy.finished':
      return [
        said(
          record.host,
          record.status === 'ok' ? 'info' : 'warn',
          `${ENDED[record.status]}: ${record.remedy}${byRun(record.run)}: ${record.summary}`,
        ),
      ];
    case 'decision.closed':
      return [said(record.host, 'info', `the case is closed: ${record.why}`)];
    case 'decision.quarantined':
      return [said(record.host, 'warn', `in quarantine: ${record.why}`)];
    default:
      return [];
  }
}

const ENDED = {
  ok: 'done',
  failed: 'failed',
  interrupted: 'interrupted',
  refused: 'turned away',
  dropped: 'not begun',
} as const;

function byRun(run: string | undefined): string {
  return run === undefined ? '' : ` (run ${run})`;
}

function said(host: string, level: 'info' | 'warn', text: string): EventBody {
  return { kind: 'log', level, host, step: 'watch', text };
}
