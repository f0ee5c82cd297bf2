/**
 * `rpi install preflight`: may these Pis be installed? Logs in to each once, reads, changes
 * nothing. What is wrong refuses the installation; there is no way to go on regardless.
 */
import { openRepository, type Repository } from '../create/repository.ts';
import { reportOf, RpiError, type ErrorReport } from '../errors.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory } from '../inventory/load.ts';
import { selectNamed } from '../inventory/select.ts';
import type { EventBody } from '../runs/event.ts';
import { merge } from '../runs/merge.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { projectSessions, type ProjectSessions } from '../ssh/project-session.ts';
import { chooseBackend, type Backend, type Medium } from './backend.ts';
import { BACKENDS } from './backends.ts';
import { gatherMachine, gatherSources, sourcesSeenFromHere, type Sources } from './gather.ts';
import { look, type Arming } from './probe.ts';
import type { NamedFinding } from '../runs/finding.ts';
import { INSTALL_PROBES, MACHINE_PROBES } from './probes.ts';
import { surroundings, type Surroundings } from './surroundings.ts';
import type { TargetFacts } from './target-facts.ts';

/** Pis that are looked at at the same time. */
const AT_ONCE = 16;

export type PreflightInput = {
  /** Ansible host patterns; a host must match both. All hosts without them. */
  readonly hosts: string | undefined;
  readonly limit: string | undefined;
  readonly arming: Arming;
  /** Ansible is to work on the new systems in the same run. */
  readonly needsPython?: boolean;
  /** Hosts whose names a script has typed; each must be one of the run. */
  readonly yesWipe?: readonly string[];
};

/** What was found out about a Pi that may be installed. */
export type Ready = {
  readonly backend: Backend;
  readonly medium: Medium;
  readonly facts: TargetFacts;
};

export type HostPreflight = {
  readonly host: InventoryHost;
  /** Every check, in the order it was made. */
  readonly findings: readonly NamedFinding[];
} & (
  | { readonly verdict: 'ready'; readonly ready: Ready }
  | { readonly verdict: 'refused'; readonly error: ErrorReport | undefined }
);

export type PreflightOutcome = Outcome & { readonly hosts: readonly HostPreflight[] };

type Common = {
  readonly input: PreflightInput;
  readonly sessions: ProjectSessions;
  readonly here: Surroundings;
  readonly sources: Sources;
  readonly repository: Repository;
  readonly context: ProjectContext;
};

/**
 * Checks the hosts of the input. Ends `refused` when one of them may not be installed. Throws
 * `inventory.*`, `input.invalid` for a `yesWipe` that is no host of the run, and `access.identity` where the project has no key.
 */
