/** Where things are kept; see docs/architecture.md, “State”. */
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../command/run.ts';

/** Disposable state of a project (or of none): `.rpi/`, git-ignored, 0700. */
export type StatePaths = {
  readonly state: string;
  readonly runs: string;
  readonly locks: string;
  /** What detection saw last, one JSON document. */
  readonly sightings: string;
};

/** What must survive: keys and known hosts, outside the project. */
export type DataPaths = {
  readonly data: string;
  readonly identity: string;
  readonly knownHosts: string;
  /** Backups and recovery notes of installs, pre-generated host keys. */
  readonly hosts: string;
};

export function projectState(root: string): StatePaths {
  return statePaths(join(root, '.rpi'));
}

/** State of commands that were started outside any project. */
export function personalState(env: Environment): StatePaths {
  const base = env['XDG_STATE_HOME'] ?? join(home(env), '.local', 'state');
  return statePaths(join(base, 'rpi'));
}

export function projectData(projectId: string, env: Environment): DataPaths {
  const base = env['XDG_DATA_HOME'] ?? join(home(env), '.local', 'share');
  const data = join(base, 'rpi', projectId);
  return {
    data,
    identity: join(data, 'id_ed25519'),
    knownHosts: join(data, 'known_hosts'),
    hosts: join(data, 'hosts'),
  };
}

/** The person's own templates, rendered after the built-in ones. */
export function personalTemplates(env: Environment): string {
  return join(env['XDG_CONFIG_HOME'] ?? join(home(env), '.config'), 'rpi', 'templates');
}

/** Bytes a socket's folder may take: what is added to it is at most 40. */
const LONGEST = 60;

/** Where live runs listen. Short: a unix socket's path has room for about 100 bytes. */
export function socketFolder(env: Environment): string {
  const runtime = env['XDG_RUNTIME_DIR'];
  if (runtime !== undefined && runtime.length <= LONGEST) return join(runtime, 'rpi');
  const temporary = process.platform !== 'win32' && tmpdir().length > LONGEST ? '/tmp' : tmpdir();
  return join(temporary, `rpi-${process.getuid?.() ?? 'user'}`);
}

/**
 * Where something of this user may listen besides: a service of the system, cron, su and sudo have
 * no XDG_RUNTIME_DIR, a login has. None on Windows, where pipes have no folder.
 */
export function otherSocketFolders(folder: string): string[] {
  const user = process.getuid?.();
  if (user === undefined) return [];
  const folders = [`/run/user/${user}/rpi`, socketFolder({}), `/tmp/rpi-${user}`];
  return [...new Set(folders)].filter((each) => each !== folder);
}

function statePaths(state: string): StatePaths {
  return {
    state,
    runs: join(state, 'runs'),
    locks: join(state, 'locks'),
    sightings: join(state, 'sightings.json'),
  };
}

function home(env: Environment): string {
  return env['HOME'] ?? homedir();
}
