import type { Command } from 'commander';
import { executeInProject, invocationOf } from '../execute.ts';
import { renderRound } from '../render/health.ts';
import { addMonitorAnswers } from './monitor-answer.ts';
import { addMonitorService } from './monitor-service.ts';
import { addMonitorStatus } from './monitor-status.ts';
import { addMonitorStory } from './monitor-story.ts';
import { addMonitorTargets } from './monitor-targets.ts';

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
  addMonitorService(monitor);
  addMonitorTargets(monitor);
}
