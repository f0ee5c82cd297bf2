/**
 * Where Prometheus' programs are: the system's, or those that scripts/prometheus.mjs unpacked;
 * undefined where there are none.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from '../scripts/bundles.ts';

const UNPACKED = join(ROOT, '.cache/prometheus/usr/bin');

function find(name: string): string | undefined {
  return [...(process.env['PATH'] ?? '').split(delimiter), UNPACKED]
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

export const PROMETHEUS = find('prometheus');
export const PROMTOOL = find('promtool');
/** The names that Debian gives them. */
export const ALERTMANAGER = find('prometheus-alertmanager');
export const NODE_EXPORTER = find('prometheus-node-exporter');
