import { Option, type Command } from 'commander';
import colors from 'picocolors';
import * as z from 'zod';
import type { InstallRequest } from '../../core/install/install.ts';
import { noProject } from '../../core/project/project.ts';
import { executeInProject, invocationOf, projectOf } from '../execute.ts';
import { printable } from '../render/printable.ts';
import { print } from '../render/stdout.ts';
import type { Rendering } from '../render/terminal.ts';
import { wholeNumber } from './numbers.ts';
import { refuseOptionsBefore } from './parent-options.ts';
import { wantsColour } from './playbook-options.ts';

const AFTER = `
Every check must pass: there is no option that goes on regardless. docs/reinstall.md says what is
checked, why, and what to do about it.`;

const INSTALL_AFTER = `${AFTER}

Examples:
  rpi install preflight kitchen                  may it be reinstalled? if not, why not?
  rpi install plan kitchen                       exactly what would be written and wiped
  rpi install kitchen                            asks for the typed name, then does it
  rpi install sensors --canary 2 --parallel 8    two one by one, then eight at once
  rpi install resume kitchen                     after Ctrl-C, or from another terminal

Stops before the next Pi when one is not what was expected; those under way are followed to their
end. Closing the terminal stops nothing: rpi runs follow shows how it goes on.`;

const RESUME_AFTER = `
What was restarted is followed and proved; nothing is wiped twice. What was not is taken back and
begun anew: checked, planned, and asked for its typed name again. rpi install status says which.`;

const arming = z.enum(['tryboot', 'config.txt']);
const checkOptions = z.object({ limit: z.string().optional(), arm: arming });
const planOptions = checkOptions.extend({ diff: z.boolean().default(false), unified: z.number() });
const installOptions = checkOptions.extend({
  yesWipe: z.array(z.string()).default([]),
  plan: z.array(z.string()).default([]),
  canary: z.number(),
  parallel: z.number(),
  deadline: z.number(),
  provision: z.boolean().default(false),
  deploy: z.boolean().default(false),
});

/** What refuses a host stands in its checks, with the remedy: once is enough. */
const RENDERING: Rendering = {
  lines: {
    'host.finished': ({ host, status, summary, error }) =>
      `${MARKS[status]} ${colors.bold(host)}  ${summary}${
        error?.remedy === undefined ||
        (status === 'refused' && !/^(install|lock)\./.test(error.code))
          ? ''
          : `\n  → ${error.remedy}`
      }`,
  },
};

const MARKS = {
  ok: colors.green('✓'),
  changed: colors.green('✓'),
  failed: colors.red('✗'),
  refused: colors.red('⊘'),
  cancelled: colors.yellow('⊘'),
  skipped: colors.dim('–'),
} as const;

/** `rpi install` */
export function addInstall(program: Command): void {
  const install = withWipe(withHosts(program.command('install')))
    .description('reinstalls running Pis over the network; wipes nothing without its typed name')
    .option('--dry-run', 'stop after the plan')
    .addHelpText('after', INSTALL_AFTER)
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      const { install: operation } = await import('../../core/install/install.ts');
      await executeInProject(
        invocationOf(command),
        (context) => operation(requestOf(hosts, command), context),
        { ...RENDERING, survivesHangup: true },
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
    .option('--diff', 'also how each text differs from what is on the Pi now')
    .option(
      '--unified <lines>',
      'unchanged lines around each difference',
      wholeNumber(0, 1_000_000),
      3,
    )
    .addHelpText('after', AFTER)
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      refuseOptionsBefore(command);
      const { limit, arm, diff, unified } = planOptions.parse(command.opts());
      const { planInstall } = await import('../../core/install/plan.ts');
      const around = diff ? unified : undefined;
      await executeInProject(
        invocationOf(command),
        (context) => planInstall({ hosts: hosts.join(','), limit, arming: arm, around }, context),
        RENDERING,
      );
    });
  addFollowUps(install);
}

/** What comes after the word that restarts a Pi, from whichever terminal. */
function addFollowUps(install: Command): void {
  install
    .command('status')
    .description('how the last installation of each Pi stands; changes nothing')
    .argument('[hosts...]', 'hosts or groups of the inventory; all without them')
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      refuseOptionsBefore(command);
      const { installStatus } = await import('../../core/install/status.ts');
      await executeInProject(
        invocationOf(command),
        (context) => installStatus({ hosts: patternOf(hosts) }, context),
        RENDERING,
      );
    });
  withWipe(withHosts(install.command('resume')))
    .description('goes on where a run ended: follows what is under way, begins anew what is not')
    .addHelpText('after', RESUME_AFTER)
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      refuseOptionsBefore(command);
      const { resume } = await import('../../core/install/resume.ts');
      await executeInProject(
        invocationOf(command),
        (context) => resume(requestOf(hosts, command), context),
        { ...RENDERING, survivesHangup: true },
      );
    });
  install
    .command('rollback')
    .description('takes back what was written on Pis whose old system still runs')
    .argument('<hosts...>', 'hosts or groups of the inventory; they must be named')
    .action(async (hosts: string[], _options: unknown, command: Command) => {
      refuseOptionsBefore(command);
      const { rollback } = await import('../../core/install/resume.ts');
      await executeInProject(
        invocationOf(command),
        (context) => rollback({ hosts: patternOf(hosts) }, context),
        RENDERING,
      );
    });
  install
    .command('explain')
    .description('what happened to a Pi in its last installation, and what to do about it')
    .argument('<host>', 'a host of the inventory')
    .action(async (host: string, _options: unknown, command: Command) => {
      refuseOptionsBefore(command);
      const project = await projectOf(invocationOf(command));
      if (project === undefined) throw noProject(process.cwd());
      const { explain } = await import('../../core/install/status.ts');
      await print(`${printable(await explain(host, { project }))}\n`);
    });
}

function patternOf(hosts: readonly string[]): string | undefined {
  return hosts.length === 0 ? undefined : hosts.join(',');
}

function requestOf(hosts: readonly string[], command: Command): InstallRequest {
  const given = installOptions.parse(command.opts());
  const { limit, arm, yesWipe, plan, canary, parallel, deadline } = given;
  return {
    hosts: patternOf(hosts),
    limit,
    arming: arm,
    yesWipe,
    plans: plan,
    canary,
    parallel,
    deadline: deadline * 1000,
    afterwards: given.deploy ? ['provision', 'deploy'] : given.provision ? ['provision'] : [],
    colour: wantsColour(invocationOf(command).json),
  };
}

/** The options of what ends in a wipe. */
function withWipe(command: Command): Command {
  return command
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
    .option('--provision', 'provision those that are proved, in the same run')
    .option('--deploy', 'provision them, then deploy to them')
    .option('--canary <count>', 'how many go first, one by one', wholeNumber(0, 1000), 1)
    .option('-p, --parallel <count>', 'how many at once after that', wholeNumber(1, 200), 4)
    .option(
      '--deadline <seconds>',
      'how long a Pi may take from its restart until its new system answers',
      wholeNumber(5, 86_400),
      5400,
    );
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
