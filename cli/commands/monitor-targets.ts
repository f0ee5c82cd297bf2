import type { Command } from 'commander';
import { noProject } from '../../core/project/project.ts';
import { executeInProject, invocationOf, projectOf } from '../execute.ts';
import { refuseOptionsBefore } from './parent-options.ts';

const AFTER = `
The targets are each Pi's node_exporter (port 9100), with project, name, groups, model and serial
as labels, and the monitor itself where monitor.metrics is set. --write keeps rpi-<id>.targets.json
and rpi-<id>.rules.yml in a folder that prometheus.yml names under file_sd_configs and rule_files.
Run it again when the inventory has changed; what says so already is not touched.`;

/** `rpi monitor targets`: prints, or writes with --write. */
export function addMonitorTargets(monitor: Command): void {
  monitor
    .command('targets')
    .description('the inventory as targets for Prometheus, with alert rules')
    .option('--write <folder>', 'keep targets and alert rules there, as files')
    .option('-l, --limit <hosts>', 'only these hosts (an Ansible host pattern)')
    .option('--dry-run', 'with --write: show what would change, write nothing')
    .addHelpText('after', AFTER)
    .action(async (options: { write?: string; limit?: string }, command: Command) => {
      refuseOptionsBefore(command);
      const { limit } = options;
      const invocation = invocationOf(command);
      const core = await import('../../core/monitor/targets/targets.ts');
      const { write: folder } = options;
      if (folder !== undefined) {
        await executeInProject(invocation, (context) =>
          core.writeTargets({ folder, limit }, context),
        );
        return;
      }
      const project = await projectOf(invocation);
      if (project === undefined) throw noProject(process.cwd());
      const { signal } = new AbortController();
      const targets = await core.readTargets(limit, { project, env: process.env, signal });
      process.stdout.write(
        invocation.json ? `${JSON.stringify(targets)}\n` : core.targetsText(targets),
      );
    });
}
