/**
 * One Pi, from the confirmed plan to the proved new system. Up to the restart nothing is lost and
 * all can be undone; the restart itself is announced in the journal first.
 */
import { hostKeyOf } from '../create/host-keys.ts';
import { reportOf, RpiError } from '../errors.ts';
import { acquireLock } from '../files/lock.ts';
import { formatPublicKey } from '../formats/ssh-key.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { arm, restart } from './arm.ts';
import { backUp } from './backup.ts';
import type { Medium } from './backend.ts';
import { claim } from './claim.ts';
import { undo } from './undo.ts';
import { finish } from './finish.ts';
import { finishedEvent, type HostEnd } from './host-end.ts';
import {
  forgetJob,
  jobsOf,
  newJobId,
  newNonce,
  owner,
  saveJob,
  type Afterwards,
  type Job,
} from './job.ts';
import type { Watcher } from './look.ts';
import { digestOf, planOf, type InstallPlan } from './plan.ts';
import type { HostPreflight } from './preflight.ts';
import { rootShell } from './remote.ts';
import { upload } from './upload.ts';

export type ReadyHost = Extract<HostPreflight, { verdict: 'ready' }>;

export type HostInstallInput = {
  readonly checked: ReadyHost;
  /** The plan that was confirmed. */
  readonly plan: InstallPlan;
  /** Milliseconds from the restart until the new system must have answered. */
  readonly deadline: number;
  /** What is to be done with the new system once it is proved. */
  readonly afterwards: readonly Afterwards[];
};

