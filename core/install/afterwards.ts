/** What is done with Pis once they are installed and proved, where it was asked for: by Ansible. */
import { requireAnsible } from '../ansible/find.ts';
import { playbookPath } from '../ansible/playbook.ts';
import { runStages, type Stage, type StagesOutcome } from '../ansible/stages.ts';
import { DEPLOY_STAGES } from '../deploy/deploy.ts';
import { reportOf, RpiError } from '../errors.ts';
import { PROVISION_STAGES } from '../provision/provision.ts';
import type { EventBody } from '../runs/event.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import type { HostEnd } from './host-end.ts';
import { afterwards, lastJob, saveJob, type Afterwards } from './job.ts';

const STAGES: Readonly<Record<Afterwards, readonly Stage[]>> = {
  provision: PROVISION_STAGES,
  deploy: DEPLOY_STAGES,
};

/** All of what can be done, in its order. */
const ORDER = afterwards.options;

/**
 * What will be done, as a sentence; undefined where nothing was asked for. Throws what would make
 * it fail before it begins: `ansible.not-found`, `ansible.too-old`, `input.invalid` for a playbook
 * that is not there.
 */
export async function announceAfterwards(
  wanted: readonly Afterwards[],
  { project, env }: ProjectContext,
): Promise<string | undefined> {
  if (wanted.length === 0) return undefined;
  const ansible = await requireAnsible(project, env);
  for (const { name } of wanted.flatMap((each) => STAGES[each])) {
    const setting = project.config.ansible[name];
    if (setting !== null) playbookPath(project, name, setting);
  }
  const words = ORDER.filter((each) => wanted.includes(each)).join(', then ');
  return `Those that are proved are set up in the same run: ${words}, by ansible ${ansible.version}.`;
}

/**
 * Does what the jobs of the installed hosts ask for, and notes in them what is done. What goes
 * wrong is in the outcome: the systems are installed all the same.
 */
export async function* setUp<Installed extends Outcome & { readonly ends: readonly HostEnd[] }>(
  installed: Installed,
  { colour }: { readonly colour: boolean },
  context: ProjectContext,
): AsyncGenerator<EventBody, Installed> {
  const hosts = installed.ends.filter(({ status }) => status === 'changed').map(({ host }) => host);
  const told: string[] = [];
  const undone: string[] = [];
  let status: Outcome['status'] = 'ok';
  for (const each of ORDER) {
    const due = await hostsDue(hosts, each, context);
    if (due.length === 0) continue;
    const limit = due.join(',');
    const again = `rpi ${each} --limit ${limit}, or rpi install resume ${due.join(' ')}`;
    if (status !== 'ok' || context.signal.aborted) {
      undone.push(`${each} was not started: ${again}`);
      continue;
    }
    const done = yield* runStep(each, limit, colour, context);
    ({ status } = done);
    told.push(done.summary);
    undone.push(...(done.undone ?? []));
    if (status === 'ok') await markDone(due, each, context);
    else undone.push(`once mended: ${again}`);
  }
  if (told.length === 0 && undone.length === 0) return installed;
  return {
    ...installed,
    status:
      installed.status === 'ok'
        ? context.signal.aborted
          ? 'cancelled'
          : status
        : installed.status,
    summary: [installed.summary, ...told].join(' '),
    undone: [...(installed.undone ?? []), ...undone],
  };
}

async function* runStep(
  step: Afterwards,
  limit: string,
  colour: boolean,
  context: ProjectContext,
): AsyncGenerator<EventBody, StagesOutcome> {
  const input = {
    limit,
    check: false,
    diff: false,
    extra: [],
    colour,
    askBecomePassword: false,
    askVaultPassword: false,
  };
  try {
    return yield* runStages(STAGES[step], step, input, context);
  } catch (error) {
    if (!RpiError.is(error) || RpiError.is(error, 'run.internal')) throw error;
    const { message, remedy } = reportOf(error);
    const text = remedy === undefined ? message : `${message} ${remedy}`;
    yield { kind: 'log', level: 'error', text };
    return { status: 'failed', summary: `${step} was not begun: ${message}`, stages: [] };
  }
}

async function hostsDue(
  hosts: readonly string[],
  step: Afterwards,
  { project }: ProjectContext,
): Promise<string[]> {
  const due: string[] = [];
  for (const host of hosts) {
    const job = await lastJob(project, host);
    if (job.afterwards?.includes(step) === true) due.push(host);
  }
  return due;
}

async function markDone(
  hosts: readonly string[],
  step: Afterwards,
  { project }: ProjectContext,
): Promise<void> {
  for (const host of hosts) {
    const job = await lastJob(project, host);
    const left = (job.afterwards ?? []).filter((each) => each !== step);
    await saveJob(project, { ...job, afterwards: left });
  }
}
