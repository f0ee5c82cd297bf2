/** Running a playbook by the real ansible-playbook: its own words pass through, its events are ours. */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Command } from '../command/command.ts';
import { streamCommand } from '../command/run.ts';
import { RpiError } from '../errors.ts';
import type { Project } from '../project/project.ts';
import { resource } from '../resources.ts';
import type { EventBody, EventOf } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { createEventReader } from './events.ts';
import type { Ansible } from './find.ts';

/** What a person may say of a playbook run; the names are Ansible's own. */
export type PlaybookOptions = {
  readonly limit?: string | undefined;
  readonly tags?: string | undefined;
  readonly check: boolean;
  readonly diff: boolean;
  /** What stood after `--`, as it came. */
  readonly extra: readonly string[];
  /** Colours in Ansible's own output: on when a person reads it. */
  readonly colour: boolean;
};

/** What a run logs in with, beside what the project says itself. */
export type PlaybookCredentials = {
  /** The private key's file; undefined for the agent's keys. */
  readonly identityFile?: string | undefined;
  /** Executables that print the password; Ansible runs them itself. */
  readonly becomePasswordFile?: string | undefined;
  readonly vaultPasswordFile?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
};

export type PlaybookResult = {
  readonly ok: boolean;
  readonly exit: number;
  /** Undefined when Ansible ended before it could count (a syntax error, Ctrl-C). */
  readonly stats: EventOf<'ansible.stats'>['hosts'] | undefined;
  readonly failures: readonly EventOf<'ansible.result'>[];
};

/**
 * The absolute path of a stage's playbook. Throws `input.invalid` when the file is not there.
 * `setting` is its name in rpi.yml, for the message.
 */
export function playbookPath(project: Project, setting: string, path: string): string {
  const absolute = isAbsolute(path) ? path : join(project.root, path);
  if (existsSync(absolute)) return absolute;
  throw new RpiError('input.invalid', `The playbook ${path} does not exist.`, {
    remedy: `Create it (rpi init adds what is missing), name another under ansible.${setting} in rpi.yml, or set it to null if this project has no such stage.`,
  });
}

/** The whole command, as data. */
export function playbookCommand(
  project: Project,
  ansible: Ansible,
  playbook: string,
  options: PlaybookOptions,
  credentials: PlaybookCredentials,
): Command {
  return {
    command: ansible.playbook,
    args: [
      '--inventory',
      project.inventory,
      ...option('--limit', options.limit),
      ...option('--tags', options.tags),
      ...(options.check ? ['--check'] : []),
      ...(options.diff ? ['--diff'] : []),
      ...option('--become-password-file', credentials.becomePasswordFile),
      ...option('--vault-password-file', credentials.vaultPasswordFile),
      ...options.extra,
      playbook,
    ],
    cwd: project.root,
    env: {
      ...configEnvironment(project),
      ...sshEnvironment(project, credentials.identityFile),
      ANSIBLE_CALLBACK_PLUGINS: joinPaths(
        resource('ansible/plugins/callback'),
        configured(project, 'callback_plugins'),
      ),
      ANSIBLE_CALLBACKS_ENABLED: [
        'rpi_events',
        configured(project, 'callbacks_enabled') ?? configured(project, 'callback_whitelist'),
      ]
        .filter((name) => name !== undefined && name !== '')
        .join(','),
      RPI_EVENTS_FD: '3',
      ANSIBLE_FORCE_COLOR: options.colour ? '1' : undefined,
      ANSIBLE_NOCOLOR: options.colour ? undefined : '1',
      ANSIBLE_RETRY_FILES_ENABLED: '0',
      PYTHONUNBUFFERED: '1',
      ...credentials.env,
    },
  };
}

/** Runs it and yields its output and events, labelled with `step`. */
export async function* runPlaybook(
  context: ProjectContext,
  step: string,
  command: Command,
): AsyncGenerator<EventBody, PlaybookResult> {
  const reader = createEventReader(step);
  const failures: EventOf<'ansible.result'>[] = [];
  let stats: PlaybookResult['stats'];
  const chunks = streamCommand(command, {
    signal: context.signal,
    env: context.env,
    extraPipe: true,
    // Killed as we may be, the locks of the hosts are free: Ansible must not go on with them.
    guarded: true,
    // Ansible tells its workers to end and waits for the tasks under way.
    grace: 15_000,
  });
  for (;;) {
    const chunk = await chunks.next();
    if (chunk.done === true) {
      const exit = chunk.value;
      return { ok: exit === 0, exit, stats, failures };
    }
    if (chunk.value.from !== 'extra') {
      yield { kind: 'output', step, stream: chunk.value.from, text: chunk.value.text };
      continue;
    }
    for (const event of reader.read(chunk.value.text)) {
      if (event.kind === 'ansible.stats') stats = event.hosts;
      if (event.kind === 'ansible.result' && isFailure(event)) failures.push(event);
      yield event;
    }
  }
}

function isFailure(event: EventOf<'ansible.result'>): boolean {
  const failed = event.status === 'failed' || event.status === 'unreachable';
  return failed && !event.ignored && !event.rescued;
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [name, value];
}

/** Ansible ignores an ansible.cfg in a world-writable folder unless it is named. */
function configEnvironment(project: Project): Record<string, string> {
  const path = join(project.root, 'ansible.cfg');
  return existsSync(path) ? { ANSIBLE_CONFIG: path } : {};
}

/** A Pi that is silent for a minute counts as gone. */
const SERVER_ALIVE = '-o ServerAliveInterval=15 -o ServerAliveCountMax=4';

const STRICT = '-o StrictHostKeyChecking=yes';

/** The project's key and known hosts, before the person's own; host keys stay strict. */
function sshEnvironment(project: Project, key: string | undefined): Record<string, string> {
  const own = configured(project, 'ssh_common_args') ?? '';
  const byFile = key !== undefined && existsSync(key);
  // Without IdentitiesOnly every key of a full agent is tried first, and sshd hangs up before ours.
  const only = byFile ? '-o IdentitiesOnly=yes' : '';
  const known = `-o 'UserKnownHostsFile="${project.knownHosts}" ~/.ssh/known_hosts'`;
  return {
    ...(byFile ? { ANSIBLE_PRIVATE_KEY_FILE: key } : {}),
    ANSIBLE_HOST_KEY_CHECKING: 'True',
    // Ansible's own host_key_checking leaves ssh asking, and our askpass would be asked.
    // ssh takes the first value it meets, and the project's own ssh_args stand before these. Without
    // ServerAlive a Pi whose power fails in the middle of a task is waited for without end.
    ANSIBLE_SSH_COMMON_ARGS: [own, STRICT, only, known, SERVER_ALIVE]
      .filter((part) => part !== '')
      .join(' '),
  };
}

/** A value of the project's ansible.cfg, which an environment variable of ours would hide. */
function configured(project: Project, name: string): string | undefined {
  try {
    const text = readFileSync(join(project.root, 'ansible.cfg'), 'utf8');
    return new RegExp(`^${name}[ \\t]*[=:][ \\t]*(.*?)[ \\t]*(?:;.*)?$`, 'm').exec(text)?.[1];
  } catch {
    return undefined;
  }
}

function joinPaths(...paths: (string | undefined)[]): string {
  return paths.filter((path) => path !== undefined && path !== '').join(':');
}
