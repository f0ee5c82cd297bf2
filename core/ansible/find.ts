/** Which Ansible is used: of RPI_ANSIBLE, else of the setting, of a venv, of pipx, of the PATH. */
import { access, constants, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { findExecutable, runCommand, type Environment } from '../command/run.ts';
import { RpiError } from '../errors.ts';
import type { Project } from '../project/project.ts';

/** The oldest ansible-core whose playbooks and callback plugins are tested here. */
export const OLDEST_ANSIBLE = '2.14';

export type AnsibleSource = 'environment' | 'setting' | 'venv' | 'pipx' | 'path';

export type Ansible = {
  /** Absolute path of ansible-playbook. */
  readonly playbook: string;
  /** Of ansible-core, as in `2.14.18`. */
  readonly version: string;
  readonly source: AnsibleSource;
};

type Candidate = { readonly playbook: string; readonly source: AnsibleSource };

/** How long `--version` may take: seconds on a busy Pi, never minutes. */
const VERSION_TIMEOUT = 60_000;

/**
 * The first ansible-playbook that runs; undefined where there is none. RPI_ANSIBLE is what a person
 * set for this machine (the editor's `rpi.ansible.path`), so it comes before the project's. Throws
 * `command.not-found` when it or rpi.yml names one that does not run: falling back to another
 * silently would not be what was asked for.
 */
export async function findAnsible(
  project: Pick<Project, 'root' | 'config'> | undefined,
  env: Environment,
): Promise<Ansible | undefined> {
  const own = env['RPI_ANSIBLE'];
  if (own !== undefined && own !== '') {
    const playbook = await settingPath(project?.root ?? process.cwd(), own, env);
    const found =
      playbook === undefined ? undefined : await probe({ playbook, source: 'environment' }, env);
    if (found !== undefined) return found;
    throw new RpiError('command.not-found', `RPI_ANSIBLE is ${own}, which does not run.`, {
      remedy:
        'Correct the path (in the editor: the setting rpi.ansible.path), or empty it to use the one that is installed.',
    });
  }
  const setting = project?.config.ansible.command;
  if (project !== undefined && setting !== undefined) {
    const playbook = await settingPath(project.root, setting, env);
    const found =
      playbook === undefined ? undefined : await probe({ playbook, source: 'setting' }, env);
    if (found !== undefined) return found;
    throw new RpiError(
      'command.not-found',
      `ansible.command in rpi.yml is ${setting}, which does not run.`,
      {
        remedy: 'Correct the path, or remove the setting to use the one that is installed.',
      },
    );
  }
  for (const candidate of await candidates(project?.root, env)) {
    const found = await probe(candidate, env);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * As findAnsible, for what can't go on without it: throws `ansible.not-found` and
 * `ansible.too-old` (both say how to install one).
 */
export async function requireAnsible(
  project: Pick<Project, 'root' | 'config'> | undefined,
  env: Environment,
): Promise<Ansible> {
  const found = await findAnsible(project, env);
  if (found === undefined) {
    throw new RpiError(
      'ansible.not-found',
      'Ansible is not installed: there is no ansible-playbook that runs.',
      {
        remedy: `Install it, for instance with: pipx install ansible-core — rpi doctor shows the command for this machine.`,
      },
    );
  }
  if (!isAtLeast(found.version, OLDEST_ANSIBLE)) {
    throw new RpiError(
      'ansible.too-old',
      `${found.playbook} is Ansible ${found.version}; ${OLDEST_ANSIBLE} or newer is needed.`,
      {
        remedy:
          'Install a newer one: pipx install ansible-core — or name one as ansible.command in rpi.yml.',
      },
    );
  }
  return found;
}

/** True when `version` is at least `oldest`; both as in `2.14.18`. */
export function isAtLeast(version: string, oldest: string): boolean {
  const wanted = oldest.split('.').map(Number);
  const given = version.split('.').map((part) => Number.parseInt(part, 10));
  for (const [index, part] of wanted.entries()) {
    const own = given[index] ?? 0;
    if (own !== part) return own > part;
  }
  return true;
}

/** The version in what `ansible-playbook --version` prints: `[core 2.14.18]`, or `2.9.27` of old. */
export function ansibleVersion(output: string): string | undefined {
  return /^ansible-playbook (?:\[(?:core|base) )?(\d+(?:\.\d+)+)/m.exec(output)?.[1];
}

async function settingPath(
  root: string,
  setting: string,
  env: Environment,
): Promise<string | undefined> {
  if (!setting.includes('/')) return findExecutable(setting, env);
  const expanded = setting.replace(/^~(?=\/)/, () => home(env));
  return isAbsolute(expanded) ? expanded : join(root, expanded);
}

async function candidates(root: string | undefined, env: Environment): Promise<Candidate[]> {
  const venvs = [
    env['VIRTUAL_ENV'],
    ...(root === undefined ? [] : [join(root, '.venv'), join(root, 'venv')]),
  ].filter((folder) => folder !== undefined && folder !== '');
  const onPath = await findExecutable('ansible-playbook', env);
  const listed: Candidate[] = [
    ...venvs.map((folder): Candidate => ({ playbook: inBin(String(folder)), source: 'venv' })),
    ...(await pipxCandidates(env)),
    ...(onPath === undefined ? [] : [{ playbook: onPath, source: 'path' } as const]),
  ];
  const runnable = await Promise.all(listed.map(async ({ playbook }) => isExecutable(playbook)));
  const seen = new Set<string>();
  return listed.filter(({ playbook }, index) => {
    const fresh = runnable[index] === true && !seen.has(playbook);
    seen.add(playbook);
    return fresh;
  });
}

/** pipx links programs into its bin folder; an injected ansible-core stays in its venv only. */
async function pipxCandidates(env: Environment): Promise<Candidate[]> {
  const local = join(home(env), '.local');
  const linked = join(env['PIPX_BIN_DIR'] ?? join(local, 'bin'), 'ansible-playbook');
  const homes = [env['PIPX_HOME'], join(local, 'share', 'pipx'), join(local, 'pipx')];
  const found = await Promise.all(
    homes.map(async (folder) => {
      if (folder === undefined) return [];
      const venvs = join(folder, 'venvs');
      const names = await readdir(venvs).catch(() => []);
      return names
        .filter((name) => name.startsWith('ansible'))
        .sort()
        .map((name) => inBin(join(venvs, name)));
    }),
  );
  return [linked, ...found.flat()].map((playbook) => ({ playbook, source: 'pipx' }));
}

function inBin(venv: string): string {
  return join(venv, 'bin', 'ansible-playbook');
}

async function probe(candidate: Candidate, env: Environment): Promise<Ansible | undefined> {
  try {
    const { code, stdout } = await runCommand(
      { command: candidate.playbook, args: ['--version'] },
      { signal: AbortSignal.timeout(VERSION_TIMEOUT), env },
    );
    const version = code === 0 ? ansibleVersion(stdout) : undefined;
    return version === undefined ? undefined : { ...candidate, version };
  } catch {
    return undefined; // a dead link, a venv whose Python is gone: the next one may run
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function home(env: Environment): string {
  return env['HOME'] ?? homedir();
}
