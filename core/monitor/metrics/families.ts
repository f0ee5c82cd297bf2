/** What the monitor tells Prometheus: numbers and names, no sentences and no secrets. */
import type { Answer, Observation } from '../watch/observation.ts';
import { seenState } from '../watch/observation.ts';
import type { MonitorStatus } from '../daemon/control.ts';
import type { Family, Sample } from './exposition.ts';
import type { LookDurations } from './look-durations.ts';

/** Everything; the daemon first, then its Pis. */
export function familiesOf(status: MonitorStatus, looks: LookDurations): Family[] {
  return [
    ...ofDaemon(status),
    looks.family(),
    ...GAUGES.map(({ name, help, read }) =>
      gauge(
        `rpi_host_${name}`,
        help,
        status.hosts.flatMap((seen) => samplesOf(seen, read)),
      ),
    ),
    ...ofHosts(status.hosts),
    gauge(
      'rpi_host_proposal',
      'Remedies that wait for an answer.',
      status.proposals.map(({ host, remedy }) => ({ labels: { host, remedy }, value: 1 })),
    ),
  ];
}

function ofDaemon({ version, since, interval, lookedAt, self, faults, proposals }: MonitorStatus) {
  return [
    gauge('rpi_monitor_info', 'The monitor that answers.', [{ labels: { version }, value: 1 }]),
    gauge('rpi_monitor_start_time_seconds', 'When it began.', [{ value: seconds(since) }]),
    gauge('rpi_monitor_interval_seconds', 'Time between two looks.', [{ value: interval }]),
    gauge(
      'rpi_monitor_last_look_timestamp_seconds',
      'When the last look began.',
      lookedAt === undefined ? [] : [{ value: seconds(lookedAt) }],
    ),
    gauge('rpi_monitor_faults', 'What keeps it from all of its work.', [{ value: faults.length }]),
    gauge('rpi_monitor_proposals', 'Remedies that wait.', [{ value: proposals.length }]),
    gauge(
      'rpi_monitor_self',
      'Whether this machine has a link, and its gateway answers.',
      self === undefined
        ? []
        : [...answered('link', self.link), ...answered('gateway', self.gateway)].map(
            ({ name, value }) => ({ labels: { sign: name }, value }),
          ),
    ),
  ];
}

function ofHosts(hosts: readonly Observation[]): Family[] {
  return [
    gauge(
      'rpi_host_info',
      'Every watched Pi.',
      hosts.map(({ host, address, vitals }) => ({
        labels: { host, address, model: vitals?.model ?? '', os: vitals?.os ?? '' },
        value: 1,
      })),
    ),
    gauge(
      'rpi_host_group',
      'Groups of the inventory that it is in.',
      hosts.flatMap(({ host, groups }) =>
        groups.map((group) => ({ labels: { host, group }, value: 1 })),
      ),
    ),
    gauge(
      'rpi_host_state',
      '1 for the state that it is in.',
      hosts.flatMap(({ host, state }) =>
        seenState.options.map((each) => ({
          labels: { host, state: each },
          value: each === state ? 1 : 0,
        })),
      ),
    ),
    gauge(
      'rpi_host_signal',
      '1 where a sign speaks for it, 0 where against; absent where nobody can tell.',
      hosts.flatMap(({ host, signals }) =>
        Object.entries(signals).flatMap(([name, answer]) =>
          answered(name, answer).map(({ value }) => ({ labels: { host, signal: name }, value })),
        ),
      ),
    ),
    gauge(
      'rpi_host_check',
      '1 where a check of the project is fine.',
      hosts.flatMap(({ host, checks }) =>
        // Of two with one name the failing one counts.
        [...checks]
          .sort((a, b) => Number(a.ok) - Number(b.ok))
          .map(({ name, ok }) => ({ labels: { host, check: name }, value: ok ? 1 : 0 })),
      ),
    ),
    gauge('rpi_host_throttled', '1 where the firmware says so.', hosts.flatMap(throttling)),
  ];
}

