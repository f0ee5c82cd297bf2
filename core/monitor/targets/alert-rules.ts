/** Alert rules for Prometheus over what node_exporter and our own /metrics measure. */
import { stringify } from 'yaml';
import type { Config } from '../../project/config.ts';

type Limits = Pick<Config['monitor'], 'temperature' | 'disk'>;

type AlertRule = {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: {
    readonly severity: 'critical' | 'warning';
    /** `vitals`: it says that a Pi is not measured. To the monitor anything else is a failing check. */
    readonly signal?: 'vitals';
  };
  readonly annotations: { readonly summary: string };
};

/** The rules as YAML, by the limits of rpi.yml. `project`: letters, digits, _ and - alone. */
export function alertRules(project: string, limits: Limits): string {
  const groups = [{ name: `rpi-${project}`, rules: rulesOf(project, limits) }];
  return `# Written by: rpi monitor targets --write. Changes are lost.\n${stringify({ groups }, { lineWidth: 0 })}`;
}

/** To add an alert, add a line. */
function rulesOf(project: string, { temperature, disk }: Limits): AlertRule[] {
  const node = `project="${project}",exporter="node"`;
  const root = `{${node},mountpoint="/"}`;
  const monitor = `project="${project}",exporter="rpi-monitor"`;
  const name = '{{ $labels.name }}';
  const slowed = 'reason=~"under-voltage|throttled",when="now"';
  return [
    silent('RpiDown', `up{${node}} == 0`, '5m', `${name} does not answer.`),
    critical(
      'RpiMonitorDown',
      `up{${monitor}} == 0`,
      '5m',
      'The project’s monitor does not answer: nobody looks after its Pis.',
    ),
    warning(
      'RpiDisk',
      `100 * (1 - node_filesystem_avail_bytes${root} / node_filesystem_size_bytes${root}) >= ${disk}`,
      '15m',
      `The disk of ${name} is {{ $value | printf "%.0f" }} % full.`,
    ),
    warning(
      'RpiTemperature',
      `max without (zone, type) (node_thermal_zone_temp{${node}}) >= ${temperature}`,
      '5m',
      `${name} is hot: {{ $value | printf "%.0f" }} °C.`,
    ),
    warning(
      'RpiThrottled',
      // Told by the Pi's own exporter, where the role is, or by the project's monitor; once.
      `rpi_node_throttled{${node},${slowed}} == 1 or on (name, reason) label_replace(rpi_host_throttled{${monitor},${slowed}} == 1, "name", "$1", "host", "(.*)")`,
      '1m',
      `${name} says: {{ $labels.reason }}. Look at its power supply and its cooling.`,
    ),
    warning(
      'RpiCard',
      `rpi_node_card_errors{${node}} > 0`,
      '1m',
      `The root file system of ${name} has recorded {{ $value }} errors: its card may be dying.`,
    ),
    warning(
      'RpiTextfile',
      `node_time_seconds{${node}} - on (project, name) node_textfile_mtime_seconds{${node},file=~".*rpi_node.prom"} > 600`,
      '5m',
      `${name} no longer tells what only a Pi knows: systemctl status rpi-node-metrics.timer`,
    ),
    critical(
      'RpiRootReadOnly',
      `node_filesystem_readonly${root} == 1`,
      '2m',
      `The root file system of ${name} is read-only: its card may be dying.`,
    ),
    warning(
      'RpiClock',
      `abs(node_time_seconds{${node}} - timestamp(node_time_seconds{${node}})) >= 30`,
      '10m',
      `The clock of ${name} is off by {{ $value | printf "%.0f" }} s.`,
    ),
  ];
}

function silent(alert: string, expr: string, lasting: string, summary: string): AlertRule {
  const labels = { severity: 'critical', signal: 'vitals' } as const;
  return { alert, expr, for: lasting, labels, annotations: { summary } };
}

function critical(alert: string, expr: string, lasting: string, summary: string): AlertRule {
  return { alert, expr, for: lasting, labels: { severity: 'critical' }, annotations: { summary } };
}

function warning(alert: string, expr: string, lasting: string, summary: string): AlertRule {
  return { alert, expr, for: lasting, labels: { severity: 'warning' }, annotations: { summary } };
}
