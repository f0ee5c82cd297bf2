import { Option, type Command } from 'commander';
import colors from 'picocolors';
import { z } from 'zod';
import { executeInProject, invocationOf } from '../execute.ts';
import type { Rendering } from '../render/terminal.ts';
import { refuseOptionsBefore } from './parent-options.ts';

const AFTER = `
Every check must pass: there is no option that goes on regardless. docs/reinstall.md says what is
checked, why, and what to do about it.`;

const arming = z.enum(['tryboot', 'config.txt']);
const checkOptions = z.object({ limit: z.string().optional(), arm: arming });
const installOptions = checkOptions.extend({
  yesWipe: z.array(z.string()).default([]),
  plan: z.array(z.string()).default([]),
});

/** What refuses a host stands in its checks, with the remedy: once is enough. */
const RENDERING: Rendering = {
  lines: {
    'host.finished': ({ host, status, summary }) =>
      `${status === 'ok' ? colors.green('✓') : colors.red('⊘')} ${colors.bold(host)}  ${summary}`,
  },
};

/** `rpi install` */
export function addInstall(program: Command): void {
  const install = withHosts(program.command('install'))
    .description('reinstalls running Pis over the network; wipes nothing without its typed name')
    .option(
      '--yes-wipe <name>',
      'for scripts: the typed name of one host; once for each',
      collected,
    )
    .option(
      '--plan <digest>',
      'carry out this plan and no other (`digest` of the plan in --json); once for each host',
      collected,
    )
    .option('--dry-run', 'stop after the plan')
    .addHelpText('after', AFTER)
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      const { limit, arm, yesWipe, plan } = installOptions.parse(command.opts());
      const { install: operation } = await import('../../core/install/install.ts');
      await executeInProject(
        invocationOf(command),
        (context) =>
          operation({ hosts: hosts.join(','), limit, arming: arm, yesWipe, plans: plan }, context),
        RENDERING,
      );
    });
  withHosts(install.command('preflight'))
    .description('checks whether Pis can be reinstalled; changes nothing')
    .addHelpText('after', AFTER)
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      refuseOptionsBefore(command);
      const { limit, arm } = checkOptions.parse(command.opts());
      const { preflight } = await import('../../core/install/preflight.ts');
      await executeInProject(
        invocationOf(command),
        (context) => preflight({ hosts: hosts.join(','), limit, arming: arm }, context),
        RENDERING,
      );
    });
  withHosts(install.command('plan'))
    .description('checks, and shows exactly what reinstalling would do; changes nothing')
    .addHelpText('after', AFTER)
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      refuseOptionsBefore(command);
      const { limit, arm } = checkOptions.parse(command.opts());
      const { planInstall } = await import('../../core/install/plan.ts');
      await executeInProject(
        invocationOf(command),
        (context) => planInstall({ hosts: hosts.join(','), limit, arming: arm }, context),
        RENDERING,
      );
    });
}

/** The values of an option that can be repeated. */
function collected(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

function withHosts(command: Command): Command {
  return command
    .argument('<hosts...>', 'hosts or groups of the inventory; they must be named')
    .option('-l, --limit <hosts>', 'of those only these (an Ansible host pattern)')
    .addOption(
      new Option(
        '--arm <how>',
        'tryboot: a start that fails is one of the old system; config.txt: it is not',
      )
        .choices(arming.options)
        .default('tryboot'),
    );
}
