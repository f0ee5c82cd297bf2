/** The health of Pis as a table, a line a Pi. */
import colors from 'picocolors';
import { readingsOf, type Reading } from '../../core/monitor/readings.ts';
import type { HostHealth, HostState, RoundOutcome } from '../../core/monitor/round.ts';
import { renderTable } from './table.ts';

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
