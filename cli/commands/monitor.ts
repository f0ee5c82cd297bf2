import type { Command } from 'commander';
import colors from 'picocolors';
import { readingsOf, type Reading } from '../../core/monitor/readings.ts';
import type { HostHealth, HostState, RoundOutcome } from '../../core/monitor/round.ts';
import { executeInProject, invocationOf } from '../execute.ts';
import { renderTable } from '../render/table.ts';
import { addMonitorAnswers } from './monitor-answer.ts';
import { addMonitorStatus } from './monitor-status.ts';
import { addMonitorStory } from './monitor-story.ts';

/** `rpi monitor` */
export function addMonitor(program: Command): void {
  const monitor = program
    .command('monitor')
    .description('watches every Pi until Ctrl-C; with --once measures each one time')
    .option('--once', 'one round over all Pis, as a table')
    .option('-l, --limit <hosts>', 'only these hosts (an Ansible host pattern)')
    .addHelpText(
      'after',
      '\nWithout --once it looks at every Pi every few seconds (monitor.interval of rpi.yml) over one' +
        '\nkept connection, tells what changes, and keeps a history. One at a time watches a project.' +
        '\n\n--once ends with 1 when a Pi is unreachable or does not let us in; warnings alone end with 0.' +
        '\nPOWER: now or earlier (since the last boot) under-voltage or slowed down; – could not be read.' +
        '\nLimits and the time a Pi may take are under monitor: in rpi.yml.',
    )
    .action(async (options: { once?: true; limit?: string }, command: Command) => {
      if (options.once !== true) {
        const { monitorDaemon } = await import('../../core/monitor/daemon/daemon.ts');
        await executeInProject(invocationOf(command), (context) =>
          monitorDaemon({ limit: options.limit }, context),
        );
        return;
      }
      const { monitorRound } = await import('../../core/monitor/round.ts');
      await executeInProject(
        invocationOf(command),
        (context) => monitorRound({ limit: options.limit }, context),
        // The table at the end says what these lines would.
        { lines: { 'host.finished': () => undefined }, outcome: renderRound },
      );
    });
  addMonitorStatus(monitor);
  addMonitorStory(monitor);
  addMonitorAnswers(monitor);
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
  return renderHosts(hosts);
}

/** As renderRound; empty where there is no Pi. */
export function renderHosts(hosts: readonly HostHealth[]): string {
  return hosts.length === 0 ? '' : renderTable(HEAD, hosts.map(row));
}

function row({ host, state, vitals = {}, reasons, error }: HostHealth): string[] {
  const { temperature, load, memory, disk, power, uptime } = readingsOf(vitals);
  const note =
    error?.remedy === undefined ? reasons.join(', ') : `${reasons.join(', ')} → ${error.remedy}`;
  return [
    host,
    COLOURS[state](state),
    temperature.text,
    load.text,
    memory.text,
    disk.text,
    colourPower(power),
    uptime.text,
    vitals.model?.replace(/^Raspberry /, '') ?? '–',
    note.replaceAll('\n', ' '),
  ];
}

/** Red for what is wrong now, yellow for what was since the last boot. */
function colourPower({ value, text }: Reading): string {
  if (value === 3) return colors.red(text);
  return value === 2 ? colors.yellow(text) : text;
}
