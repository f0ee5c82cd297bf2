/**
 * `rpi ssh config`: makes the Pis of a project known to plain `ssh`, and to all that uses it
 * (scp, rsync, Remote-SSH), by an include file of ours and one line in the person's file.
 */
import { readFile, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { RpiError, systemCode } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic.ts';
import { unifiedDiff } from '../files/diff.ts';
import { makePrivateFolder } from '../files/private-folder.ts';
import { loadInventory } from '../inventory/load.ts';
import type { EventBody } from '../runs/event.ts';
import { confirmed, type Outcome, type ProjectContext } from '../runs/operation.ts';
import {
  configWord,
  hostNames,
  hostsFile,
  parseConfigLines,
  withInclude,
  withoutInclude,
} from './config-text.ts';
import { identityFile } from './identity.ts';

export type SshConfigInput = {
  /** Take the project out again. */
  readonly remove: boolean;
  /** Don’t ask before the person’s file is changed. */
  readonly confirmed: boolean;
};

/** The include file, in the project's data folder. */
const HOSTS_FILE = 'ssh_config';

/**
 * Writes the include file and, after showing the difference and asking, the Include line into
 * ~/.ssh/config. With `remove` takes both away. Throws `inventory.*`, `file.*`, `ssh.config` for
 * a path that ssh has no words for, and `answer.needed`.
 */
export async function* configureSsh(
  input: SshConfigInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, Outcome> {
  const { project, env } = context;
  const place: Place = {
    file: slashes(join(project.data, HOSTS_FILE)),
    config: join(env['HOME'] ?? homedir(), '.ssh', 'config'),
  };
  return input.remove ? yield* remove(place, input, context) : yield* add(place, input, context);
}

type Place = {
  readonly file: string;
  /** The person's file. */
  readonly config: string;
};

async function* add(
  { file, config }: Place,
  input: SshConfigInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, Outcome> {
  const { project, env } = context;
  sayable(file);
  const identity = identityFile(project, env);
  const { hosts } = await loadInventory(project, context);
  const { text, leftOut } = hostsFile(
    hosts,
    {
      identityFile: identity === undefined ? undefined : sayable(slashes(identity)),
      knownHosts: sayable(slashes(project.knownHosts)),
    },
    project.root,
  );
  for (const name of leftOut)
    yield warn(`${name} is left out: ssh has no words for its name, address or user.`);
  const before = await readText(config);
  const others = await otherProjects(before, file);
  const after = withInclude(
    before,
    file,
    others.map((other) => other.file),
  );
  const names = [...hostNames(text)];
  for (const other of others) {
    const twice = names.filter((name) => other.names.has(name));
    if (twice.length > 0) {
      yield warn(
        `${twice.join(', ')}: also in ${other.file}. ssh takes the one that its configuration includes first.`,
      );
    }
  }
  const own = names.filter((name) => hostNames(before).has(name));
  if (own.length > 0) {
    yield warn(`${own.join(', ')}: also in ${config}. What the project says stands before it.`);
  }
  if (!(await changeConfig(config, before, after, input, context))) {
    return refused(`${config} was left as it is.`);
  }
  yield* writeHosts(file, text, context);
  if (after !== before) yield changed(config, before, after, context);
  const count = `${names.length} host${names.length === 1 ? '' : 's'}`;
  return {
    status: 'ok',
    summary: context.dryRun
      ? 'A dry run: nothing was written.'
      : `ssh knows ${count} of this project by name${names[0] === undefined ? '' : `, as in: ssh ${names[0]}`}.`,
  };
}

async function* remove(
  { file, config }: Place,
  input: SshConfigInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, Outcome> {
  const before = await readText(config);
  const { text: after, shared } = withoutInclude(before, file);
  if (shared.length > 0) {
    throw new RpiError(
      'ssh.config',
      `${config}:${shared[0] ?? 1}: this line includes ${file} together with others.`,
      { remedy: 'Take it out of the line by hand, and run the command again.' },
    );
  }
  if (!(await changeConfig(config, before, after, input, context))) {
    return refused(`${config} was left as it is.`);
  }
  if (after !== before) yield changed(config, before, after, context);
  const there = (await readText(file)) !== '';
  if (there) {
    if (!context.dryRun) await unlink(file);
    yield { kind: 'file.changed', path: file, action: 'removed', planned: context.dryRun };
  }
  if (context.dryRun) return { status: 'ok', summary: 'A dry run: nothing was written.' };
  const summary =
    there || after !== before
      ? 'ssh no longer knows the hosts of this project by name.'
      : 'There was nothing to remove.';
  return { status: 'ok', summary };
}

/** Asks, and replaces the person's file. False where the answer is no. */
async function changeConfig(
  config: string,
  before: string,
  after: string,
  input: SshConfigInput,
  context: ProjectContext,
): Promise<boolean> {
  if (after === before || context.dryRun) return true;
  const diff = unifiedDiff(config, before, after);
  if (
    !input.confirmed &&
    !(await confirmed(context, `Change ${config}?`, { detail: diff.trimEnd() }))
  ) {
    return false;
  }
  if ((await readText(config)) !== before) {
    throw new RpiError('file.changed-meanwhile', `${config} was changed meanwhile.`, {
      remedy: 'Nothing was written. Run the command again.',
    });
  }
  await makePrivateFolder(dirname(config));
  // A file that is there keeps its mode; ssh refuses one that others may write to.
  await writeFileAtomic(config, after, before === '' ? { mode: 0o600 } : {});
  return true;
}

async function* writeHosts(
  file: string,
  text: string,
  { dryRun }: ProjectContext,
): AsyncGenerator<EventBody, void> {
  const before = await readText(file);
  if (before !== text && !dryRun) {
    await makePrivateFolder(dirname(file));
    await writeFileAtomic(file, text, { mode: 0o600 });
  }
  yield {
    kind: 'file.changed',
    path: file,
    action: before === '' ? 'created' : before === text ? 'left' : 'updated',
    planned: dryRun,
    // It is long, and ours: shown where nothing else is done.
    ...(dryRun && before !== text ? { diff: unifiedDiff(file, before, text) } : {}),
  };
}

type OtherProject = { readonly file: string; readonly names: ReadonlySet<string> };

/** Include files of other projects that the person's file names. */
async function otherProjects(config: string, own: string): Promise<OtherProject[]> {
  const files = parseConfigLines(config)
    .filter(({ keyword }) => keyword === 'include')
    .flatMap(({ words }) => words)
    .filter((word) => word !== own && word.endsWith(`/${HOSTS_FILE}`));
  return Promise.all(
    [...new Set(files)].map(async (file) => ({
      file,
      names: hostNames(await readFile(file, 'utf8').catch(() => '')), // it may have gone
    })),
  );
}

function changed(
  path: string,
  before: string,
  after: string,
  { dryRun }: ProjectContext,
): EventBody {
  return {
    kind: 'file.changed',
    path,
    action: before === '' ? 'created' : 'updated',
    planned: dryRun,
    diff: unifiedDiff(path, before, after),
  };
}

function refused(summary: string): Outcome {
  return { status: 'refused', summary };
}

function warn(text: string): EventBody {
  return { kind: 'log', level: 'warn', text };
}

/** ssh on Windows takes both slashes; a backslash means something else in its configuration. */
function slashes(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}

function sayable(path: string): string {
  const word = configWord(path);
  if (word !== undefined) return word;
  throw new RpiError('ssh.config', `ssh’s configuration has no way to name ${path}.`, {
    remedy: 'Choose a path without " \\ % * ? [ ] and ${ for it (XDG_DATA_HOME, access.identity).',
  });
}

/** '' where there is no file. What is not text is refused: it could not be given back as it was. */
async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return '';
    const why = error instanceof TypeError ? 'it is no UTF-8 text' : (code ?? 'unknown');
    throw new RpiError('file.not-readable', `Can’t read ${path} (${why}).`, {
      remedy: 'Nothing was written. Make it a text file that you may read.',
      cause: error,
    });
  }
}
