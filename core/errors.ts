/**
 * What can go wrong, as data: every error a person meets has a code (stable, for scripts and
 * docs), a message (what happened) and a remedy (what to do about it).
 */

/** How a failure ends the `rpi` command; see docs/commands.md. */
export const EXIT = {
  ok: 0,
  /** The work was done or tried, and something in it failed (a host, a task, a check). */
  failed: 1,
  /** The command line, a configuration file or an inventory is wrong; nothing was done. */
  input: 2,
  /** A program or a right this machine lacks. */
  missing: 3,
  /** Refused for safety: a changed host key, a lock held by another run, a policy. */
  refused: 4,
  /** A question was asked and nobody was there to answer it. */
  unanswered: 5,
  /** Cancelled by Ctrl-C, a signal or the control socket. */
  cancelled: 130,
} as const;

export type ExitName = keyof typeof EXIT;

/** Every code of the product, and how it ends the command. To add an error, add a line. */
export const ERROR_CODES = {
  'run.cancelled': 'cancelled',
  'run.not-found': 'input',
  'run.not-live': 'input',
  'run.interrupted': 'failed',
  'run.untrusted': 'refused',
  'run.internal': 'failed',
  'answer.needed': 'unanswered',
  'answer.refused': 'refused',
  'command.not-found': 'missing',
  'command.failed': 'failed',
  'file.disk-full': 'failed',
  'file.not-writable': 'failed',
  'file.not-readable': 'input',
  'file.changed-meanwhile': 'failed',
  'lock.held': 'refused',
  'project.not-found': 'input',
  'config.invalid': 'input',
  'input.invalid': 'input',
  'inventory.invalid': 'input',
  'inventory.not-found': 'input',
  'inventory.no-match': 'input',
  'inventory.empty': 'input',
  'inventory.read-only': 'input',
  'inventory.not-editable': 'input',
  'ssh.unreachable': 'failed',
  'ssh.timeout': 'failed',
  'ssh.refused-login': 'failed',
  'ssh.host-key-unknown': 'refused',
  'ssh.host-key-changed': 'refused',
  'ssh.known-hosts-invalid': 'refused',
  'ssh.penalised': 'failed',
  'ssh.closed': 'failed',
  'ssh.protocol': 'failed',
  'ssh.too-much-output': 'failed',
  'access.identity': 'input',
  'access.locked': 'failed',
  'access.setup-failed': 'failed',
  'access.password-login-kept': 'refused',
  'access.no-root': 'failed',
  'reboot.not-back': 'failed',
  'ssh.config': 'input',
  'detect.no-network': 'input',
  'node.too-old': 'missing',
  'ansible.not-found': 'missing',
  'ansible.too-old': 'missing',
  'monitor.not-told': 'failed',
  'monitor.no-answer': 'failed',
  'monitor.history': 'failed',
  'monitor.not-running': 'failed',
  'monitor.service': 'failed',
  'monitor.version': 'failed',
  'monitor.prometheus': 'failed',
  'monitor.not-scraped': 'failed',
  'create.no-config': 'input',
  'create.invalid-config': 'input',
  'create.invalid-template': 'input',
  'create.invalid-setting': 'input',
  'create.unsafe-value': 'input',
  'create.unsupported-model': 'refused',
  'create.no-login': 'refused',
  'create.repository': 'failed',
  'create.payload': 'input',
  'create.card': 'input',
  'create.card-refused': 'refused',
  'install.no-answer': 'failed',
  'install.plan-changed': 'refused',
  'install.refused': 'refused',
  'install.held': 'refused',
  'install.job-lost': 'refused',
  'install.backup-failed': 'failed',
  'install.upload-failed': 'failed',
  'install.not-armed': 'failed',
  'install.not-restarted': 'failed',
  'install.came-back': 'failed',
  'install.not-kept': 'failed',
  'install.stopped': 'failed',
  'install.not-back': 'failed',
  'install.not-proved': 'failed',
  'install.no-job': 'input',
  'install.too-late': 'refused',
} as const satisfies Record<string, ExitName>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error as it stands in events and `--json` output. */
export type ErrorReport = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy?: string | undefined;
};

/** Where in a file something is wrong. Lines and columns count from 1; absent: the whole file. */
export type ErrorPlace = {
  readonly path: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** What is wrong there, without path and position. */
  readonly message: string;
};

export class RpiError extends Error {
  override readonly name = 'RpiError';
  readonly code: ErrorCode;
  /** What a person can do about it: a sentence, or a command to run. */
  readonly remedy: string | undefined;
  /** The places in files that it is about, for editors; the message names them too. */
  readonly places: readonly ErrorPlace[];

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly remedy?: string;
      readonly cause?: unknown;
      readonly places?: readonly ErrorPlace[];
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.places = options.places ?? [];
  }

  /** True when `error` is one of ours, and of one of these codes if any are given. */
  static is(error: unknown, ...codes: readonly ErrorCode[]): error is RpiError {
    return error instanceof RpiError && (codes.length === 0 || codes.includes(error.code));
  }
}

/** The error that stands for a cancelled operation. */
export function cancelled(): RpiError {
  return new RpiError('run.cancelled', 'Cancelled.');
}

/** Any thrown value as a report; what is not ours is `run.internal`. */
export function reportOf(error: unknown): ErrorReport {
  if (RpiError.is(error)) {
    return {
      code: error.code,
      message: error.message,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
    };
  }
  return {
    code: 'run.internal',
    message: error instanceof Error ? error.message : String(error),
    remedy: 'This is a fault of rpi. Please report it with the run’s journal.',
  };
}

/** The code of a Node system error (`ENOENT`, `ENOSPC` …), or undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof RpiError) return undefined;
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
