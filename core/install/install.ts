/** `rpi install`: preflight, plan, the typed name of each Pi; the installation itself comes next. */
import { RpiError } from '../errors.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { digestOf, planInstall, type InstallPlan, type PlanOutcome } from './plan.ts';
import type { PreflightInput } from './preflight.ts';

export type InstallRequest = PreflightInput & {
  /** Hosts whose names a script has typed; each is asked for otherwise. */
  readonly yesWipe: readonly string[];
  /** Digests of the plans that were read: with any, no other plan is carried out. */
  readonly plans: readonly string[];
};

/**
 * Ends before anything is changed: with the plan in a dry run, `refused` where a check refuses.
 * Throws `answer.refused` for a wrong name, `input.invalid` for a `yesWipe` that is no host of the
 * run, `install.plan-changed` for a plan that is none of those that were read, `install.not-yet`
 * after the confirmation, and what planInstall throws.
 */
export async function* install(
  request: InstallRequest,
  context: ProjectContext,
): AsyncGenerator<EventBody, PlanOutcome> {
  const planned = yield* planInstall(request, context);
  const names = planned.hosts.map(({ host }) => host.name);
  const stray = request.yesWipe.find((name) => !names.includes(name));
  if (stray !== undefined && planned.status !== 'cancelled') {
    throw new RpiError(
      'input.invalid',
      `--yes-wipe names ${stray}, which is not to be installed.`,
      {
        remedy: `It takes the exact name of a host, once for each: ${names.join(', ')}.`,
      },
    );
  }
  if (planned.status === 'refused') {
    return { ...planned, summary: `${planned.summary} Nothing was changed on any of them.` };
  }
  if (planned.status !== 'ok') return planned;
  mustBeRead(planned.plans, request.plans);
  if (context.dryRun) return planned;
  for (const plan of planned.plans) {
    if (!request.yesWipe.includes(plan.host)) await confirmWipe(plan, context);
  }
  throw new RpiError(
    'install.not-yet',
    'The checks passed and the plan is confirmed; installing itself comes with the next version. Nothing was changed.',
    { remedy: 'Until then: rpi create render, and put its files on a card.' },
  );
}

function mustBeRead(plans: readonly InstallPlan[], read: readonly string[]): void {
  if (read.length === 0) return;
  const other = plans.find((plan) => !read.includes(digestOf(plan)));
  if (other === undefined) return;
  throw new RpiError(
    'install.plan-changed',
    `The plan for ${other.host} is no longer the one that was read.`,
    { remedy: 'Nothing was changed. Read the new plan, and start again with that one.' },
  );
}

/** Asks for the host's name. Throws `answer.refused` for any other text. */
export async function confirmWipe(plan: InstallPlan, context: ProjectContext): Promise<void> {
  const disks = plan.wiped.map(({ disk }) => disk).join(' and ');
  const answer = await context.ask({
    type: 'typed',
    text: `Erase ${disks} of ${plan.host} and install it anew?`,
    detail: [...plan.irreversible, ...plan.windows].join('\n'),
    expect: plan.host,
  });
  if (answer !== plan.host) {
    throw new RpiError('answer.refused', `The name of ${plan.host} was not typed.`, {
      remedy: 'Nothing was changed. Type the name exactly as it stands in the inventory.',
    });
  }
}
