/** Taking back what an installation wrote on a Pi whose old system still runs. */
import { reportOf, RpiError } from '../errors.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { loadBackup } from './backup.ts';
import { jobFolder, saveJob, type Job, type JobPhase } from './job.ts';
import type { Watcher } from './look.ts';
import { lastOf, rootShell, saidBy } from './remote.ts';
import { cleanScript } from './remote-scripts.ts';
import { stagingFolder } from './upload.ts';

/** Milliseconds for all of it; a Pi that has lost its power does not answer. */
const PATIENCE = 45_000;
/** Milliseconds between two tries of it. */
const AGAIN = 2000;

/** Undoes after a failure or a cancellation, and says in a sentence what is left. */
export async function* undo(
  host: InventoryHost,
  job: Job,
  why: string,
  watcher: Watcher,
  context: ProjectContext,
): AsyncGenerator<EventBody, string> {
  const { name } = host;
  try {
    yield* cleanUpOnceBack(host, job, why, watcher, context);
    yield {
      kind: 'log',
      level: 'info',
      host: name,
      text: 'what was written on it is removed again',
    };
    return `${name} was not installed; what was written on it is removed again.`;
  } catch (error) {
    if (!RpiError.is(error)) throw error;
    const { message } = reportOf(error);
    yield {
      kind: 'log',
      level: 'warn',
      host: name,
      text: `what was written on it could not be removed: ${message}`,
    };
    await saveJob(context.project, { ...job, note: why });
    return `${name} was not installed. ${remains(job)} Once it answers: rpi install rollback ${name}`;
  }
}

/** A Pi that lost its power, or is being restarted by somebody, answers again after a while. */
async function* cleanUpOnceBack(
  host: InventoryHost,
  job: Job,
  why: string,
  watcher: Watcher,
  context: ProjectContext,
): AsyncGenerator<EventBody, void> {
  const { clock } = context;
  const until = clock.now() + PATIENCE;
  for (let tries = 0; ; tries += 1) {
    try {
      await cleanUp(host, job, 'undone', why, watcher, context);
      return;
    } catch (error) {
      const isAway = RpiError.is(error, 'ssh.unreachable', 'ssh.timeout', 'ssh.closed');
      if (!isAway || clock.now() > until) throw error;
    }
    if (tries === 0) {
      const text = `it does not answer: what was written on it is removed if it does within ${PATIENCE / 1000} s`;
      yield { kind: 'log', level: 'warn', host: host.name, text };
    }
    // Whoever cancelled the run wants it taken back.
    await clock.sleep(AGAIN, new AbortController().signal);
  }
}

function remains({ arming, phase }: Job): string {
  if (arming === 'config.txt' && (phase === 'uploaded' || phase === 'armed')) {
    return 'Its config.txt may start the installer already.';
  }
  return 'It starts its old system, with files of this try left on its boot partition.';
}

/**
 * Removes what arms, then what was sent, puts back what was there, lets go of the Pi. Only where
 * the old system answers. Throws `install.too-late`, `install.job-lost`, `command.failed`, and what
 * a login throws; the job then stays as it was.
 */
export async function cleanUp(
  host: InventoryHost,
  job: Job,
  end: JobPhase,
  note: string,
  watcher: Watcher,
  context: ProjectContext,
): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE);
  const seen = await watcher.see(host, job, signal);
  if (seen.type === 'stranger') throw seen.error;
  if (seen.type === 'new') throw tooLate(job);
  if (seen.type !== 'old') {
    throw new RpiError('ssh.unreachable', `${job.host} (${job.address}) does not answer.`, {
      remedy: `Try again when it does: rpi install rollback ${job.host}`,
    });
  }
  await using session = await watcher.open(host, job, signal);
  const shell = await rootShell(session, signal);
  const answer = await shell.run(await scriptOf(job, context));
  if (lastOf(answer) === 'job-lost') {
    throw new RpiError('install.job-lost', `${job.host} is in the hands of another installation.`, {
      remedy: 'Nothing was changed: what is there is not this one’s any more.',
    });
  }
  if (lastOf(answer) !== 'cleaned') {
    throw new RpiError('command.failed', `${job.host} could not be cleaned up${saidBy(answer)}.`, {
      remedy: `Look at ${job.bootFolder} there: rpi ssh ${job.host}`,
    });
  }
  const changed = new Date(context.clock.now()).toISOString();
  await saveJob(context.project, { ...job, phase: end, note, changed });
}

async function scriptOf(job: Job, { project }: ProjectContext): Promise<string> {
  const { bootFolder: boot, nonce } = job;
  const staging = stagingFolder(job);
  // Before the first file was put in its place, there is nothing to put back.
  if (job.phase === 'begun') {
    return cleanScript(nonce, { disarm: [], remove: [staging], restore: [] });
  }
  const backup = await loadBackup(project, job);
  if (backup === undefined) {
    throw new RpiError('file.not-readable', `The backup of ${job.host} is not whole.`, {
      remedy: `It is in ${jobFolder(project, job)}. Put back by hand what is missing.`,
    });
  }
  const { files, folders, armedBy } = job.written;
  const onBoot = (path: string): string => `${boot}/${path}`;
  const replaced = [...files, ...folders].map(onBoot);
  const isOurs = (path: string): boolean =>
    path === onBoot(armedBy) ||
    replaced.some((each) => path === each || path.startsWith(`${each}/`));
  const restore = backup.filter(({ path }) => isOurs(path));
  // What stands in for another file, such as config.txt, is replaced and never missing in between.
  const isRestored = restore.some(({ path }) => path === onBoot(armedBy));
  return cleanScript(nonce, {
    disarm: [onBoot(`${armedBy}.new`), ...(isRestored ? [] : [onBoot(armedBy)])],
    remove: [staging, ...replaced],
    restore,
  });
}

export function tooLate({ host }: Job): RpiError {
  return new RpiError('install.too-late', `${host} has its new system: there is no way back.`, {
    remedy: `See: rpi install status ${host}`,
  });
}
