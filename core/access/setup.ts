/** Running the setup script on a Pi, as root where that is possible, and reading its report. */
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

export type SetupOptions = { readonly signal: AbortSignal };

/** Milliseconds for one script; creating users on an old card takes a while. */
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
  const { stdout, stderr } = await session.exec(command, { ...options, stdin, timeout: TIMEOUT });
  const lines = stdout.split('\n').flatMap((line) => /^rpi:(.*)$/.exec(line)?.[1] ?? []);
  if (!lines.includes('begin')) {
    if (elevation !== undefined && elevation.type !== 'is-root') return undefined;
    throw setupFailed(session, stderr.trim().slice(-500) || 'its shell ran nothing');
  }
  const failed = lines.find((line) => line.startsWith('failed '));
  if (failed !== undefined) throw setupFailed(session, failed.slice('failed '.length));
  if (!lines.includes('done'))
    throw setupFailed(session, stderr.trim().slice(-500) || 'it stopped');
  return readReport(lines);
}

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
      // Only where sudo -n was refused: there it reads the first line, and sh the rest.
      return { command: "sudo -k -S -p '' sh -s", stdin: `${elevation.password}\n${script}` };
  }
}

function setupFailed(session: SshSession, why: string): RpiError {
  const { host } = session.target;
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
    changed: valuesOf('changed'),
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
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '').slice(0, 100);
}
