/**
 * The alerts that Alertmanager has told of, until they are over. Neither “firing” nor “resolved” is
 * believed without asking Prometheus: alerts of a target that vanished are resolved, too. Pure.
 */
import * as z from 'zod';
import { plain, UNKNOWN_TARGET, type Scraped } from './snapshot.ts';

/** Which sign of a Pi an alert speaks of, by its label `signal`: measurements, or all else. */
const signal = z.enum(['vitals', 'checks']);

const heldAlert = z.object({
  /** Alertmanager's fingerprint: the same for as long as the labels are. */
  id: z.string(),
  host: z.string(),
  /** Its name, and what it says. */
  alert: z.string(),
  text: z.string(),
  signal,
  /** Those that are critical count as failures; the others are told. */
  critical: z.boolean(),
  /** ISO 8601. */
  startsAt: z.string(),
  told: z.enum(['firing', 'resolved']),
  /** How often in a row Prometheus measured its Pi and did not list it among its alerts. */
  missed: z.number(),
});
export type HeldAlert = z.infer<typeof heldAlert>;

export const heldAlerts = z.array(heldAlert);

/** Alertmanager's webhook, version 4: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export const webhookMessage = z.object({
  version: z.literal('4'),
  /** How many `max_alerts` has left out. */
  truncatedAlerts: z.number().int().min(0).default(0),
  alerts: z.array(
    z.object({
      status: z.enum(['firing', 'resolved']),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()).default({}),
      startsAt: z.string(),
      fingerprint: z.string().min(1).max(200),
    }),
  ),
});
export type WebhookMessage = z.infer<typeof webhookMessage>;

/** Of one project; beyond it nobody can be told apart anyway. */
export const MOST_ALERTS = 10_000;

/** So often it is missed before it counts as over without a word: one may come while we ask. */
const MISSED = 3;

/** What the monitor itself sends to Alertmanager comes back from there, and says nothing new. */
const OWN = /^rpi_/;

/** What is held once `message` was told. Alerts of other projects, or of no Pi, are not. */
export function told(
  held: readonly HeldAlert[],
  message: WebhookMessage,
  project: string,
): readonly HeldAlert[] {
  const alerts = new Map(held.map((each) => [each.id, each]));
  for (const given of message.alerts) {
    const { alertname = '', name: host = '' } = given.labels;
    if (given.labels['project'] !== project || host === '' || OWN.test(alertname)) continue;
    const before = alerts.get(given.fingerprint);
    if (given.status === 'resolved') {
      // What was over before we heard of it never was.
      if (before !== undefined) alerts.set(before.id, { ...before, told: 'resolved' });
      continue;
    }
    alerts.set(given.fingerprint, {
      id: given.fingerprint,
      host,
      alert: plain(alertname) ?? 'alert',
      text: plain(given.annotations['summary'] ?? given.annotations['description']) ?? 'no summary',
      signal: signal.catch('checks').parse(given.labels['signal']),
      critical: given.labels['severity'] === 'critical',
      startsAt: given.startsAt,
      told: 'firing',
      missed: 0,
    });
  }
  return [...alerts.values()];
}

/**
 * What is still held once Prometheus was asked. An alert is over when its Pi is measured and
 * Prometheus does not list it: at once where it was said to be resolved, else, for a word that was
 * lost, after a few times. What hosts are no longer in the inventory had is dropped.
 */
export function standing(
  held: readonly HeldAlert[],
  snapshot: ReadonlyMap<string, Scraped>,
  hosts: ReadonlySet<string>,
): readonly HeldAlert[] {
  return held.flatMap((each) => {
    if (!hosts.has(each.host)) return [];
    const scraped = snapshot.get(each.host) ?? UNKNOWN_TARGET;
    if (isBorneOut(each, scraped)) return each.missed === 0 ? [each] : [{ ...each, missed: 0 }];
    const missed = each.missed + 1;
    return each.told === 'resolved' || missed >= MISSED ? [] : [{ ...each, missed }];
  });
}

/** Whether Prometheus lists the alert; of a Pi that it does not measure it can't tell. */
export function isBorneOut({ alert }: HeldAlert, { up, alerts }: Scraped): boolean {
  return alerts.has(alert) || up !== true;
}

/** Whether it speaks for a failure of its Pi. */
export function accuses(alert: HeldAlert, scraped: Scraped): boolean {
  return alert.critical && isBorneOut(alert, scraped);
}
