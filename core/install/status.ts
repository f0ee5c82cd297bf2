/** `rpi install status` and `explain`: what an installation has come to; changes nothing. */
import { readFile } from 'node:fs/promises';
import { lockedFor } from '../files/lock.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory, selectHosts } from '../inventory/load.ts';
import type { EventBody, ResultStatus } from '../runs/event.ts';
import { merge } from '../runs/merge.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { listRuns } from '../runs/reader.ts';
import {
  atItsAddress,
  isOpen,
  jobFolder,
  jobsOf,
  mayBeRestarted,
  noJob,
  recoveryNotePath,
  type Job,
} from './job.ts';
import { openWatcher, type Seen, type Watcher } from './look.ts';

const AT_ONCE = 16;

export type StatusOutcome = Outcome & { readonly jobs: readonly Job[] };

/** Of the hosts of a pattern, or of all: the last installation of each. Throws `inventory.*`. */
export async function* installStatus(
  { hosts: pattern }: { readonly hosts: string | undefined },
  context: ProjectContext,
): AsyncGenerator<EventBody, StatusOutcome> {
  const { project, env, signal } = context;
  const hosts = selectHosts(await loadInventory(project, { env, signal }), pattern);
  const found: { host: InventoryHost; job: Job }[] = [];
  for (const host of hosts) {
    const [job] = await jobsOf(project, host.name);
    if (job !== undefined) found.push({ host, job: atItsAddress(job, host) });
  }
  if (found.length === 0) {
    return { status: 'ok', summary: 'No installation was begun from here.', jobs: [] };
  }
  const watcher = await openWatcher(context);
  yield* merge(found, ({ host, job }) => statusOf(host, job, watcher, context), {
    limit: AT_ONCE,
    signal,
  });
  const open = found.filter(({ job }) => isOpen(job)).length;
  return {
    status: 'ok',
    summary: `${found.length} Pi${found.length === 1 ? '' : 's'} installed from here, ${open} not at its end.`,
    jobs: found.map(({ job }) => job),
  };
}

async function* statusOf(
  host: InventoryHost,
  job: Job,
  watcher: Watcher,
  { project, signal }: ProjectContext,
): AsyncGenerator<EventBody, void> {
  yield { kind: 'host.started', host: host.name };
  const busy = await runOf(project, job);
  const seen = isOpen(job) && busy === undefined ? await watcher.see(host, job, signal) : undefined;
  yield {
    kind: 'host.finished',
    host: host.name,
    status: statusFor(job),
    summary: [
      `${PHASES[job.phase]} (${job.changed})`,
      ...(busy === undefined ? [] : [busy]),
      ...(seen === undefined ? [] : [advice(job, seen)]),
      ...(busy === undefined ? stillToDo(job) : []),
    ].join('; '),
  };
}

/** Whether a run of this machine is at work on the Pi: no other can be begun until it has ended. */
async function runOf(
  { locks }: ProjectContext['project'],
  { host }: Job,
): Promise<string | undefined> {
  const doing = await lockedFor(locks, `host ${host}`);
  if (doing === undefined) return undefined;
  return `“${doing}” is at work on it: rpi runs follow shows how it goes on`;
}

function stillToDo({ host, phase, afterwards = [] }: Job): string[] {
  return phase !== 'proved' || afterwards.length === 0
    ? []
    : [`not done yet: ${afterwards.join(', ')} (rpi install resume ${host})`];
}

function statusFor({ phase }: Job): ResultStatus {
  if (phase === 'proved') return 'ok';
  return ['came-back', 'not-kept', 'failed'].includes(phase) ? 'failed' : 'skipped';
}

const PHASES: Readonly<Record<Job['phase'], string>> = {
  begun: 'begun; nothing was armed',
  uploaded: 'files are on it; not restarted',
  armed: 'armed; not restarted',
  restarting: 'restarted into the installer',
  installing: 'its disk is wiped, the installer is at work',
  proved: 'installed and proved',
  'came-back': 'the installer ended before the wipe; the old system runs',
  'not-kept': 'wiped by its installer, and the old system runs: its card keeps nothing',
  undone: 'taken back; the old system runs',
  failed: 'not proved',
};

