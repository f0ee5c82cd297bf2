/** Targets for Prometheus: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#file_sd_config */
import { isIPv6 } from 'node:net';
import type { InventoryHost } from '../../inventory/host.ts';
import { listenAddress } from '../listen.ts';

export type TargetGroup = {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
};

/** Where node_exporter listens. */
const PORT = 9100;

/**
 * Every host's node_exporter, and the monitor itself where it has `metrics`. In `groups` each name
 * stands between commas: `groups=~".*,sensors,.*"` is one group, and no other that ends alike.
 */
export function targetGroups(
  hosts: readonly InventoryHost[],
  project: string,
  metrics: string | number | undefined,
): TargetGroup[] {
  const pis = hosts.map(({ name, address, groups, model, serial }) => ({
    targets: [endpoint(address, PORT)],
    labels: {
      project,
      exporter: 'node',
      name,
      ...(groups.length === 0 ? {} : { groups: `,${groups.join(',')},` }),
      ...(model === undefined ? {} : { model }),
      ...(serial === undefined ? {} : { serial }),
    },
  }));
  if (metrics === undefined) return pis;
  const { host, port } = listenAddress(metrics);
  // Every address of this machine is none to ask.
  const asked = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  const labels = { project, exporter: 'rpi-monitor' };
  return [...pis, { targets: [endpoint(asked, port)], labels }];
}

function endpoint(host: string, port: number): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}
