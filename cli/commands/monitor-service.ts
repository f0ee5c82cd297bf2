/** `rpi monitor service install | uninstall | status` */
import type { Command } from 'commander';
import type { ServiceStatus } from '../../core/monitor/service/service.ts';
import { noProject } from '../../core/project/project.ts';
import { executeInProject, invocationOf, projectOf } from '../execute.ts';

type Options = { readonly system?: true };

const SYSTEM = [
  '--system',
  'a service of the system, as root, for a project that root owns',
] as const;

export function addMonitorService(monitor: Command): void {
  const service = monitor
    .command('service')
    .description('the monitor as a systemd service, which goes on when the terminal is closed');
  service
    .command('install')
    .description('copies rpi to the data folder, writes a unit, enables and starts it')
    .option(...SYSTEM)
    .option('--dry-run', 'show the unit, write nothing')
    .addHelpText(
      'after',
      '\nInstall it again after an update of rpi: the service begins anew with it.',
    )
    .action(async (options: Options, command: Command) => {
      const { installService } = await import('../../core/monitor/service/service.ts');
      await executeInProject(invocationOf(command), (context) =>
        installService({ scope: scopeOf(options) }, context),
      );
    });
  service
    .command('uninstall')
    .description('stops the service and removes its unit and its copies of rpi')
    .option(...SYSTEM)
    .option('--dry-run', 'show what would be removed')
    .action(async (options: Options, command: Command) => {
      const { uninstallService } = await import('../../core/monitor/service/service.ts');
      await executeInProject(invocationOf(command), (context) =>
        uninstallService({ scope: scopeOf(options) }, context),
      );
    });
  service
    .command('status')
    .description('whether it is installed, enabled and running')
    .option(...SYSTEM)
    .action(async (options: Options, command: Command) => {
      const invocation = invocationOf(command);
      const project = await projectOf(invocation);
      if (project === undefined) throw noProject(process.cwd());
      const { serviceStatus } = await import('../../core/monitor/service/service.ts');
      const { signal } = new AbortController();
      const status = await serviceStatus(scopeOf(options), { project, env: process.env, signal });
      process.stdout.write(
        invocation.json ? `${JSON.stringify(status)}\n` : `${renderService(status)}\n`,
      );
    });
}

function renderService(status: ServiceStatus): string {
  const { name, scope, installed, enabled, active, version, path } = status;
  if (!installed) return `${name} is not installed.\n  → rpi monitor service install`;
  const lines = [`${name}: ${active}, ${enabled}, rpi ${version ?? 'unknown'}`, `  ${path}`];
  if (active !== 'active') {
    const user = scope === 'user' ? ' --user' : '';
    lines.push(
      `  → Why: journalctl${user} -u ${name} -n 20 – once mended, it begins again by: rpi monitor service install${scope === 'user' ? '' : ' --system'}`,
    );
  }
  return lines.join('\n');
}

function scopeOf({ system }: Options): 'user' | 'system' {
  return system === true ? 'system' : 'user';
}
