/** Running the setup script on a Pi, as root where that is possible, and reading its report. */
import { shellWord } from '../command/command.ts';
import { RpiError } from '../errors.ts';
import type { SshSession } from '../ssh/session.ts';
import { setupScript, type SetupCall } from './setup-script.ts';

/** What a Pi tells about itself. Fields it does not know are absent. */
export type PiFacts = {
  readonly model?: string;
  readonly serial?: string;
  readonly os?: string;
  /** Lower case with colons. */
  readonly macs: readonly string[];
};

export type SetupReport = {
  /** As in `keys pi`, `user ann`, `sudo ann`, `passwords-off`; empty when all was as wanted. */
  readonly changed: readonly string[];
  /** User → number of keys now authorised. */
  readonly keys: Readonly<Record<string, number>>;
  readonly facts: PiFacts;
};

/** How a logged-in user becomes root. */
export type Elevation =
  | { readonly type: 'is-root' }
  | { readonly type: 'sudo' }
  /** sudo asks; the password goes to its standard input. */
  | { readonly type: 'sudo-password'; readonly password: string };

export type SetupOptions = {
  readonly signal: AbortSignal;
  /** Milliseconds for the script; a minute by default. */
  readonly timeout?: number;
};

/** Creating users on an old card takes a while. */
const TIMEOUT = 60_000;

/**
 * Runs the calls as root. Undefined where `elevation` does not make the user root. Throws
 * `access.setup-failed` with the Pi's own reason, and what a session's exec throws.
 */
export async function setUp(
  session: SshSession,
  calls: readonly SetupCall[],
  elevation: Elevation | undefined,
  options: SetupOptions,
): Promise<SetupReport | undefined> {
  const script = setupScript(calls);
  const { command, stdin } = rootShell(elevation, script);
  const { stdout, stderr } = await session.exec(command, { timeout: TIMEOUT, ...options, stdin });
  const lines = stdout.split('\n').flatMap((line) => /^rpi:(.*)$/.exec(line)?.[1] ?? []);
  if (!lines.includes('begin')) {
    if (elevation !== undefined && elevation.type !== 'is-root') return undefined;
    throw setupFailed(session, stderr, 'its shell ran nothing');
  }
  const failed = lines.find((line) => line.startsWith('failed '));
  if (failed !== undefined) throw setupFailed(session, failed.slice('failed '.length));
  if (!lines.includes('done')) throw setupFailed(session, stderr, 'it stopped');
  return readReport(lines);
}

/**
 * Only where sudo -n was refused. sudo asks three times, and would take lines of the script for
 * answers: whether it takes the password is tried alone, and the script follows where it does. A
 * shell's own printf is no program, so the password is no argument of one.
 */
const SUDO_BY_PASSWORD = `
IFS= read -r password || exit 1
answer() { printf '%s\\n' "$password"; }
answer | sudo -k -S -p '' sh -c : || exit 1
{ answer; cat; } | sudo -k -S -p '' sh -s
`;

/** The shell that reads the script, and all that it reads. `undefined`: as the user itself. */
function rootShell(
  elevation: Elevation | undefined,
  script: string,
): { command: string; stdin: string } {
  switch (elevation?.type) {
    case undefined:
    case 'is-root':
      return { command: 'sh -s', stdin: script };
    case 'sudo':
      return { command: 'sudo -n sh -s', stdin: script };
    case 'sudo-password':
      return {
        command: `sh -c ${shellWord(SUDO_BY_PASSWORD)}`,
        stdin: `${elevation.password}\n${script}`,
      };
  }
}

/** `said` is the Pi's own reason, `otherwise` is told where it gave none. */
function setupFailed(session: SshSession, said: string, otherwise = 'for no reason'): RpiError {
  const { host } = session.target;
  const why = printable(said.trim().slice(-500), 500) || otherwise;
  return new RpiError('access.setup-failed', `${host}: setting it up failed: ${why}.`, {
    remedy: 'Nothing of it is half-written. Put that right and run rpi access enroll again.',
  });
}

function readReport(lines: readonly string[]): SetupReport {
  const valuesOf = (word: string): string[] =>
    lines.flatMap((line) =>
      line.startsWith(`${word} `) ? [line.slice(word.length + 1).trim()] : [],
    );
  const first = (word: string): string | undefined => valuesOf(word).find((value) => value !== '');
  const [model, serial, os] = [first('model'), first('serial'), first('os')];
  const macs = valuesOf('mac')
    .map((mac) => mac.toLowerCase())
    .filter((mac) => /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac) && mac !== '00:00:00:00:00:00');
  return {
    changed: valuesOf('changed').map((value) => printable(value)),
    keys: Object.fromEntries(
      valuesOf('keys').map((value): [string, number] => {
        const [user = '', count] = value.split(' ');
        return [user, Number(count)];
      }),
    ),
    facts: {
      ...(model === undefined ? {} : { model: printable(model) }),
      ...(serial === undefined || !/^[0-9A-Za-z]{4,32}$/.test(serial)
        ? {}
        : { serial: serial.toLowerCase() }),
      ...(os === undefined ? {} : { os: printable(os) }),
      macs: [...new Set(macs)],
    },
  };
}

/** What a Pi says of itself ends in files and terminals: one short line of plain characters. */
function printable(text: string, length = 100): string {
  return text.replace(/\s+/g, ' ').replace(/\p{C}/gu, '').trim().slice(0, length);
}
