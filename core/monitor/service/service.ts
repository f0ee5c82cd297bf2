/** `rpi monitor service`: the monitor as a service of systemd, from a copy of rpi of its own. */
import { readFile, stat, unlink } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { commandLine } from '../../command/command.ts';
import { RpiError } from '../../errors.ts';
import { writeError, writeFileAtomic } from '../../files/atomic.ts';
import { unifiedDiff } from '../../files/diff.ts';
import { lockedFor } from '../../files/lock.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { resource } from '../../resources.ts';
import type { EventBody } from '../../runs/event.ts';
import type { Outcome, ProjectContext } from '../../runs/operation.ts';
import { VERSION } from '../../version.ts';
import { copyName, readProduct, removeOthers, writeCopy } from './copy.ts';
import { findServiceNode } from './node.ts';
import {
  lingers,
  requireSystemd,
  runSystemctl,
  systemctl,
  unitName,
  unitPath,
  type Scope,
} from './systemd.ts';
import { refuseMeanwhile } from './under-way.ts';
import { unitText } from './unit.ts';

export type ServiceInput = {
  readonly scope: Scope;
  /** The folder of the product to copy; this one's without it. */
  readonly product?: string;
};

/** What the unit passes on: where programs are found, and where data are kept. No secrets. */
const PASSED_ON = ['PATH', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME'] as const;

/** How long a monitor may take to begin; milliseconds. */
const PATIENCE = 30_000;

/**
 * Copies rpi to the data folder, writes the unit, enables and (re)starts it, and waits until it
 * watches. Throws `monitor.service`, `node.too-old`, `lock.held` (also while a remedy is under way) and `file.*`; nothing is changed
 * before all that can be known beforehand is known.
 */
export async function* installService(
  { scope, product = resource('') }: ServiceInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, Outcome> {
  const { project, env, dryRun } = context;
  const name = unitName(project);
  const path = unitPath(name, scope, env);
  await requireOwner(scope, project.root);
  const node = await findServiceNode(context);
  const files = await readProduct(product);
  const version = copyName(VERSION, files);
  const folder = copiesFolder(project);
  const environment = Object.fromEntries(
    PASSED_ON.flatMap((variable) => {
      const value = env[variable];
      return value === undefined || value === '' ? [] : [[variable, value]];
    }),
  );
  const program = join(folder, version, 'dist', 'rpi.js');
  const text = unitText({ root: project.root, node: node.path, program, scope, environment });
  const before = await textOf(path);
  const diff = unifiedDiff(path, before ?? '', text);
  const change: EventBody = {
    kind: 'file.changed',
    path,
    action: before === undefined ? 'created' : diff === '' ? 'left' : 'updated',
    planned: dryRun,
    ...(diff === '' ? {} : { diff }),
  };
  if (dryRun) {
    yield change;
    return { status: 'ok', summary: 'A dry run: nothing was written.' };
  }
  await requireSystemd(scope, context);
  await refuseSecond(scope, name, context);
  await refuseMeanwhile('install', context);

  await writeCopy(folder, version, files);
  await makeFolder(dirname(path));
  await writeFileAtomic(path, text, { mode: 0o644 });
  yield change;
  for (const args of [['daemon-reload'], ['enable', name], ['restart', name]]) {
    const { code, stderr } = await runSystemctl(scope, args, context);
    if (code === 0) continue;
    throw failed(scope, name, `${commandLine(systemctl(scope, ...args))}: ${stderr.trim()}`);
  }
  await waitForMonitor(scope, name, context);
  await removeOthers(folder, version);
  const user = userInfo().username;
  if (scope === 'user' && !lingers(user)) {
    const says = `It ends when you log out. So that it stays: sudo loginctl enable-linger ${user}`;
    yield { kind: 'log', level: 'warn', text: says };
  }
  return { status: 'ok', summary: `${name} watches, rpi ${version} on Node ${node.version}.` };
}

/** Stops the service and takes away unit and copies. The history and the journal stay. */
export async function* uninstallService(
  { scope }: ServiceInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, Outcome> {
  const { project, env, dryRun } = context;
  const name = unitName(project);
  const path = unitPath(name, scope, env);
  await requireOwner(scope, project.root);
  if ((await textOf(path)) === undefined) {
    return { status: 'ok', summary: 'There was nothing to remove.' };
  }
  if (!dryRun) {
    await requireSystemd(scope, context);
    await refuseMeanwhile('uninstall', context);
    const { code, stderr } = await runSystemctl(scope, ['disable', '--now', name], context);
    if (code !== 0) throw failed(scope, name, stderr.trim());
    await unlink(path).catch((error: unknown) => {
      throw writeError(path, error);
    });
    await runSystemctl(scope, ['daemon-reload'], context);
    await removeOthers(copiesFolder(project), undefined);
  }
  yield { kind: 'file.changed', path, action: 'removed', planned: dryRun };
  const summary = dryRun ? 'A dry run: nothing was removed.' : `${name} is removed.`;
  return { status: 'ok', summary };
}

export type ServiceStatus = {
  readonly name: string;
  readonly scope: Scope;
  readonly path: string;
  readonly installed: boolean;
  /** As `systemctl is-enabled` and `is-active` say them. */
  readonly enabled: string;
  readonly active: string;
  /** The copy that its unit runs, as in 0.1.0-1f2e3d4c. */
  readonly version: string | undefined;
};

/** How the service stands. It only reads. Throws `monitor.service` where no systemd answers. */
export async function serviceStatus(
  scope: Scope,
  context: Pick<ProjectContext, 'project' | 'env' | 'signal'>,
): Promise<ServiceStatus> {
  const name = unitName(context.project);
  const path = unitPath(name, scope, context.env);
  const text = await textOf(path);
  const base = { name, scope, path, version: /([^/"]+)\/dist\/rpi\.js"/.exec(text ?? '')?.[1] };
  if (text === undefined) {
    return { ...base, installed: false, enabled: 'disabled', active: 'inactive' };
  }
  await requireSystemd(scope, context);
  const [enabled, active] = await Promise.all(
    ['is-enabled', 'is-active'].map(async (verb) => {
      const { stdout } = await runSystemctl(scope, [verb, name], context);
      return stdout.trim() === '' ? 'unknown' : stdout.trim();
    }),
  );
  return { ...base, installed: true, enabled: enabled ?? 'unknown', active: active ?? 'unknown' };
}

function copiesFolder({ data }: { readonly data: string }): string {
  return join(data, 'monitor-service');
}

/** What root runs must be root's: whoever may change the project may change what it does. */
async function requireOwner(scope: Scope, root: string): Promise<void> {
  if (scope === 'user') return;
  if (process.getuid?.() !== 0) {
    throw new RpiError('input.invalid', '--system needs root.', {
      remedy: 'Run it as root, or leave --system out: the service is then yours.',
    });
  }
  const { uid } = await stat(root);
  if (uid === 0) return;
  throw new RpiError('input.invalid', `${root} is not root’s: root would run what others write.`, {
    remedy:
      'Install it as the owner, without --system; loginctl enable-linger USER keeps it running.',
  });
}

async function refuseSecond(scope: Scope, name: string, context: ProjectContext): Promise<void> {
  const other: Scope = scope === 'user' ? 'system' : 'user';
  const path = unitPath(name, other, context.env);
  if ((await textOf(path)) !== undefined) {
    throw new RpiError('lock.held', `${path} is there: the project has a ${other} service.`, {
      remedy: `Remove it first: rpi monitor service uninstall${other === 'system' ? ' --system' : ''}`,
    });
  }
  const doing = await lockedFor(context.project.locks, 'monitor');
  if (doing === undefined) return;
  const { stdout } = await runSystemctl(scope, ['is-active', name], context);
  if (stdout.trim() === 'active') return; // it is the service itself, which begins anew
  throw new RpiError('lock.held', 'Another monitor watches this project.', {
    remedy: 'End it first: rpi runs list, then rpi runs cancel ID.',
  });
}

async function waitForMonitor(scope: Scope, name: string, context: ProjectContext): Promise<void> {
  const { project, clock, signal } = context;
  const until = performance.now() + PATIENCE;
  for (;;) {
    const { stdout } = await runSystemctl(scope, ['is-active', name], context);
    const state = stdout.trim();
    const watches = (await lockedFor(project.locks, 'monitor')) !== undefined;
    if (watches && state === 'active') return;
    if (state === 'failed' || state === 'inactive' || performance.now() > until) {
      throw failed(scope, name, `it does not begin to watch (${state})`);
    }
    await clock.sleep(250, signal);
  }
}

function failed(scope: Scope, name: string, why: string): RpiError {
  const journal = `journalctl ${scope === 'user' ? '--user ' : ''}-u ${name} -e`;
  return new RpiError('monitor.service', `${name}: ${why.slice(0, 1000)}.`, {
    remedy: `Its journal tells why: ${journal} — the copies of rpi before this one are kept.`,
  });
}

async function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