type Read = (seen: Observation) => number | boolean | undefined;

/** To add a number of a Pi, add a line. What could not be read is absent. */
const GAUGES: readonly { readonly name: string; readonly help: string; readonly read: Read }[] = [
  {
    name: 'planned',
    help: '1 while a run works on it, or its label says so.',
    read: (h) => h.planned !== undefined,
  },
  { name: 'uptime_seconds', help: 'Since its boot.', read: (h) => h.vitals?.uptime },
  { name: 'load1', help: 'Load average of a minute.', read: (h) => h.vitals?.load },
  { name: 'cpus', help: 'Its processor cores.', read: (h) => h.vitals?.cpus },
  { name: 'temperature_celsius', help: 'Of the processor.', read: (h) => h.vitals?.temperature },
  { name: 'memory_size_bytes', help: 'Memory.', read: (h) => h.vitals?.memoryTotal },
  {
    name: 'memory_available_bytes',
    help: 'Memory that programs can get.',
    read: (h) => h.vitals?.memoryAvailable,
  },
  { name: 'root_size_bytes', help: 'Root file system.', read: (h) => h.vitals?.diskTotal },
  {
    name: 'root_available_bytes',
    help: 'What is free of it.',
    read: (h) => h.vitals?.diskAvailable,
  },
  { name: 'root_read_only', help: '1 if so.', read: (h) => h.vitals?.rootReadOnly },
  { name: 'root_inodes', help: 'Of the root file system.', read: (h) => h.signs?.inodesTotal },
  { name: 'root_inodes_free', help: 'What is free of them.', read: (h) => h.signs?.inodesFree },
  { name: 'under_voltage', help: '1 now.', read: (h) => h.vitals?.underVoltage },
  { name: 'swap_size_bytes', help: 'Swap space.', read: (h) => h.signs?.swapTotal },
  { name: 'swap_free_bytes', help: 'What is free of it.', read: (h) => h.signs?.swapFree },
  {
    name: 'updates_pending',
    help: 'Packages that could be upgraded, by the lists it has.',
    read: (h) => h.signs?.updates?.pending,
  },
  {
    name: 'updates_security_pending',
    help: 'Of these, for security.',
    read: (h) => h.signs?.updates?.security,
  },
  { name: 'failed_units', help: 'systemd units.', read: (h) => h.signs?.failedUnits?.length },
  {
    name: 'card_errors',
    help: 'Errors of the root file system that the kernel has counted.',
    read: (h) => h.signs?.cardErrors,
  },
  {
    name: 'clock_offset_seconds',
    help: 'What its clock is ahead of the monitor’s.',
    read: (h) => h.signs?.clockOffset,
  },
];

function samplesOf(seen: Observation, read: Read): Sample[] {
  const value = read(seen);
  return value === undefined ? [] : [{ labels: { host: seen.host }, value: Number(value) }];
}

/** The bits of `vcgencmd get_throttled`, and 16 higher what was so since the boot. */
const FIRMWARE = [
  [0x1, 'under-voltage'],
  [0x2, 'capped'],
  [0x4, 'throttled'],
  [0x8, 'hot'],
] as const;

function throttling({ host, vitals }: Observation): Sample[] {
  const bits = vitals?.throttled;
  if (bits === undefined) return [];
  return FIRMWARE.flatMap(([bit, reason]) =>
    (['now', 'boot'] as const).map((when) => ({
      labels: { host, reason, when },
      value: ((when === 'now' ? bits : bits >> 16) & bit) === 0 ? 0 : 1,
    })),
  );
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: 'gauge', help, samples };
}

function answered(name: string, answer: Answer): { name: string; value: number }[] {
  return answer === 'unknown' ? [] : [{ name, value: answer === 'yes' ? 1 : 0 }];
}

function seconds(time: string): number {
  return Date.parse(time) / 1000;
}
