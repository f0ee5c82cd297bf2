/**
 * What is asked of Prometheus, in PromQL. node_exporter's names are those of version 1; `rpi_node_`
 * is what the role node_exporter adds (templates/project/roles). Every measure is one value a Pi, by `name`.
 */
import type { KeptSignal } from '../history/signals.ts';

/** `of`: matchers that choose the targets, as they stand between the braces. */
type Measure = (of: string) => string;

function highest(metric: string, more = ''): Measure {
  return (of) => `max by (name) (${metric}{${of}${more}})`;
}

const ROOT = ',mountpoint="/"';

/** To ask for one more thing, add a line, and its reader in snapshot.ts. */
export const MEASURES = {
  up: highest('up'),
  uptime: (of) => `max by (name) (node_time_seconds{${of}} - node_boot_time_seconds{${of}})`,
  load: highest('node_load1'),
  cpus: (of) => `count by (name) (node_cpu_seconds_total{${of},mode="idle"})`,
  temperature: (of) =>
    `max by (name) (rpi_node_temperature_celsius{${of}} or node_thermal_zone_temp{${of}})`,
  memoryTotal: highest('node_memory_MemTotal_bytes'),
  memoryAvailable: highest('node_memory_MemAvailable_bytes'),
  swapTotal: highest('node_memory_SwapTotal_bytes'),
  swapFree: highest('node_memory_SwapFree_bytes'),
  diskTotal: highest('node_filesystem_size_bytes', ROOT),
  diskAvailable: highest('node_filesystem_avail_bytes', ROOT),
  rootReadOnly: highest('node_filesystem_readonly', ROOT),
  inodesTotal: highest('node_filesystem_files', ROOT),
  inodesFree: highest('node_filesystem_files_free', ROOT),
  // When a scrape was made, Prometheus knows by its own clock.
  clockOffset: (of) =>
    `max by (name) (node_time_seconds{${of}} - timestamp(node_time_seconds{${of}}))`,
  throttled: highest('rpi_node_throttled_flags'),
  cardErrors: highest('rpi_node_card_errors'),
  failedUnits: highest('rpi_node_failed_units'),
  /** Seconds since the role's timer wrote its file. */
  age: (of) =>
    `max by (name) (node_time_seconds{${of}}) - max by (name) (node_textfile_mtime_seconds{${of},file=~".*rpi_node.prom"})`,
} as const satisfies Record<string, Measure>;
export type MeasureName = keyof typeof MEASURES;

/** What comes with words: each label set is something that is so. */
const FACTS = {
  info: (of) => `max by (name, board, os, boot_id) (rpi_node_info{${of}})`,
  unit: (of) => `max by (name, unit) (rpi_node_failed_unit{${of}})`,
} as const satisfies Record<string, Measure>;

/** All that one look needs, in one question; `what` tells the answers apart. */
export function everything(project: string): string {
  const of = targetsOf(project);
  const alerts = `max by (name, alertname) (ALERTS{project=${quoted(project)},name!=""})`;
  return [
    ...Object.entries<Measure>({ ...MEASURES, ...FACTS }).map(([what, measure]) =>
      named(what, measure(of)),
    ),
    named('alert', alerts),
  ].join(' or ');
}

function named(what: string, expression: string): string {
  return `label_replace(${expression}, "what", "${what}", "", "")`;
}

function used(total: MeasureName, free: MeasureName): Measure {
  return (of) => `100 * (1 - ${MEASURES[free](of)} / (${MEASURES[total](of)} > 0))`;
}

/** A signal of the history as Prometheus has it; one that is missing only our own looks know. */
const CHARTS: Partial<Record<KeptSignal, Measure>> = {
  temperature: MEASURES.temperature,
  load: MEASURES.load,
  memory: used('memoryTotal', 'memoryAvailable'),
  swap: used('swapTotal', 'swapFree'),
  disk: used('diskTotal', 'diskAvailable'),
  inodes: used('inodesTotal', 'inodesFree'),
  slowed: (of) => `100 * max by (name) (rpi_node_throttled{${of},when="now"})`,
  clock: MEASURES.clockOffset,
  card_errors: MEASURES.cardErrors,
  failed_units: MEASURES.failedUnits,
  vitals: (of) => `100 * ${MEASURES.up(of)}`,
};

/** The expression of a Pi's chart; undefined for what Prometheus does not have. */
export function chartOf(signal: KeptSignal, project: string, host: string): string | undefined {
  return CHARTS[signal]?.(`${targetsOf(project)},name=${quoted(host)}`);
}

/** Those that `rpi monitor targets` writes. */
function targetsOf(project: string): string {
  return `project=${quoted(project)},exporter="node"`;
}

/** PromQL's strings have the escapes of Go's, which know all of JSON's. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
