/** From the engine's records to what people are told: grouped, told once, and taken back. Pure. */
import * as z from 'zod';
import type { MonitorRecord } from '../record.ts';
import type { Act, Durable } from '../state.ts';

export const ALERT_KINDS = [
  'failed',
  'flapping',
  'proposal',
  'remedy',
  'quarantined',
  'self',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Something that is so until it ends. */
const alert = z.object({
  key: z.string(),
  kind: z.enum(ALERT_KINDS),
  /** The Pi; undefined for what concerns this machine. */
  host: z.string().optional(),
  summary: z.string(),
  /** ISO 8601, UTC. */
  startsAt: z.string(),
  endsAt: z.string().optional(),
});
export type Alert = Readonly<z.infer<typeof alert>>;

export const notification = z.object({
  kind: z.enum(ALERT_KINDS),
  status: z.enum(['firing', 'resolved']),
  title: z.string(),
  text: z.string(),
  /** ISO 8601, UTC. */
  at: z.string(),
  alerts: z.array(alert),
});
export type Notification = Readonly<z.infer<typeof notification>>;

/** An alert as it is kept: `since` is the engine's time of its last change. */
export const held = alert.extend({ told: z.boolean(), since: z.number() });
export type Held = Readonly<z.infer<typeof held>>;

export type NotifyState = { readonly alerts: Readonly<Record<string, Held>> };

/** Milliseconds in which what happens is told together, where rpi.yml says nothing else. */
const GROUP_WAIT = 30_000;
/** The key of what concerns this machine. */
const SELF = 'self ';
/** Names in a title; the rest is counted. */
const NAMES = 5;
const LINES = 20;

/** After a restart: what is so was told before, but for what was kept as untold. */
export function notifyFrom(known: Durable, kept: readonly Held[] = []): NotifyState {
  const startsAt = new Date(known.at).toISOString();
  const told = (kind: AlertKind, host: string | undefined, id: string, summary: string): Held => ({
    ...{ key: `${kind} ${id}`, kind, host, summary, startsAt },
    ...{ told: true, since: known.time },
  });
  const alerts = [
    ...(known.self.ok ? [] : [told('self', undefined, '', known.self.why)]),
    ...Object.entries(known.hosts).flatMap(([host, { state, quarantined, why, open }]) => [
      ...(state === 'failed' || (open && state !== 'healthy')
        ? [told('failed', host, host, why)]
        : []),
      ...(quarantined ? [told('quarantined', host, host, why)] : []),
    ]),
    ...known.acts
      .filter(({ host, status }) => isEnd(status) && known.hosts[host]?.open === true)
      .map(({ id, host, remedy }) => told('remedy', host, id, `${remedy} has ended`)),
    ...known.proposals
      .filter(({ status }) => status === 'open' || status === 'snoozed')
      .map(({ id, host, remedy }) => told('proposal', host, id, `${remedy} is proposed`)),
  ];
  return { alerts: Object.fromEntries([...alerts, ...kept].map((each) => [each.key, each])) };
}

/** What begins or ends and waits to be told together with others. */
export function untold({ alerts }: NotifyState): Held[] {
  return Object.values(alerts).filter(isUntold);
}

/** One interval's records; call it also without any, so that what waits is told. `wait`: milliseconds. */
export function notify(
  state: NotifyState,
  records: readonly MonitorRecord[],
  now: { readonly at: number; readonly time: number },
  wait = GROUP_WAIT,
): { readonly state: NotifyState; readonly notifications: readonly Notification[] } {
  const alerts = new Map(Object.entries(state.alerts));
  for (const entry of records) fold(alerts, entry);
  const notifications: Notification[] = [];
  for (const kind of ALERT_KINDS) {
    for (const status of ['firing', 'resolved'] as const) {
      const waiting = [...alerts.values()].filter(
        (each) => each.kind === kind && isUntold(each) && statusOf(each) === status,
      );
      // Who can't judge anybody has one thing to tell; what was judged just before was the same fault.
      if (kind === 'failed' && status === 'firing' && isBlind(alerts)) continue;
      if (!waiting.some(({ since }) => now.time - since >= wait)) continue;
      notifications.push(notificationOf(kind, status, waiting, now.at));
      for (const each of waiting) {
        if (status === 'resolved') alerts.delete(each.key);
        else alerts.set(each.key, { ...each, told: true });
      }
    }
  }
  return { state: { alerts: Object.fromEntries(alerts) }, notifications };
}

function isBlind(alerts: ReadonlyMap<string, Held>): boolean {
  const self = alerts.get(SELF);
  return self !== undefined && self.endsAt === undefined;
}

/** All that is so and was told, for receivers that forget what is not repeated. */
export function repeated({ alerts }: NotifyState, at: number): Notification[] {
  return ALERT_KINDS.flatMap((kind) => {
    const standing = Object.values(alerts).filter(
      (each) => each.kind === kind && each.told && each.endsAt === undefined,
    );
    return standing.length === 0 ? [] : [notificationOf(kind, 'firing', standing, at)];
  });
}

function statusOf({ endsAt }: Alert): Notification['status'] {
  return endsAt === undefined ? 'firing' : 'resolved';
}

/** Its beginning or its end; what was over before it was told is not held at all. */
function isUntold({ told, endsAt }: Held): boolean {
  return !told || endsAt !== undefined;
}

function fold(alerts: Map<string, Held>, entry: MonitorRecord): void {
  const begin = (kind: AlertKind, id: string, summary: string): void => {
    const key = `${kind} ${id}`;
    const before = alerts.get(key);
    const host = 'host' in entry ? entry.host : undefined;
    const { time: since, at: startsAt } = entry;
    // One whose end was not told yet simply goes on.
    if (before === undefined)
      alerts.set(key, { key, kind, host, summary, startsAt, told: false, since });
    else alerts.set(key, { ...before, summary, endsAt: undefined });
  };
  const end = (kind: AlertKind, id: string): void => {
    const before = alerts.get(`${kind} ${id}`);
    if (before === undefined) return;
    if (before.told) alerts.set(before.key, { ...before, endsAt: entry.at, since: entry.time });
    else alerts.delete(before.key);
  };
  switch (entry.kind) {
    case 'decision.self':
      if (entry.ok) {
        end('self', '');
        // They have the time to be seen healthy again before anybody is told that they are not.
        for (const each of [...alerts.values()])
          if (each.kind === 'failed' && !each.told)
            alerts.set(each.key, { ...each, since: entry.time });
      } else begin('self', '', entry.why);
      break;
    case 'decision.state':
      if (entry.to === 'failed') {
        begin('failed', entry.host, entry.why === '' ? (entry.what ?? 'failing') : entry.why);
        if (entry.flapping) begin('flapping', entry.host, 'it comes and goes');
      } else if (entry.to === 'healthy') end('failed', entry.host);
      break;
    case 'decision.closed':
      end('flapping', entry.host);
      for (const { key, kind, host } of [...alerts.values()]) {
        if (kind === 'remedy' && host === entry.host) end(kind, key.replace(/^remedy /, ''));
      }
      break;
    case 'decision.quarantined':
      begin('quarantined', entry.host, entry.why);
      break;
    case 'decision.released':
      end('quarantined', entry.host);
      break;
    case 'decision.made':
      if (entry.verdict !== 'propose') break;
      // A Pi has one proposal at a time: an older one that was put off is no more.
      for (const { key, kind, host } of [...alerts.values()]) {
        if (kind === 'proposal' && host === entry.host) end(kind, key.replace(/^proposal /, ''));
      }
      begin('proposal', entry.id, `${entry.remedy}: ${entry.inputs.notes.join('; ')}`);
      break;
    case 'proposal.answered':
      if (entry.answer !== 'snooze') end('proposal', entry.id);
      break;
    case 'proposal.ended':
      end('proposal', entry.id);
      break;
    case 'decision.seen':
    case 'decision.clock':
    case 'decision.snapshot':
    case 'remedy.started':
      break;
    case 'remedy.finished':
      if (!isEnd(entry.status)) break;
      begin('remedy', entry.id, `${entry.remedy} ${ENDS[entry.status]}: ${entry.summary}`);
      break;
  }
}

/** What came of a remedy that was begun; who was turned away begins anew. */
const ENDS = { ok: 'was done', failed: 'failed', interrupted: 'was interrupted' } as const;

function isEnd(status: Act['status']): status is keyof typeof ENDS {
  return status !== undefined && status in ENDS;
}

const TITLES: Readonly<Record<AlertKind, Readonly<Record<Notification['status'], string>>>> = {
  failed: { firing: 'failed', resolved: 'healthy again' },
  flapping: { firing: 'comes and goes', resolved: 'steady again' },
  proposal: { firing: 'a remedy waits for your answer', resolved: 'the proposal is settled' },
  remedy: { firing: 'a remedy has ended', resolved: 'the case is closed' },
  quarantined: { firing: 'in quarantine', resolved: 'out of quarantine' },
  self: { firing: 'Nothing is judged', resolved: 'Pis are judged again' },
};

function notificationOf(
  kind: AlertKind,
  status: Notification['status'],
  about: readonly Held[],
  at: number,
): Notification {
  const alerts = about.map(alertOf);
  const hosts = [...new Set(alerts.flatMap(({ host }) => host ?? []))];
  const rest = hosts.length - NAMES;
  const names = hosts.slice(0, NAMES).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  const said = TITLES[kind][status];
  const lines = alerts.map(({ host, summary }) =>
    host === undefined ? summary : `${host}: ${summary}`,
  );
  const more = lines.length - LINES;
  return {
    kind,
    status,
    title: hosts.length === 0 ? said : `${names}: ${said}`,
    text: [...lines.slice(0, LINES), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    at: new Date(at).toISOString(),
    alerts,
  };
}

function alertOf({ key, kind, host, summary, startsAt, endsAt }: Held): Alert {
  return { key, kind, host, summary, startsAt, endsAt };
}