/** What answers at this moment, and what to do. */
function advice(job: Job, seen: Seen): string {
  const { host } = job;
  switch (seen.type) {
    case 'new':
      return `its new system answers: rpi install resume ${host} proves it`;
    case 'old':
      return seen.restarted && mayBeRestarted(job)
        ? `its old system runs again: rpi install resume ${host} says why`
        : `its old system runs: rpi install resume ${host} goes on, rpi install rollback ${host} takes it back`;
    case 'answers':
      return `it ${seen.how}`;
    case 'stranger':
      return seen.error.message;
    case 'silent':
      return mayBeRestarted(job)
        ? `no ssh yet: rpi install resume ${host} follows it`
        : 'it does not answer: is it switched on?';
  }
}

/**
 * What happened to one host, as Markdown: the record, what the runs said, the recovery note. Also
 * of one that is in the inventory no more. Throws `install.no-job`, and `inventory.no-match` for a
 * name that is not known at all.
 */
export async function explain(
  host: string,
  context: Pick<ProjectContext, 'project'>,
): Promise<string> {
  const { project } = context;
  const [job] = await jobsOf(project, host);
  if (job === undefined) {
    const known = selectHosts(await loadInventory(project), host);
    throw noJob(known.map(({ name }) => name));
  }
  const busy = await runOf(project, job);
  const note = await readFile(recoveryNotePath(project, job), 'utf8').catch(() => undefined);
  return [
    `# The last installation of ${host}`,
    '',
    `- ${job.system}`,
    `- begun ${job.started} by ${job.owner}${job.restarted === undefined ? '' : `, restarted ${job.restarted}`}`,
    `- ${PHASES[job.phase]} (${job.changed})${job.note === undefined ? '' : `: ${job.note}`}`,
    ...(busy === undefined ? nextStep(job) : [`- now: ${busy}`]),
    `- backup: ${jobFolder(project, job)}`,
    '',
    '## What was said',
    '',
    ...(await saidOf(host, job, project.runs)),
    '',
    ...(note === undefined ? [] : [note.replace(/^# /, '## ')]),
  ].join('\n');
}

/** What a job that is not at its end can come to; who answers is not asked here. */
function nextStep(job: Job): string[] {
  if (!isOpen(job)) return [];
  const { host } = job;
  const back = mayBeRestarted(job) ? '' : `; \`rpi install rollback ${host}\` takes it back`;
  return [
    `- next: \`rpi install status ${host}\` asks who answers, \`rpi install resume ${host}\` goes on from there${back}`,
  ];
}

/** How many of the installer's own last lines are shown. */
const LINES = 20;

async function saidOf(host: string, job: Job, runs: string): Promise<string[]> {
  const since = job.id.slice(0, 18);
  // A run that was started before the job may have begun it.
  const journals = (await listRuns(runs)).filter(({ started }) => /^install/.test(started.command));
  const events = journals
    .reverse()
    .flatMap(({ events: each }) => each)
    .filter(({ at }) => at.replace(/[-:.]/g, '').slice(0, 18) >= since);
  const raw: string[] = [];
  const lines = events.flatMap((event): string[] => {
    if (!('host' in event) || event.host !== host) return [];
    if (event.kind === 'step.intended') return [`- ${event.at} about to: ${event.what}`];
    if (event.kind === 'log' && event.level !== 'debug') return [`- ${event.at} ${event.text}`];
    if (event.kind === 'log') raw.push(...event.text.split('\n'));
    if (event.kind === 'host.finished') {
      const remedy = event.error?.remedy;
      return [`- ${event.at} ${event.summary}${remedy === undefined ? '' : ` → ${remedy}`}`];
    }
    return event.kind === 'check' && event.status === 'failed'
      ? [`- ${event.at} ${event.name}: ${event.detail}`]
      : [];
  });
  const tail = raw.slice(-LINES).map((line) => `    ${line}`);
  return [...lines, ...(tail.length === 0 ? [] : ['', 'The installer’s last words:', '', ...tail])];
}
