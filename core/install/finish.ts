/** After the restart: follow, prove, keep what is known. Ending this ends nothing on the Pi. */
import { rm } from 'node:fs/promises';
import { reportOf, RpiError, type ErrorReport } from '../errors.ts';
import { hideAfter } from '../formats/redact.ts';
import { parsePublicKey } from '../formats/ssh-key.ts';
import type { HostVariables } from '../inventory/edit.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { changeHosts } from '../inventory/update.ts';
import type { EventBody } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { replaceHostKeys } from '../ssh/host-keys.ts';
import type { Progress } from './backend.ts';
import { follow } from './follow.ts';
import type { HostEnd } from './host-end.ts';
import { recoveryNotePath, type Job } from './job.ts';
import type { Watcher } from './look.ts';
import { prove } from './prove.ts';
import { errorLogScript } from './remote-scripts.ts';
import type { TargetFacts } from './target-facts.ts';
import { cleanUp } from './undo.ts';

export type FinishInput = {
  readonly host: InventoryHost;
  readonly job: Job;
  readonly progress: Progress;
  readonly watcher: Watcher;
  /** Keeps the record, with the time of the change. */
  readonly keep: (job: Job) => Promise<Job>;
  readonly context: ProjectContext;
};

/** Never throws for what happens on the Pi: that is the end it returns. */
export async function* finish(input: FinishInput): AsyncGenerator<EventBody, HostEnd> {
  const { host, progress, watcher, context } = input;
  const { name } = host;
  let job = input.job;
  const save = async (change: Partial<Pick<Job, 'phase' | 'note'>>): Promise<void> => {
    job = await input.keep({ ...job, ...change });
  };
  yield { kind: 'step.started', host: name, step: 'install', title: 'following the installation' };
  try {
    const system = yield* follow({ host, job, progress, watcher, save, context });
    yield { kind: 'step.finished', host: name, step: 'install', status: 'ok' };
    const facts = yield* prove(host, job, system, watcher, context.signal);
    yield* keepTrust(input.job, context);
    yield* learn(host, facts, context);
    // The note is for a Pi that did not come back; the backup stays.
    await rm(recoveryNotePath(context.project, job), { force: true });
    // As the last of all: whoever ends before it leaves a job that can be resumed.
    await save({ phase: 'proved', note: 'installed and proved' });
    return { host: name, status: 'changed', error: undefined };
  } catch (error) {
    if (!RpiError.is(error) || RpiError.is(error, 'run.internal')) throw error;
    if (RpiError.is(error, 'run.cancelled')) {
      return {
        host: name,
        status: 'cancelled',
        error: undefined,
        undone: `${name} goes on by itself; nobody follows it now. rpi install resume ${name} does.`,
      };
    }
    const report = reportOf(error);
    if (RpiError.is(error, 'install.came-back', 'install.not-kept'))
      yield* afterReturn({ ...input, job }, report);
    else await save({ phase: 'failed', note: report.message });
    yield { kind: 'step.finished', host: name, step: 'install', status: 'failed', error: report };
    return { host: name, status: 'failed', error: report };
  }
}

async function* keepTrust(job: Job, context: ProjectContext): AsyncGenerator<EventBody, void> {
  const key = parsePublicKey(job.expected.hostKey);
  if (key === undefined) return;
  const { address, port, host } = job;
  await replaceHostKeys(context.project, [{ address, port, key }], {
    ...context,
    signal: new AbortController().signal,
  });
  yield { kind: 'log', level: 'info', host, text: 'known_hosts has its new host key' };
}

/** What the new system says of its board, where the inventory does not know it yet. */
async function* learn(
  host: InventoryHost,
  facts: TargetFacts | undefined,
  context: ProjectContext,
): AsyncGenerator<EventBody, void> {
  const macs = [...new Set([...host.macs, ...(facts?.links ?? []).map(({ mac }) => mac)])];
  const vars: HostVariables = {
    ...(facts?.serial === undefined || host.serial !== undefined
      ? {}
      : { rpi_serial: facts.serial }),
    ...(macs.length === host.macs.length ? {} : { rpi_macs: macs }),
    ...(facts?.model === undefined || facts.model === host.model ? {} : { rpi_model: facts.model }),
  };
  if (Object.keys(vars).length === 0) return;
  const options = { dryRun: false, programs: context };
  try {
    yield* changeHosts(context.project, [{ type: 'set', host: host.name, vars }], options);
  } catch (error) {
    if (!RpiError.is(error)) throw error;
    const { message } = error;
    yield { kind: 'log', level: 'warn', host: host.name, text: `the inventory stays: ${message}` };
  }
}

/** The old system runs again: why is in the installer's log; what was written is taken back. */
async function* afterReturn(
  { host, job, watcher, context, keep }: FinishInput,
  { code, message: note }: ErrorReport,
): AsyncGenerator<EventBody, void> {
  const { name } = host;
  const phase = code === 'install.not-kept' ? 'not-kept' : 'came-back';
  try {
    await using session = await watcher.open(host, job, context.signal);
    const { stdout } = await session.exec('sh -s', {
      signal: context.signal,
      stdin: errorLogScript(`${job.bootFolder}/raspberrypi-ua-netinst`),
      timeout: 30_000,
    });
    const text = hideAfter(
      stdout.replace(/[^\P{C}\n]/gu, '').trim(),
      'psk|pw|passw\\w*|passphrase',
      '[=: ]+',
      'i',
    );
    if (text !== '')
      yield { kind: 'log', level: 'warn', host: name, text: `its installer said:\n${text}` };
    await cleanUp(host, job, phase, note, watcher, context);
    yield {
      kind: 'log',
      level: 'info',
      host: name,
      text: 'what was written on it is removed again',
    };
  } catch (error) {
    if (!RpiError.is(error)) throw error;
    await keep({ ...job, phase, note });
    const text = `what was written on it could not be removed: ${error.message}`;
    yield { kind: 'log', level: 'warn', host: name, text };
  }
}
