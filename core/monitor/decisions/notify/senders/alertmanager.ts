import { bearer, type Sender } from '../sender.ts';

/** Milliseconds an alert stands without being repeated; Alertmanager's own five minutes are few. */
const STANDS = 3_600_000;

/**
 * Alertmanager's API v2: an alert each, told apart by their labels. It groups and repeats by its own
 * rules. `url` is where it is served, without `/api/v2/alerts`.
 */
export const alertmanager: Sender = {
  repeats: true,
  messageOf: ({ alerts, at }, { url, token, project }) => {
    const target = new URL(url);
    target.pathname = `${target.pathname.replace(/\/+$/, '')}/api/v2/alerts`;
    const standing = new Date(Date.parse(at) + STANDS).toISOString();
    const body = alerts.map(({ key, kind, host, summary, startsAt, endsAt }) => ({
      labels: {
        alertname: `rpi_${kind}`,
        project,
        ...(host === undefined ? {} : { host }),
        ...(kind === 'proposal' || kind === 'remedy' ? { [kind]: key.slice(kind.length + 1) } : {}),
      },
      annotations: { summary },
      startsAt,
      endsAt: endsAt ?? standing,
    }));
    return {
      url: target,
      headers: { ...bearer(token), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
  },
};