/** A failure is the result, not an exception: the others go on or not by the caller's rule. */
export async function* installHost(
  input: HostInstallInput,
  watcher: Watcher,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostEnd> {
  const { name } = input.checked.host;
  yield { kind: 'host.started', host: name };
  const end = yield* locked(name, `rpi install ${name}`, context, () =>
    installLocked(input, watcher, context),
  );
  yield finishedEvent(end);
  return end;
}

/** Does the work as long as no other run of this machine works on the host. */
export async function* locked(
  host: string,
  doing: string,
  { project }: ProjectContext,
  work: () => AsyncGenerator<EventBody, HostEnd>,
): AsyncGenerator<EventBody, HostEnd> {
  try {
    await using _lock = await acquireLock(project.locks, `host ${host}`, doing);
    return yield* work();
  } catch (error) {
    if (!RpiError.is(error, 'lock.held')) throw error;
    return { host, status: 'refused', error: reportOf(error) };
  }
}

async function* installLocked(
  input: HostInstallInput,
  watcher: Watcher,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostEnd> {
  const { host } = input.checked;
  let job: Job | undefined;
  const keep = async (changed: Job): Promise<Job> => {
    job = { ...changed, changed: new Date(context.clock.now()).toISOString() };
    await saveJob(context.project, job);
    return job;
  };
  const forget = async (): Promise<void> => {
    if (job !== undefined) await forgetJob(context.project, job);
    job = undefined;
  };
  try {
    const armed = yield* beforeTheRestart(input, watcher, { keep, forget }, context);
    const { progress } = armed.medium;
    return yield* finish({ host, job: armed.job, progress, watcher, keep, context });
  } catch (error) {
    return yield* failedBefore(host, job, error, watcher, context);
  }
}

/** The record of the job on this machine. */
type Keeping = {
  readonly keep: (job: Job) => Promise<Job>;
  readonly forget: () => Promise<void>;
};

/** Everything up to the word that restarts it. */
async function* beforeTheRestart(
  input: HostInstallInput,
  watcher: Watcher,
  { keep, forget }: Keeping,
  context: ProjectContext,
): AsyncGenerator<EventBody, { readonly medium: Medium; readonly job: Job }> {
  const { host, ready } = input.checked;
  const { name } = host;
  const { project, signal, clock } = context;
  const { medium, hostKey } = await prepareAgain(input, context);
  const began = new Date(clock.now()).toISOString();
  const former = await jobsOf(project, name);
  const facts = ready.facts;
  const boot = facts.boot?.folder ?? '/boot';
  const nonce = newNonce();
  const files = await medium.upload(facts, input.plan.arming, nonce);
  let job: Job = {
    v: 1,
    id: newJobId(clock.now()),
    nonce,
    owner: owner(),
    host: name,
    address: host.address,
    port: host.port,
    ...(facts.serial === undefined ? {} : { serial: facts.serial }),
    phase: 'begun',
    started: began,
    changed: began,
    arming: input.plan.arming,
    backend: ready.backend.name,
    system: medium.system,
    bootFolder: boot,
    written: {
      files: files.map(({ path }) => path),
      folders: [...medium.replaced],
      armedBy: medium.switch(input.plan.arming).to,
    },
    before: {
      bootId: facts.bootId ?? '',
      ...(facts.machineId === undefined ? {} : { machineId: facts.machineId }),
    },
    expected: {
      hostKey,
      packages: [...medium.expects.packages],
      ...(medium.expects.hostname === undefined ? {} : { hostname: medium.expects.hostname }),
    },
    deadline: input.deadline,
    afterwards: [...input.afterwards],
  };
  // What is cut off in the middle on the Pi would have to be guessed: each script is short, and
  // whether to go on is asked between them.
  const steady = new AbortController().signal;
  await using session = await watcher.open(host, job, signal);
  const shell = await rootShell(session, steady);
  mustGoOn(signal);
  // Whoever ends in the middle of it leaves a record by which the Pi can be let go.
  job = await keep(job);
  try {
    await claim(shell, job, former);
  } catch (error) {
    if (RpiError.is(error, 'install.held')) await forget();
    throw error;
  }

  yield* backUp(shell, job, ready.facts.model ?? 'unknown model', context);
  mustGoOn(signal);
  yield {
    kind: 'step.started',
    host: name,
    step: 'upload',
    title: `sending ${files.length} files`,
  };
  const sending = upload(shell, job, files);
  for (;;) {
    const step = await sending.next();
    if (step.done === true) break;
    yield step.value;
    mustGoOn(signal);
  }
  yield {
    kind: 'step.finished',
    host: name,
    step: 'upload',
    status: 'ok',
    detail: 'sent, and read back from the card',
  };
  job = await keep({ ...job, phase: 'uploaded' });
  mustGoOn(signal);

  yield { kind: 'step.intended', host: name, step: 'arm', what: armText(job) };
  await arm(shell, job, medium, files);
  job = await keep({ ...job, phase: 'armed' });
  yield { kind: 'step.finished', host: name, step: 'arm', status: 'ok', detail: 'armed' };
  mustGoOn(signal);

  yield {
    kind: 'step.intended',
    host: name,
    step: 'restart',
    what: 'restart it into the installer, which wipes its disk',
  };
  job = await keep({
    ...job,
    phase: 'restarting',
    restarted: new Date(clock.now()).toISOString(),
  });
  await restart(shell, job);
  return { medium, job };
}

/** The files as they are by now: the plan was read a while ago, and what was read is what is done. */
async function prepareAgain(
  { checked, plan }: HostInstallInput,
  context: ProjectContext,
): Promise<{ readonly medium: Medium; readonly hostKey: string }> {
  const { host, ready, findings } = checked;
  const { publicKey } = await hostKeyOf(context.project, host.name, { keep: true });
  const medium = await ready.backend.prepare(host, context);
  const now = planOf(host, { ...ready, medium }, findings, plan.arming);
  if (digestOf(now) !== digestOf(plan)) {
    throw new RpiError(
      'install.plan-changed',
      `The files for ${host.name} changed since its plan was confirmed.`,
      { remedy: 'Nothing was changed on it. Start again, and read the new plan.' },
    );
  }
  return { medium, hostKey: formatPublicKey(publicKey) };
}

/** What went wrong before the restart is undone where the Pi can still be reached. */
async function* failedBefore(
  { name: host, ...rest }: InventoryHost,
  job: Job | undefined,
  error: unknown,
  watcher: Watcher,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostEnd> {
  if (!RpiError.is(error) || RpiError.is(error, 'run.internal')) throw error;
  const report = reportOf(error);
  const wasCancelled = RpiError.is(error, 'run.cancelled');
  const status = wasCancelled ? 'cancelled' : isRefusal(error) ? 'refused' : 'failed';
  if (job === undefined) {
    return wasCancelled
      ? { host, status, error: undefined, undone: `${host} was not begun; nothing was changed.` }
      : { host, status, error: report };
  }
  const undone = yield* undo({ name: host, ...rest }, job, report.message, watcher, context);
  return { host, status, error: wasCancelled ? undefined : report, undone };
}

function isRefusal(error: RpiError): boolean {
  return RpiError.is(
    error,
    'lock.held',
    'install.held',
    'install.job-lost',
    'install.plan-changed',
    'ssh.host-key-changed',
    'ssh.host-key-unknown',
  );
}

function armText({ arming, bootFolder }: Job): string {
  return arming === 'tryboot'
    ? `write ${bootFolder}/tryboot.txt, which starts the installer once`
    : `replace ${bootFolder}/config.txt: from then on every start is one of the installer`;
}

function mustGoOn(signal: AbortSignal): void {
  if (signal.aborted) throw new RpiError('run.cancelled', 'Cancelled.');
}
