/** `rpi create render`: for each host, the files that raspberrypi-ua-netinst installs it from. */
import { isAbsolute, join, relative, resolve } from 'node:path';
import { isInstallable } from '../data/installer-models.ts';
import { ERROR_CODES, reportOf, RpiError } from '../errors.ts';
import { unifiedDiff } from '../files/diff.ts';
import { acquireLock } from '../files/lock.ts';
import { fingerprint } from '../formats/ssh-key.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory, selectAdopted, selectHosts } from '../inventory/load.ts';
import type { EventBody, RunStatus } from '../runs/event.ts';
import { merge } from '../runs/merge.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { openProjectSession } from '../ssh/project-session.ts';
import { checkBaseConfig, checkPostInstall, checkRendered } from './check-files.ts';
import { folderName } from './folder-name.ts';
import type { RenderedFile } from './host-files.ts';
import { hostKeyOf } from './host-keys.ts';
import { filesOf, readIngredients, type Ingredients } from './ingredients.ts';
import { unsupportedModel } from './models.ts';
import { differencesOnPi, readFromPi } from './compare-with-pi.ts';
import { changesOf, newNonce, readManifest, writeRender, type FileChange } from './output.ts';
import { redact } from './redact.ts';

export type RenderInput = {
  /** Ansible host patterns; a host must match both. All hosts without them. */
  readonly hosts: string | undefined;
  readonly limit: string | undefined;
  /** Where a folder for each host is made; `.rpi/create` without it. */
  readonly output: string | undefined;
  /** Show what changed since the last render; a dry run shows it always. */
  readonly diff: boolean;
  /** Show how it differs from what is on the Pis, which are asked over ssh. */
  readonly diffToPi?: boolean;
};

export type RenderedHost = {
  readonly host: string;
  /** Absolute; holds `config/` and the manifest. */
  readonly folder: string;
  /** Fingerprint of the ssh host key that the new system will have; undefined in a dry run that would make it. */
  readonly hostKey: string | undefined;
  readonly changed: number;
};

export type RenderOutcome = Outcome & { readonly hosts: readonly RenderedHost[] };

type Common = Ingredients & {
  /** What was said of the bases already. */
  readonly told: ReadonlySet<string>;
};

type HostEnd = { readonly status: RunStatus; readonly rendered: RenderedHost | undefined };

/**
 * Renders the hosts of the input. Ends `refused` or `failed` when a host could not be rendered;
 * the others are whole. Throws `create.*`, `access.identity`, `inventory.*` and `file.*` for what concerns all.
 */