export async function* preflight(
  input: PreflightInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, PreflightOutcome> {
  const { project, env, signal } = context;
  const inventory = await loadInventory(project, { env, signal });
  const hosts = selectNamed(inventory, input);
  refuseStray(
    input.yesWipe ?? [],
    hosts.map(({ name }) => name),
  );
  const common = await commonOf(input, context);
  const results = yield* merge(hosts, (host) => checkHost(host, common), {
    limit: AT_ONCE,
    signal,
  });
  const checked = results.flatMap((result) => (result.ok ? [result.value] : []));
  if (signal.aborted) {
    return {
      status: 'cancelled',
      summary: `Cancelled after ${checked.length} of ${hosts.length} Pis; nothing was changed.`,
      hosts: checked,
    };
  }
  for (const result of results) if (!result.ok) throw result.error;
  const refused = checked.filter(({ verdict }) => verdict === 'refused').length;
  return {
    status: refused === 0 ? 'ok' : 'refused',
    summary: `${checked.length} Pi${checked.length === 1 ? '' : 's'}: ${checked.length - refused} ready, ${refused} refused.`,
    hosts: checked,
  };
}

/**
 * A name that was typed for a wipe and is not in the run is a mistake; in which of the two, nobody
 * knows. Throws `input.invalid`.
 */
export function refuseStray(typed: readonly string[], names: readonly string[]): void {
  const stray = typed.find((name) => !names.includes(name));
  if (stray === undefined) return;
  throw new RpiError('input.invalid', `--yes-wipe names ${stray}, which is not to be installed.`, {
    remedy: `It takes the exact name of a host, once for each: ${names.join(', ')}.`,
  });
}

export type CheckAgain = (host: InventoryHost) => AsyncGenerator<EventBody, HostPreflight>;

/**
 * Looks at Pis once more; tells only what refuses by now. What concerns all of them, as the
 * archives, is read once for those whose turn comes within `fresh` milliseconds. Each throws
 * `access.identity`.
 */
export function checksAgain(
  input: PreflightInput,
  fresh: number,
  context: ProjectContext,
): CheckAgain {
  let shared: { readonly at: number; readonly common: Promise<Common> } | undefined;
  return async function* (host) {
    const now = context.clock.now();
    if (shared === undefined || now - shared.at > fresh) {
      shared = { at: now, common: commonOf(input, context) };
    }
    const looking = checkHost(host, await shared.common);
    for (;;) {
      const step = await looking.next();
      if (step.done === true) return step.value;
      if (step.value.kind === 'check' && step.value.status === 'failed') yield step.value;
    }
  };
}

async function commonOf(input: PreflightInput, context: ProjectContext): Promise<Common> {
  const { env, signal } = context;
  return {
    input,
    sessions: await projectSessions(context),
    here: await surroundings(env, signal),
    repository: await openRepository(context),
    sources: sourcesSeenFromHere(signal),
    context,
  };
}

async function* checkHost(
  host: InventoryHost,
  common: Common,
): AsyncGenerator<EventBody, HostPreflight> {
  yield { kind: 'host.started', host: host.name };
  const findings: NamedFinding[] = [];
  const tell = function* (found: readonly NamedFinding[]): Generator<EventBody> {
    for (const finding of found) {
      findings.push(finding);
      yield { kind: 'check', host: host.name, ...finding };
    }
  };
  let ready: Ready | undefined;
  let error: ErrorReport | undefined;
  try {
    ready = yield* examine(host, common, tell);
  } catch (thrown) {
    if (!RpiError.is(thrown) || RpiError.is(thrown, 'run.cancelled', 'run.internal')) throw thrown;
    error = reportOf(thrown);
    yield* tell([failedBy(findings.length === 0 ? LOGIN : CONNECTION, error)]);
  }
  const failed = findings.filter(({ status }) => status === 'failed').map(({ name }) => name);
  const isReady = ready !== undefined && failed.length === 0;
  yield {
    kind: 'host.finished',
    host: host.name,
    status: isReady ? 'ok' : 'refused',
    summary: isReady ? readySummary(findings) : `refused: ${failed.join(', ')}`,
    ...(error === undefined ? {} : { error }),
  };
  return ready !== undefined && isReady
    ? { host, findings, verdict: 'ready', ready }
    : { host, findings, verdict: 'refused', error };
}

/** All checks, one login; undefined where it was refused before there was anything to install. */
async function* examine(
  host: InventoryHost,
  { input, sessions, here, sources, repository, context }: Common,
  tell: (found: readonly NamedFinding[]) => Generator<EventBody>,
): AsyncGenerator<EventBody, Ready | undefined> {
  const { signal, clock } = context;
  await using session = await sessions.open(host);
  // Asking the Pi is waiting: what is made here meanwhile depends on nothing that it answers.
  const early = prepareEarly(host, repository, context);
  const { hostKey, ...machine } = await gatherMachine(session, signal);
  yield* tell([
    { ...LOGIN, status: 'ok', detail: `by key; its host key is on record (${hostKey})` },
  ]);
  const { facts } = machine;
  const choice = chooseBackend(BACKENDS, { model: facts.model, revision: facts.revision });
  const model = facts.model ?? facts.revision?.model ?? 'unknown';
  yield* tell([
    choice.ok
      ? { ...MODEL, status: 'ok', detail: `${model}, by ${choice.backend.title}` }
      : { ...MODEL, status: 'failed', detail: choice.why, remedy: choice.remedy },
  ]);
  yield* tell(look(MACHINE_PROBES, { host, here, ...machine }));
  if (!choice.ok) return undefined;

  const { backend } = choice;
  const prepared = early?.backend === backend ? early : prepare(backend, host, repository, context);
  let medium: Medium;
  try {
    medium = await prepared.medium;
  } catch (error) {
    if (!RpiError.is(error) || RpiError.is(error, 'run.cancelled', 'run.internal')) throw error;
    yield* tell([failedBy(CREATE, reportOf(error))]);
    return undefined;
  }
  const seen = await gatherSources(session, medium.sources, sources, signal);
  const whole = { host, here, ...machine, medium, sources: seen, arming: input.arming };
  const { needsPython = false } = input;
  const install = { ...whole, needsPython, now: clock.now() };
  yield* tell(look(INSTALL_PROBES, install));
  yield* tell(look(medium.probes, install));
  yield* tell(await prepared.downloads);
  return { backend, medium, facts };
}

/** What is to be installed, and what is found out about its downloads: both under way. */
type Prepared = {
  readonly backend: Backend;
  readonly medium: Promise<Medium>;
  readonly downloads: Promise<readonly NamedFinding[]>;
};

function prepare(
  backend: Backend,
  host: InventoryHost,
  repository: Repository,
  context: ProjectContext,
): Prepared {
  const medium = backend.prepare(host, context);
  const downloads = medium.then(async (made) => (await made.examine?.(repository)) ?? []);
  // Whoever needs them awaits them; where a check refuses before, nobody does.
  for (const each of [medium, downloads]) each.catch(() => undefined);
  return { backend, medium, downloads };
}

/** For the model that is on record; undefined where that alone does not tell what installs it. */
function prepareEarly(
  host: InventoryHost,
  repository: Repository,
  context: ProjectContext,
): Prepared | undefined {
  const choice = chooseBackend(BACKENDS, { model: host.model, revision: undefined });
  return choice.ok ? prepare(choice.backend, host, repository, context) : undefined;
}

const LOGIN = {
  name: 'login',
  why: 'Whoever answers must be the Pi that was trusted before, and do what it is told.',
};
const CONNECTION = {
  name: 'connection',
  why: 'What could not be asked to its end is not known.',
};
const MODEL = {
  name: 'model',
  why: 'A model that the installer does not know stays dark once its disk is wiped.',
};
const CREATE = {
  name: 'create',
  why: 'What would be installed can’t be made from the project.',
};

function failedBy(
  check: Pick<NamedFinding, 'name' | 'why'>,
  { message, remedy }: ErrorReport,
): NamedFinding {
  const finding = { ...check, status: 'failed', detail: message } as const;
  return remedy === undefined ? finding : { ...finding, remedy };
}

function readySummary(findings: readonly NamedFinding[]): string {
  const count = (status: NamedFinding['status']): number =>
    findings.filter((finding) => finding.status === status).length;
  const rest = [
    [count('warning'), count('warning') === 1 ? 'warning' : 'warnings'],
    [count('skipped'), 'not known'],
  ] as const;
  return [
    `ready: ${count('ok')} checks passed`,
    ...rest.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`),
  ].join(', ');
}
