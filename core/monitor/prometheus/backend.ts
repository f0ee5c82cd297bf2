/** `monitor.backend: prometheus`: put together from rpi.yml. */
import { join } from 'node:path';
import { RpiError } from '../../errors.ts';
import type { PrometheusSettings } from '../../project/monitor-backend.ts';
import type { ProjectContext } from '../../runs/operation.ts';
import type { Backend } from '../backend.ts';
import { listenAddress } from '../listen.ts';
import { openAlertBook } from './alert-book.ts';
import { createPrometheusApi } from './api.ts';
import { prometheusChart } from './chart.ts';
import { authorizationOf, secretIn } from './secrets.ts';
import { prometheusSight } from './sight.ts';
import { createWebhook } from './webhook.ts';

/** Throws `file.not-readable` and `config.invalid` for secrets that can't be had. */
export async function openPrometheus({ project, signal }: ProjectContext): Promise<Backend> {
  const { id, monitor: limits } = project.config;
  const settings = mustBeSet(limits.prometheus);
  const { root } = project;
  const { listen, token_file: tokenFile } = settings.webhook;
  const authorization = (): Promise<string | undefined> => authorizationOf(settings, root);
  const token = (): Promise<string> => secretIn(root, tokenFile);
  // What can't be read now is told now, and not to Alertmanager.
  await Promise.all([authorization(), token()]);
  const api = createPrometheusApi({
    url: settings.url,
    authorization,
    timeout: limits.timeout * 1000,
  });
  const book = await openAlertBook(join(project.data, 'monitor-alerts.json'), id);
  const webhook = createWebhook(listenAddress(listen), { token, take: book.take });
  return {
    sight: prometheusSight({ api, webhook, book, project: id, limits, signal }),
    chart: (question) => prometheusChart(question, api, id, signal),
    [Symbol.asyncDispose]: () => webhook[Symbol.asyncDispose](),
  };
}

function mustBeSet(settings: PrometheusSettings | undefined): PrometheusSettings {
  if (settings !== undefined) return settings;
  throw new RpiError('config.invalid', 'monitor.prometheus is missing in rpi.yml.', {
    remedy: 'backend: prometheus needs it, with url and webhook; docs/monitor.md shows how.',
  });
}
