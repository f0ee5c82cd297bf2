/**
 * The fleet as a Prometheus measures it, and as Alertmanager tells of it. A Pi is looked at by the
 * monitor itself only while an alert accuses it: an alert alone is one sign, and no reason to act.
 */
import { reportOf, RpiError, type ErrorReport } from '../../errors.ts';
import type { InventoryHost } from '../../inventory/host.ts';
import type { Config } from '../../project/config.ts';
import type { Observation } from '../watch/observation.ts';
import type { Sight, Survey } from '../watch/sight.ts';
import { signsOf } from '../watch/tell.ts';
import type { AlertBook } from './alert-book.ts';
import { accuses, isBorneOut, type HeldAlert } from './alerts.ts';
import type { PrometheusApi } from './api.ts';
import { everything } from './measures.ts';
import { snapshotOf, UNKNOWN_TARGET, type Scraped } from './snapshot.ts';
import type { Webhook } from './webhook.ts';

export type PrometheusTools = {
  readonly api: PrometheusApi;
  readonly webhook: Pick<Webhook, 'listen'>;
  readonly book: AlertBook;
  readonly project: string;
  readonly limits: Config['monitor'];
  readonly signal: AbortSignal;
};

export function prometheusSight(tools: PrometheusTools): Sight {
  const { api, webhook, book, project, limits, signal } = tools;
  const expression = everything(project);
  let last: ReadonlyMap<string, Observation> = new Map();
  return {
    survey: async (hosts, now) => {
      const webhookTrouble = await webhook.listen();
      let snapshot: ReadonlyMap<string, Scraped>;
      try {
        snapshot = snapshotOf(await api.query(expression, signal));
      } catch (error) {
        if (!RpiError.is(error) || RpiError.is(error, 'run.cancelled')) throw error;
        return nothingKnown(reportOf(error), last, now, webhookTrouble);
      }
      const bookTrouble = await settled(book, snapshot, hosts);
      const scrapedOf = (host: string): Scraped => snapshot.get(host) ?? UNKNOWN_TARGET;
      const seen = new Map<string, Observation>();
      last = seen;
      return {
        source: 'yes',
        troubles: new Map([
          ['Prometheus', undefined],
          ['webhook', webhookTrouble],
          ['list of alerts', bookTrouble],
        ]),
        seen: (host) => {
          const scraped = scrapedOf(host.name);
          const alerts = book.of(host.name);
          if (alerts.some((alert) => accuses(alert, scraped))) return undefined;
          const observation = measured(host, scraped, alerts, { now, limits });
          seen.set(host.name, observation);
          return observation;
        },
        beside: (own) => {
          const observation = withAlerts(own, scrapedOf(own.host), book.of(own.host));
          seen.set(own.host, observation);
          return observation;
        },
      };
    },
  };
}

async function settled(
  book: AlertBook,
  snapshot: ReadonlyMap<string, Scraped>,
  hosts: readonly InventoryHost[],
): Promise<string | undefined> {
  try {
    await book.settle(snapshot, new Set(hosts.map(({ name }) => name)));
    return undefined;
  } catch (error) {
    if (!RpiError.is(error)) throw error;
    return reportOf(error).message;
  }
}

const UNASKED: Observation['signals'] = {
  neighbour: 'unknown',
  tcp22: 'unknown',
  ssh: 'unknown',
  vitals: 'unknown',
  checks: 'unknown',
};

/** Nobody is judged then; what was last known of the Pis stands. */
function nothingKnown(
  error: ErrorReport,
  last: ReadonlyMap<string, Observation>,
  { at, monotonic }: { readonly at: number; readonly monotonic: number },
  webhookTrouble: string | undefined,
): Survey {
  return {
    source: 'no',
    troubles: new Map([
      ['Prometheus', error.message],
      ['webhook', webhookTrouble],
    ]),
    seen: ({ name: host, address, groups }) => {
      const { state, reasons } = last.get(host) ?? {
        state: 'warning',
        reasons: [error.message],
      };
      const about = { host, address, groups: [...groups], at, monotonic };
      return { ...about, state, reasons, signals: UNASKED, checks: [] };
    },
    beside: (own) => own,
  };
}

/** A Pi that no alert accuses, as Prometheus knows it. */
function measured(
  { name: host, address, groups }: InventoryHost,
  scraped: Scraped,
  alerts: readonly HeldAlert[],
  {
    now,
    limits,
  }: {
    readonly now: { readonly at: number; readonly monotonic: number };
    readonly limits: Config['monitor'];
  },
): Observation {
  const { up, vitals, signs } = scraped;
  const about = { host, address, groups: [...groups], ...now, checks: [] };
  const said = alerts.filter((alert) => isBorneOut(alert, scraped)).map(wordsOf);
  if (up === true) {
    const reasons = [...signsOf({ vitals, signs, checks: [] }, limits), ...said.map(toWarning)];
    const state = reasons.length === 0 ? 'healthy' : 'warning';
    const signals = { ...UNASKED, vitals: 'yes' } as const;
    return { ...about, state, reasons: reasons.map(({ text }) => text), signals, vitals, signs };
  }
  const error = up === undefined ? noTarget(host) : notScraped(host);
  const signals = { ...UNASKED, vitals: up === undefined ? 'unknown' : 'no' } as const;
  const reasons = [error.message, ...said];
  return { ...about, state: up === undefined ? 'warning' : 'unreachable', reasons, signals, error };
}

/** A look of our own at a Pi, with what its alerts say beside it. */
function withAlerts(own: Observation, scraped: Scraped, alerts: readonly HeldAlert[]): Observation {
  const borneOut = alerts.filter((alert) => isBorneOut(alert, scraped));
  const failing = borneOut.filter((each) => each.signal === 'checks' && accuses(each, scraped));
  const signals = { ...own.signals };
  if (failing.length > 0) signals.checks = 'no';
  const isSilent = signals.ssh === 'no' && signals.tcp22 === 'no';
  const checks = [
    ...own.checks,
    ...failing.map(({ alert, text }) => ({ name: alert, ok: false, detail: text })),
  ];
  const said = borneOut.map((alert) =>
    // What we measure ourselves is not gone: it is its exporter, or the way from there.
    alert.signal === 'vitals' && own.signals.vitals === 'yes'
      ? `${wordsOf(alert)} (It answers rpi: look at its exporter.)`
      : wordsOf(alert),
  );
  return {
    ...own,
    signals,
    checks,
    reasons: [...own.reasons, ...said],
    state: own.state === 'healthy' && said.length > 0 ? 'warning' : own.state,
    ...(isSilent && scraped.up === true ? { witnesses: [{ host: 'Prometheus', sees: true }] } : {}),
  };
}

function wordsOf({ alert, text }: HeldAlert): string {
  return `${alert}: ${text}`;
}

function toWarning(text: string): { readonly kind: string; readonly text: string } {
  return { kind: 'alert', text };
}

function notScraped(host: string): ErrorReport {
  return {
    code: 'monitor.not-scraped',
    message: `Prometheus can’t measure ${host}; no alert says yet that it failed.`,
    remedy: `Is its exporter running? rpi ssh ${host} -- systemctl status prometheus-node-exporter`,
  };
}

function noTarget(host: string): ErrorReport {
  return {
    code: 'monitor.not-scraped',
    message: `Prometheus has no target ${host}.`,
    remedy:
      'Write the targets again, where its file_sd reads them: rpi monitor targets --write DIR',
  };
}
