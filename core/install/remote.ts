/** Running scripts of remote-scripts.ts as root, and what their answers mean. */
import { becomeRoot, type Become } from '../exec/become.ts';
import { RpiError } from '../errors.ts';
import type { SshSession } from '../ssh/session.ts';

/** A session that may become root without a password. */
export type RootShell = {
  readonly host: string;
  /** The lines of a script's answer. `timeout` in milliseconds. */
  readonly run: (script: string, options?: { readonly timeout: number }) => Promise<string[]>;
};

/** Milliseconds; an old card takes its time. */
const TIMEOUT = 120_000;

/** Throws `access.no-root`, and what a session's exec throws. */
export async function rootShell(session: SshSession, signal: AbortSignal): Promise<RootShell> {
  const become = await becomeRoot(session, undefined, signal);
  return {
    host: session.target.host,
    run: async (script, options = { timeout: TIMEOUT }) => {
      const { stdout } = await session.exec(shellOf(become), {
        signal,
        stdin: script,
        timeout: options.timeout,
      });
      return stdout.split(/\r?\n/).filter((line) => line !== '');
    },
  };
}

function shellOf(become: Become): string {
  return become.type === 'root' && become.sudo ? 'sudo -n -- sh -s' : 'sh -s';
}

/** What a script said, as the end of a sentence: nothing in it may move a cursor. */
export function saidBy(lines: readonly string[]): string {
  const said = lines
    .filter((line) => !/^(?:failed|job-lost)$/.test(line))
    .slice(-3)
    .join('; ')
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 300);
  return said === '' ? '' : `: ${said}`;
}

export function lastOf(lines: readonly string[]): string {
  return lines.at(-1) ?? '';
}

/** Another controller has taken the Pi since. */
export function jobLost(host: string): RpiError {
  return new RpiError('install.job-lost', `The installation of ${host} is no longer this run’s.`, {
    remedy: `It lasted too long, or somebody else took it over. Nothing was armed. See: rpi install status ${host}`,
  });
}
