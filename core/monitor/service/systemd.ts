/** The systemd that the monitor's service belongs to: a person's own, or the system's. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../command/command.ts';
import { findExecutable, runCommand, type Environment, type Finished } from '../../command/run.ts';
import { RpiError } from '../../errors.ts';
import { isOwnFolder } from '../../files/own-folder.ts';
import type { Project } from '../../project/project.ts';

export type Scope = 'user' | 'system';

type Options = { readonly env: Environment; readonly signal: AbortSignal };

/** Of the project; no other project has it. */
export function unitName({ config }: Pick<Project, 'config'>): string {
  return `rpi-monitor-${config.id}.service`;
}

/** Where a unit that we write stands. */
export function unitPath(name: string, scope: Scope, env: Environment): string {
  if (scope === 'system') return join('/etc/systemd/system', name);
  const chosen = env['XDG_CONFIG_HOME'] ?? '';
  const base = chosen === '' ? join(env['HOME'] ?? homedir(), '.config') : chosen;
  return join(base, 'systemd', 'user', name);
}

export function systemctl(scope: Scope, ...args: readonly string[]): Command {
  return {
    command: 'systemctl',
    args: [...(scope === 'user' ? ['--user'] : []), '--no-pager', ...args],
  };
}

export async function runSystemctl(
  scope: Scope,
  args: readonly string[],
  options: Options,
): Promise<Finished> {
  const runtime = scope === 'user' ? await runtimeFolder(options.env) : undefined;
  const command = systemctl(scope, ...args);
  const env = runtime === undefined ? {} : { env: { XDG_RUNTIME_DIR: runtime } };
  return runCommand({ ...command, ...env }, options);
}

/** Where a person's systemd listens, for who came by su, sudo or cron, and has no word of it. */
async function runtimeFolder(env: Environment): Promise<string | undefined> {
  const folder = `/run/user/${process.getuid?.() ?? ''}`;
  const isMissing = (env['XDG_RUNTIME_DIR'] ?? '') === '';
  return isMissing && (await isOwnFolder(folder)) ? folder : undefined;
}

/** Throws `monitor.service` where no systemd answers. */
export async function requireSystemd(scope: Scope, options: Options): Promise<void> {
  const remedy = 'Have rpi monitor started by what starts services here, or run it by hand.';
  if ((await findExecutable('systemctl', options.env)) === undefined) {
    throw new RpiError('monitor.service', 'There is no systemd on this machine.', { remedy });
  }
  const { code, stderr } = await runSystemctl(scope, ['show', '--property=Version'], options);
  if (code === 0) return;
  const said = stderr.trim().split('\n')[0] ?? '';
  throw new RpiError(
    'monitor.service',
    `systemd does not answer${said === '' ? '.' : `: ${said.slice(0, 300)}`}`,
    {
      remedy:
        scope === 'user'
          ? 'A session of your own has one: log in by ssh or at the machine, not by su or sudo.'
          : remedy,
    },
  );
}

/** Whether a person's services run without their being logged in. */
export function lingers(user: string): boolean {
  return existsSync(join('/var/lib/systemd/linger', user));
}
