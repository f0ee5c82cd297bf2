/** `rpi create verify`: is everything there that the installation of these hosts downloads? */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { streamCommand } from '../command/run.ts';
import { commandLine } from '../command/command.ts';
import { suiteUrl, throughCache } from '../debian/source.ts';
import { ERROR_CODES, reportOf, RpiError } from '../errors.ts';
import { reachScript } from '../install/facts-script.ts';
import type { NamedFinding } from '../runs/finding.ts';
import { parseReach, type Reach } from '../install/target-facts.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory } from '../inventory/load.ts';
import { selectNamed } from '../inventory/select.ts';
import type { EventBody } from '../runs/event.ts';
import { merge } from '../runs/merge.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { projectSessions } from '../ssh/project-session.ts';
import type { Examined, NeededPackage } from './examine-repository.ts';
import type { NetinstDownloads } from './netinst-packages.ts';
import { previewRender } from './render.ts';
import { openRepository, type Repository } from './repository.ts';

export type VerifyInput = {
  /** Ansible host patterns; a host must match both. All hosts without them. */
  readonly hosts: string | undefined;
  readonly limit: string | undefined;
  /** Run the command of `create.repository.update` first, where there is one. */
  readonly update: boolean;
  /** Ask from the Pis too. */
  readonly fromPi: boolean;
  /** Name every package that is downloaded. */
  readonly list: boolean;
};

export type VerifiedHost = {
  readonly host: string;
  readonly status: 'ok' | 'failed';
  readonly findings: readonly NamedFinding[];
  readonly packages: readonly NeededPackage[];
};
export type VerifyOutcome = Outcome & { readonly hosts: readonly VerifiedHost[] };

const AT_ONCE = 8;
/** Milliseconds for all URLs of a Pi. */
const REACH_TIMEOUT = 90_000;
/** Milliseconds that an index is kept without being used. */
const KEPT_FOR = 60 * 24 * 3600 * 1000;

/**
 * Verifies what the hosts of the input would be installed from. Ends `failed` when something is
 * missing. Throws `create.*` for what can't be rendered, `inventory.*`, and `command.failed` where
 * the repository can't be brought up to date.
 */
