/**
 * Stages: playbooks run one after the other, stopping at the first that fails. Provision and
 * deploy are each a list of the stages of rpi.yml; see playbooks.ts for playbooks that are named.
 */
import { acquireLocks } from '../files/lock.ts';
import { RpiError } from '../errors.ts';
import { nothingAdopted } from '../inventory/fault.ts';
import { loadInventory, selectHosts } from '../inventory/load.ts';
import type { EventBody } from '../runs/event.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { identityFile } from '../ssh/identity.ts';
import { startAskpass } from '../askpass/askpass.ts';
import { requireAnsible } from './find.ts';
import {
  playbookCommand,
  playbookPath,
  runPlaybook,
  type PlaybookOptions,
  type PlaybookResult,
} from './playbook.ts';

/** The stages' names are those of `ansible:` in rpi.yml. */
export type StageName =
  'upgrade' | 'provision' | 'verify_environment' | 'deploy' | 'verify_deployment';

export type Stage = { readonly name: StageName; readonly title: string };

export type StagesInput = PlaybookOptions & {
  readonly askBecomePassword: boolean;
  readonly askVaultPassword: boolean;
};

/** A playbook that is to be run. */
export type PlannedPlaybook = {
  /** The step of its events. */
  readonly step: string;
  readonly title: string;
  /** The title as it stands within a sentence. */
  readonly phrase: string;
  /** Absolute. */
  readonly playbook: string;
};

export type StageResult = { readonly step: string; readonly result: PlaybookResult };

export type StagesOutcome = Outcome & { readonly stages: readonly StageResult[] };

/**
 * Runs `stages` on the hosts of the limit. Throws `ansible.not-found`, `inventory.*`,
 * `lock.held` and `input.invalid` before anything is done.
 */
export async function* runStages(
  stages: readonly Stage[],
  doing: string,
  input: StagesInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, StagesOutcome> {
  const { project } = context;
  const planned = stages.flatMap(({ name, title }): PlannedPlaybook[] => {
    const setting = project.config.ansible[name];
    return setting === null
      ? []
      : [
          {
            step: name,
            title,
            phrase: title.toLowerCase(),
            playbook: playbookPath(project, name, setting),
          },
        ];
  });
  const outcome = yield* runPlanned(planned, doing, input, context);
  const skipped = stages
    .filter(({ name }) => project.config.ansible[name] === null)
    .map(({ title }) => title.toLowerCase());
  if (outcome.status !== 'ok' || skipped.length === 0) return outcome;
  return {
    ...outcome,
    summary: `${outcome.summary} Without ${skipped.join(', ')} (null in rpi.yml).`,
  };
}

/** Runs playbooks on the hosts of the limit, in their order; errors as of runStages. */
export async function* runPlanned(
  planned: readonly PlannedPlaybook[],
  doing: string,
  input: StagesInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, StagesOutcome> {
  const { project } = context;
  const ansible = await requireAnsible(project, context.env);
  const hosts = selectHosts(await loadInventory(project, context), input.limit);
  if (hosts.length === 0) throw nothingAdopted();
  yield {
    kind: 'plan',
    title: `${doing} on ${hosts.length} host${hosts.length === 1 ? '' : 's'} with ansible ${ansible.version}`,
    items: [
      { action: 'on', target: hosts.map(({ name }) => name).join(', ') },
      ...planned.map(({ title, playbook }) => ({ action: title, target: playbook })),
    ],
  };
  if (context.dryRun)
    return { status: 'ok', summary: 'A dry run: nothing was started.', stages: [] };

  await using _locks = await acquireLocks(
    project.locks,
    hosts.map((host) => `host ${host.name}`),
    `rpi ${doing}`,
  );
  await using credentials = await startAskpass(context, {
    become: input.askBecomePassword,
    vault: input.askVaultPassword,
  });
  const done: StageResult[] = [];
  for (const [index, stage] of planned.entries()) {
    const notStarted = planned.slice(index + 1).map(({ title }) => `${title} was not started`);
    if (context.signal.aborted) {
      return cancelledOutcome(done, [`${stage.title} was not started`, ...notStarted]);
    }
    yield { kind: 'step.started', step: stage.step, title: stage.title };
    let result: PlaybookResult;
    try {
      const command = playbookCommand(project, ansible, stage.playbook, input, {
        ...credentials,
        identityFile: identityFile(project, context.env),
      });
      result = yield* runPlaybook(context, stage.step, command);
    } catch (error) {
      if (!RpiError.is(error, 'run.cancelled')) throw error;
      yield { kind: 'step.finished', step: stage.step, status: 'cancelled', detail: 'cancelled' };
      return cancelledOutcome(done, [`${stage.title} was not finished`, ...notStarted]);
    }
    done.push({ step: stage.step, result });
    yield {
      kind: 'step.finished',
      step: stage.step,
      status: result.ok ? 'ok' : 'failed',
      detail: describe(stage, result),
    };
    if (!result.ok) {
      // Of a password that nobody gave Ansible only says that a program of ours ended with 1.
      const unanswered = credentials.unanswered();
      if (unanswered !== undefined) throw unanswered;
      return {
        status: 'failed',
        summary: `${stage.title} failed${failedHosts(result)}.`,
        undone: notStarted,
        stages: done,
      };
    }
  }
  return {
    status: 'ok',
    summary: `${doing}: ${planned.map(({ phrase }) => phrase).join(', ')} ${doneOn(done, hosts.length)}${input.check ? ' (check mode: nothing was changed)' : ''}.`,
    stages: done,
  };
}

/** A play may be for fewer hosts than the limit lets through. */
function doneOn(done: readonly StageResult[], limited: number): string {
  const named = new Set(done.flatMap(({ result }) => Object.keys(result.stats ?? {})));
  const told = done.every(({ result }) => result.stats !== undefined);
  const count = told ? named.size : limited;
  if (count === 0) return 'done, but no play is for any of these hosts';
  return `done on ${count} host${count === 1 ? '' : 's'}`;
}

function cancelledOutcome(done: readonly StageResult[], undone: readonly string[]): StagesOutcome {
  return { status: 'cancelled', summary: 'Cancelled.', undone, stages: done };
}

function describe(stage: PlannedPlaybook, result: PlaybookResult): string {
  const hosts = Object.values(result.stats ?? {});
  const total = (key: 'ok' | 'changed'): number => hosts.reduce((sum, host) => sum + host[key], 0);
  const counts = `${total('ok')} ok, ${total('changed')} changed`;
  return result.ok
    ? `${stage.title}: ${counts}`
    : `${stage.title} failed${failedHosts(result)} (ansible-playbook ended with ${result.exit})`;
}

/** ` on kitchen, attic (playbooks/deploy.yml:12: message)` */
function failedHosts(result: PlaybookResult): string {
  const names = Object.entries(result.stats ?? {})
    .filter(([, stats]) => stats.failed > 0 || stats.unreachable > 0)
    .map(([name]) => name);
  const first = result.failures.find((failure) => names.includes(failure.host));
  const where =
    first?.path === undefined ? '' : ` (${first.path}:${first.line ?? 1}: ${first.task})`;
  return names.length === 0 ? '' : ` on ${names.join(', ')}${where}`;
}