export async function* renderCreate(
  input: RenderInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, RenderOutcome> {
  const { project, signal, env } = context;
  const inventory = await loadInventory(project, { env, signal });
  const limited = new Set(selectAdopted(inventory, input.limit));
  const hosts = selectHosts(inventory, input.hosts).filter((host) => limited.has(host));
  if (hosts.length === 0) throw noneLeft(input);
  const ingredients = await readIngredients(context);
  const told = yield* checkBases(ingredients, hosts, context);
  const results = yield* merge(
    hosts,
    (host) => renderHost(host, { ...ingredients, told }, input, context),
    {
      limit: 8,
      signal,
    },
  );
  const ends = results.flatMap((result) => (result.ok ? [result.value] : []));
  const rendered = ends.map((end) => end.rendered).filter((each) => each !== undefined);
  if (signal.aborted) {
    const undone = results
      .filter((result) => !result.ok)
      .map(({ host }) => `Not rendered: ${host.name}.`);
    return {
      status: 'cancelled',
      summary: `Cancelled after ${rendered.length} of ${hosts.length} hosts.`,
      undone,
      hosts: rendered,
    };
  }
  for (const result of results) if (!result.ok) throw result.error;
  return {
    status: worst(ends),
    summary: summarise(rendered, hosts.length, context.dryRun),
    hosts: rendered,
  };
}

function noneLeft({ hosts = 'all', limit = 'all' }: RenderInput): RpiError {
  return new RpiError('inventory.no-match', `No host is both of “${hosts}” and of “${limit}”.`, {
    remedy: 'Name the hosts once. rpi inventory list shows them.',
  });
}

/**
 * The files of `host` as renderCreate would make them, in memory: nothing is written. Where the
 * host has no kept host key yet, the one in them is not the one that it will have. Throws as
 * renderCreate does, and `create.*` for this host.
 */
export async function previewRender(
  host: InventoryHost,
  context: ProjectContext,
): Promise<readonly RenderedFile[]> {
  const ingredients = await readIngredients(context);
  const { project } = context;
  const previous = await readManifest(join(project.state, 'create', folderName(host.name)));
  const hostKey = await hostKeyOf(project, host.name, { keep: false });
  const { files } = await filesOf(host, ingredients, hostKey, context);
  return files(previous?.nonce ?? newNonce());
}

/** What is wrong with a plain base is wrong for every host: it is said once. */
async function* checkBases(
  { config, postInstall }: Ingredients,
  [first]: readonly InventoryHost[],
  context: ProjectContext,
): AsyncGenerator<EventBody, ReadonlySet<string>> {
  const warnings: string[] = [];
  if (first === undefined) return new Set();
  if (!config.isTemplate) {
    const text = await config.forHost(first);
    warnings.push(...checkBaseConfig(text, config.path).warnings);
  }
  if (postInstall?.isTemplate === false) {
    const text = await postInstall.forHost(first);
    warnings.push(...(await checkPostInstall(text, postInstall.path, context)).warnings);
  }
  for (const text of warnings) yield { kind: 'log', level: 'warn', text };
  return new Set(warnings.map(withoutPlace));
}

/** One sentence about the base is enough, also where it is true of what is rendered from it. */
function withoutPlace(warning: string): string {
  return warning.replace(/^.*?:\d+: /, '');
}

async function* renderHost(
  host: InventoryHost,
  common: Common,
  input: RenderInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, HostEnd> {
  yield { kind: 'host.started', host: host.name };
  try {
    const rendered = yield* render(host, common, input, context);
    const what =
      rendered.changed === 0
        ? 'unchanged'
        : `${rendered.changed} file${rendered.changed === 1 ? '' : 's'} ${context.dryRun ? 'would change' : 'written'}`;
    yield {
      kind: 'host.finished',
      host: host.name,
      status: rendered.changed === 0 ? 'ok' : 'changed',
      summary: `${what} in ${shownPath(context, rendered.folder)}; ${rendered.hostKey === undefined ? 'with a new host key' : `host key ${rendered.hostKey}`}`,
    };
    return { status: 'ok', rendered };
  } catch (error) {
    if (!RpiError.is(error) || RpiError.is(error, 'run.cancelled', 'run.internal')) throw error;
    const report = reportOf(error);
    const status = ERROR_CODES[report.code] === 'refused' ? 'refused' : 'failed';
    yield {
      kind: 'host.finished',
      host: host.name,
      status,
      summary: report.message,
      error: report,
    };
    return { status, rendered: undefined };
  }
}

async function* render(
  host: InventoryHost,
  common: Common,
  input: RenderInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, RenderedHost> {
  const { project, dryRun } = context;
  const installable = isInstallable(host.model);
  if (installable === false) throw unsupportedModel(host.name, host.model ?? '');
  if (installable === undefined) {
    const model =
      host.model === undefined ? 'its model is unknown' : `“${host.model}” is no model known here`;
    yield {
      kind: 'log',
      level: 'warn',
      host: host.name,
      text: `${model}: this installer can't install a Pi 5, 500 or 400.`,
    };
  }
  const folder = join(outputFolder(input, context), folderName(host.name));
  await using _lock = await acquireLock(
    project.locks,
    `create:${host.name}`,
    `create render ${host.name}`,
  );
  const hostKey = await hostKeyOf(project, host.name, { keep: !dryRun });
  const { files: filesWith, postInstall } = await filesOf(host, common, hostKey, context);
  const previous = await readManifest(folder);

  // The nonce names what was rendered: it stays as long as the rest does.
  let nonce = previous?.nonce ?? newNonce();
  let files = filesWith(nonce);
  let changes = await changesOf(folder, files, previous);
  if (changes.length > 0 && previous !== undefined) {
    nonce = newNonce();
    files = filesWith(nonce);
    changes = await changesOf(folder, files, previous);
  }
  if (common.postInstall?.isTemplate === true) {
    await checkPostInstall(postInstall, common.postInstall.path, context);
  }
  for (const text of checkRendered(files, host).warnings) {
    if (common.told.has(withoutPlace(text))) continue;
    yield { kind: 'log', level: 'warn', host: host.name, text };
  }
  for (const change of changes) yield changeEvent(change, folder, input, context);
  if (input.diffToPi === true) yield* compareWithPi(host, files, context);
  if (!dryRun && (changes.length > 0 || previous === undefined)) {
    await writeRender(folder, files, changes, { host: host.name, nonce });
  }
  return {
    host: host.name,
    folder,
    hostKey: hostKey.kept ? fingerprint(hostKey.publicKey) : undefined,
    changed: changes.length,
  };
}

/** A Pi that can't be asked is no fault of what was rendered. */
async function* compareWithPi(
  host: InventoryHost,
  files: readonly RenderedFile[],
  context: ProjectContext,
): AsyncGenerator<EventBody> {
  const say = (level: 'info' | 'warn', text: string): EventBody => {
    return { kind: 'log', level, host: host.name, text };
  };
  try {
    await using session = await openProjectSession(context, host);
    const onPi = await readFromPi(session, context.signal);
    if (onPi === undefined) {
      yield say('warn', 'Not compared: the Pi gave no whole answer.');
      return;
    }
    if (onPi.folder === undefined) yield say('info', 'Nothing of the installer is on the Pi yet.');
    const differences = differencesOnPi(host.name, files, onPi);
    if (differences.length === 0) yield say('info', 'What is on the Pi is the same.');
    yield* differences;
  } catch (error) {
    if (!RpiError.is(error) || RpiError.is(error, 'run.cancelled', 'run.internal')) throw error;
    yield say('warn', `Not compared with what is on the Pi: ${reportOf(error).message}`);
  }
}

function changeEvent(
  { path, action, before, after }: FileChange,
  folder: string,
  input: RenderInput,
  context: ProjectContext,
): EventBody {
  const shown = shownPath(context, join(folder, path));
  const diff = unifiedDiff(shown, redact(path, before), redact(path, after));
  return {
    kind: 'file.changed',
    path: shown,
    action,
    planned: context.dryRun,
    ...((input.diff || context.dryRun) && diff !== '' ? { diff } : {}),
    ...(diff === '' ? { detail: 'only what is secret differs' } : {}),
  };
}

function outputFolder({ output }: RenderInput, { project }: ProjectContext): string {
  return output === undefined ? join(project.state, 'create') : resolve(output);
}

/** Relative to the project where it is inside. */
function shownPath({ project }: ProjectContext, path: string): string {
  const inside = relative(project.root, path);
  return inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}

function worst(ends: readonly HostEnd[]): RunStatus {
  if (ends.some(({ status }) => status === 'failed')) return 'failed';
  return ends.some(({ status }) => status === 'refused') ? 'refused' : 'ok';
}

function summarise(rendered: readonly RenderedHost[], hosts: number, dryRun: boolean): string {
  const changed = rendered.filter((each) => each.changed > 0).length;
  const of = rendered.length === hosts ? `${hosts}` : `${rendered.length} of ${hosts}`;
  return `Rendered ${of} host${hosts === 1 ? '' : 's'}, ${changed} ${dryRun ? 'would change' : 'changed'}.`;
}
