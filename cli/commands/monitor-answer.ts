/** `rpi monitor approve | refuse | snooze | release`: what a person says to the monitor that runs. */
import { InvalidArgumentError, type Command } from 'commander';
import type { Answered } from '../../core/monitor/daemon/control.ts';
import { parseDuration } from '../../core/formats/duration.ts';
import { socketFolder } from '../../core/project/paths.ts';
import { noProject, type Project } from '../../core/project/project.ts';
import { invocationOf, projectOf } from '../execute.ts';
import { refuseOptionsBefore } from './parent-options.ts';

const VERBS = {
  approve: 'has a proposed remedy carried out; every guard rail is asked again before it is',
  refuse: 'says no to a proposed remedy, for as long as the Pi fails in the same way',
  snooze: 'puts a proposed remedy off; it is made again afterwards if the Pi still fails',
} as const;

const SAID: Readonly<Record<Answered['answer'], string>> = {
  approve: 'Approved',
  refuse: 'Refused',
  snooze: 'Put off',
};

/** `for`: milliseconds. */
type Options = { readonly for?: number; readonly yesWipe?: string };

export function addMonitorAnswers(monitor: Command): void {
  for (const answer of ['approve', 'refuse', 'snooze'] as const) {
    const verb = monitor
      .command(answer)
      .description(VERBS[answer])
      .argument('<proposal>', 'a Pi, or the id of a proposal (rpi monitor status lists them)');
    if (answer === 'snooze') {
      verb.option('--for <time>', 'how long, as in 30m, 2h or 1d (default: 1h)', readDuration);
    }
    if (answer === 'approve') {
      verb.option('--yes-wipe <name>', 'for a reinstallation: the typed name of the Pi it erases');
    }
    verb.action(async (proposal: string, options: Options, command: Command) => {
      refuseOptionsBefore(command);
      const project = await mustHaveProject(command);
      const { monitorAnswer } = await import('../../core/monitor/daemon/control.ts');
      const given = { proposal, answer, by: await whoAnswers() };
      const answered = await monitorAnswer(socketFolder(process.env), project, {
        ...given,
        ...(options.for === undefined ? {} : { for: options.for / 1000 }),
        ...(options.yesWipe === undefined ? {} : { yesWipe: options.yesWipe }),
      });
      tell(command, answered, `${SAID[answer]}: ${answered.remedy} of ${answered.host}.`);
    });
  }
  monitor
    .command('release')
    .description('takes a Pi out of quarantine: remedies may be tried on it again')
    .argument('<host>', 'its name in the inventory')
    .action(async (host: string, _options: unknown, command: Command) => {
      refuseOptionsBefore(command);
      const project = await mustHaveProject(command);
      const { monitorRelease } = await import('../../core/monitor/daemon/control.ts');
      const by = await whoAnswers();
      const released = await monitorRelease(socketFolder(process.env), project, { host, by });
      tell(command, released, `${host} is out of quarantine.`);
    });
}

function tell(command: Command, value: object, text: string): void {
  process.stdout.write(`${invocationOf(command).json ? JSON.stringify(value) : text}\n`);
}

async function whoAnswers(): Promise<string> {
  const { owner } = await import('../../core/install/job.ts');
  return owner();
}

async function mustHaveProject(command: Command): Promise<Project> {
  const project = await projectOf(invocationOf(command));
  if (project === undefined) throw noProject(process.cwd());
  return project;
}

function readDuration(text: string): number {
  const read = parseDuration(text);
  if (read !== undefined && read > 0) return read;
  throw new InvalidArgumentError('It takes a time such as 30m, 2h or 1d.');
}
