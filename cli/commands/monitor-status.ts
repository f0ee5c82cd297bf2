import type { Command } from 'commander';
import colors from 'picocolors';
import type { MonitorStatus } from '../../core/monitor/daemon/control.ts';
import { socketFolder } from '../../core/project/paths.ts';
import { updatesText } from '../../core/monitor/readings.ts';
import { noProject } from '../../core/project/project.ts';
import { VERSION } from '../../core/version.ts';
import { invocationOf, projectOf } from '../execute.ts';
import { renderHosts } from '../render/health.ts';
import { printable } from '../render/printable.ts';
import { refuseOptionsBefore } from './parent-options.ts';

/** `rpi monitor status`: what the running monitor sees. It only reads. */
export function addMonitorStatus(monitor: Command): void {
  monitor
    .command('status')
    .description('what the monitor that watches this project sees')
    .action(async (_options: unknown, command: Command) => {
      refuseOptionsBefore(command);
      const invocation = invocationOf(command);
      const project = await projectOf(invocation);
      if (project === undefined) throw noProject(process.cwd());
      const { monitorStatus } = await import('../../core/monitor/daemon/control.ts');
      const status = await monitorStatus(socketFolder(process.env), project);
      process.stdout.write(
        invocation.json ? `${JSON.stringify(status)}\n` : `${printable(renderStatus(status))}\n`,
      );
    });
}

/** A table of the Pis, and below it what a person should know or answer. */
export function renderStatus(status: MonitorStatus): string {
  const { hosts, proposals, faults, since, lookedAt, interval, pid, version } = status;
  const looked = lookedAt === undefined ? 'the first look is under way' : `last look ${lookedAt}`;
  const table = renderHosts(
    hosts.map(({ host, address, state, reasons, vitals, error, planned }) => ({
      host,
      address,
      state,
      reasons: planned === undefined ? reasons : [planned, ...reasons],
      vitals,
      // Who works on it knows why it does not answer.
      error: planned === undefined ? error : undefined,
    })),
  );
  const pending = hosts.flatMap(({ host, signs }) => {
    const said = signs?.updates === undefined ? undefined : updatesText(signs.updates);
    return said === undefined ? [] : [`${host}: ${said}`];
  });
  return [
    ...(table === '' ? [] : [table]),
    ...proposals.map(
      ({ id, host, remedy, evidence }) =>
        `${colors.yellow(`Proposed for ${host} (${id}): ${remedy}`)} – ${evidence.join('; ').replace(/\p{Cc}/gu, ' ')}\n` +
        `  → rpi monitor approve ${id}, refuse ${id} or snooze ${id}`,
    ),
    ...pending,
    ...faults.map((fault) => colors.yellow(fault)),
    ...(version === VERSION
      ? []
      : [
          colors.yellow(
            `The monitor is rpi ${version}, and this is ${VERSION}: end it and start it again; where it is a service: rpi monitor service install`,
          ),
        ]),
    colors.dim(`Watching since ${since}, every ${interval} s, as process ${pid}; ${looked}.`),
  ].join('\n');
}