export async function* verifyCreate(
  input: VerifyInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, VerifyOutcome> {
  const { project, signal, env } = context;
  const inventory = await loadInventory(project, { env, signal });
  const hosts = selectNamed(inventory, input);
  if (input.update) yield* updateRepository(context);
  const repository = await openRepository(context);
  const results = yield* merge(hosts, (host) => verifyHost(host, input, repository, context), {
    limit: AT_ONCE,
    signal,
  });
  await removeUnused(repository.store, context.clock.now());
  const verified = results.flatMap((result) => (result.ok ? [result.value] : []));
  if (signal.aborted) {
    return {
      status: 'cancelled',
      summary: `Cancelled after ${verified.length} of ${hosts.length} hosts; nothing was changed.`,
      hosts: verified,
    };
  }
  for (const result of results) if (!result.ok) throw result.error;
  const faulty = verified.filter(({ status }) => status === 'failed').length;
  const s = hosts.length === 1 ? '' : 's';
  return {
    status: faulty === 0 ? 'ok' : 'failed',
    summary:
      faulty === 0
        ? `Everything that ${hosts.length} host${s} would download is there.`
        : `${faulty} of ${hosts.length} host${s} could not be installed from this.`,
    hosts: verified,
  };
}

/** Runs the person’s own command; what it prints is shown as it comes. */
async function* updateRepository({
  project,
  env,
  signal,
}: ProjectContext): AsyncGenerator<EventBody> {
  const [command, ...args] = project.config.create.repository.update ?? [];
  if (command === undefined) return;
  const step = 'repository-update';
  yield {
    kind: 'step.started',
    step,
    title: `Updating the repository: ${commandLine({ command, args })}`,
  };
  const stream = streamCommand({ command, args, cwd: project.root }, { env, signal });
  for (;;) {
    const next = await stream.next();
    if (next.done !== true) {
      const { from, text } = next.value;
      if (from !== 'extra') yield { kind: 'output', step, stream: from, text };
      continue;
    }
    if (next.value === 0) {
      yield { kind: 'step.finished', step, status: 'ok' };
      return;
    }
    yield { kind: 'step.finished', step, status: 'failed' };
    throw new RpiError(
      'command.failed',
      `${commandLine({ command, args })} ended with ${next.value}.`,
      {
        remedy: 'It is create.repository.update of rpi.yml. Nothing was verified.',
      },
    );
  }
}

async function* verifyHost(
  host: InventoryHost,
  input: VerifyInput,
  repository: Repository,
  context: ProjectContext,
): AsyncGenerator<EventBody, VerifiedHost> {
  yield { kind: 'host.started', host: host.name };
  let examined: Examined;
  try {
    examined = await examineHost(host, input, repository, context);
  } catch (error) {
    if (!RpiError.is(error) || RpiError.is(error, 'run.cancelled', 'run.internal')) throw error;
    const report = reportOf(error);
    const status = ERROR_CODES[report.code] === 'refused' ? 'refused' : 'failed';
    const summary = report.message;
    yield { kind: 'host.finished', host: host.name, status, summary, error: report };
    return { host: host.name, status: 'failed', findings: [], packages: [] };
  }
  const { findings, packages } = examined;
  for (const finding of findings) yield { kind: 'check', host: host.name, ...finding };
  if (input.list) {
    for (const { name, version, size, from } of packages) {
      const text = `${name} ${version}  ${size} bytes, ${from}`;
      yield { kind: 'log', level: 'info', host: host.name, text };
    }
  }
  const failed = findings.filter(({ status }) => status === 'failed').map(({ name }) => name);
  yield {
    kind: 'host.finished',
    host: host.name,
    status: failed.length === 0 ? 'ok' : 'failed',
    summary: failed.length === 0 ? 'everything is there' : `not in order: ${failed.join(', ')}`,
  };
  return { host: host.name, status: failed.length === 0 ? 'ok' : 'failed', findings, packages };
}

async function examineHost(
  host: InventoryHost,
  input: VerifyInput,
  repository: Repository,
  context: ProjectContext,
): Promise<Examined> {
  const files = await previewRender(host, context);
  const { findings, packages, downloads } = await repository.examine(files, 'failed');
  const fromPi =
    input.fromPi && downloads !== undefined ? await seenFromPi(host, downloads, context) : [];
  return { findings: [...findings, ...fromPi], packages };
}

/** Every archive, asked for by the Pi itself. */
async function seenFromPi(
  host: InventoryHost,
  { sources, cache }: NetinstDownloads,
  context: ProjectContext,
): Promise<NamedFinding[]> {
  const urls = sources.map((source) => throughCache(`${suiteUrl(source)}Release`, cache));
  const named = (index: number): Pick<NamedFinding, 'name' | 'why'> => ({
    name: `${sources[index]?.label ?? ''}: from the Pi`,
    why: 'What the Pi can’t fetch after its disk is wiped leaves it without a system.',
  });
  try {
    const sessions = await projectSessions(context);
    await using session = await sessions.open(host);
    const { stdout } = await session.exec('sh -s', {
      signal: context.signal,
      timeout: REACH_TIMEOUT,
      stdin: reachScript(urls),
    });
    return urls.map((url, index) => ({
      ...named(index),
      ...judgeReach(url, parseReach(stdout, index)),
    }));
  } catch (error) {
    if (!RpiError.is(error) || RpiError.is(error, 'run.cancelled', 'run.internal')) throw error;
    const { message, remedy } = reportOf(error);
    const finding = { name: 'from the Pi', why: named(0).why, status: 'skipped' } as const;
    const told = { ...finding, detail: `not asked: ${message}` };
    return [remedy === undefined ? told : { ...told, remedy }];
  }
}

function judgeReach(
  url: string,
  reach: Reach | undefined,
): Pick<NamedFinding, 'status' | 'detail'> {
  switch (reach?.type) {
    case 'ok':
      return { status: 'ok', detail: `it reaches ${url}` };
    case undefined:
    case 'failed':
      return { status: 'failed', detail: `it does not reach ${url}` };
    case 'status':
      return { status: 'failed', detail: `asked for ${url}, it is told ${reach.status}` };
    case 'no-tool':
      return { status: 'skipped', detail: `it has nothing to ask for ${url} with` };
  }
}

async function removeUnused(store: string, now: number): Promise<void> {
  for (const name of await readdir(store).catch(() => [])) {
    const file = join(store, name);
    const age = now - ((await stat(file).catch(() => undefined))?.mtimeMs ?? now);
    if (age > KEPT_FOR) await rm(file, { force: true });
  }
}
