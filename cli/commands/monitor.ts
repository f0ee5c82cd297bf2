import type { Command } from 'commander';
import colors from 'picocolors';
import { RpiError } from '../../core/errors.ts';
import { diskUsed, memoryUsed, powerOf } from '../../core/monitor/judge.ts';
import type { HostHealth, HostState, RoundOutcome } from '../../core/monitor/round.ts';
import type { Vitals } from '../../core/runs/event.ts';
import { executeInProject, invocationOf } from '../execute.ts';
import { renderTable } from '../render/table.ts';

/** `rpi monitor` */
export function addMonitor(program: Command): void {
  program
    .command('monitor')
    .description('reachability, temperature, throttling, load, memory, disk, uptime of every Pi')
    .option('--once', 'one round over all Pis, as a table')
    .option('-l, --limit <hosts>', 'only these hosts (an Ansible host pattern)')
    .addHelpText(
      'after',
      '\nEnds with 1 when a Pi is unreachable or does not let us in; warnings alone end with 0.' +
        '\nPOWER: now or earlier (since the last boot) under-voltage or slowed down; – could not be read.' +
        '\nLimits and the time a Pi may take are under monitor: in rpi.yml.',
    )
    .action(async (options: { once?: true; limit?: string }, command: Command) => {
      if (options.once !== true) {
        throw new RpiError('input.invalid', 'rpi monitor measures one round at a time so far.', {
          remedy: 'Run: rpi monitor --once — from cron or a systemd timer to repeat it.',
        });
      }
      const { monitorRound } = await import('../../core/monitor/round.ts');
      await executeInProject(
        invocationOf(command),
        (context) => monitorRound({ limit: options.limit }, context),
        // The table at the end says what these lines would.
        { lines: { 'host.finished': () => undefined }, outcome: renderRound },
      );
    });
}

const COLOURS: Readonly<Record<HostState, (text: string) => string>> = {
  healthy: colors.green,
  warning: colors.yellow,
  unreachable: colors.red,
  locked: colors.red,
};

const HEAD = ['PI', 'STATE', 'TEMP', 'LOAD', 'MEM', 'DISK', 'POWER', 'UP', 'MODEL', 'NOTE'];

/** The table, a line a Pi. */
export function renderRound({ hosts }: RoundOutcome): string {
  return hosts.length === 0 ? '' : renderTable(HEAD, hosts.map(row));
}

function row({ host, state, vitals = {}, reasons, error }: HostHealth): string[] {
  const colour = COLOURS[state];
  const { temperature, load, uptime, model } = vitals;
  const note =
    error?.remedy === undefined ? reasons.join(', ') : `${reasons.join(', ')} → ${error.remedy}`;
  return [
    host,
    colour(state),
    temperature === undefined ? '–' : `${temperature.toFixed(1)} °C`,
    load === undefined ? '–' : load.toFixed(2),
    percent(memoryUsed(vitals)),
    percent(diskUsed(vitals)),
    power(vitals),
    uptime === undefined ? '–' : duration(uptime),
    model?.replace(/^Raspberry /, '') ?? '–',
    note.replaceAll('\n', ' '),
  ];
}

/** `ok`, `now: under-voltage`, `earlier: throttled`, and – for what could not be read. */
function power(vitals: Vitals): string {
  const { state, what } = powerOf(vitals);
  switch (state) {
    case 'unknown':
      return '–';
    case 'ok':
      return 'ok';
    case 'now':
      return colors.red(`now: ${what.join(', ')}`);
    case 'earlier':
      return colors.yellow(`earlier: ${what.join(', ')}`);
  }
}

function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${value.toFixed(0)} %`;
}

/** Seconds in the two largest units: `3d 4h`, `5h 10m`, `12m`, `40s`. */
function duration(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m` : `${Math.floor(seconds)}s`;
}
