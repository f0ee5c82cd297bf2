/** One Pi, looked at again and again: its kept connection, and what is tried where there is none. */
import { reportOf, RpiError, type ErrorCode, type ErrorReport } from '../../errors.ts';
import type { InventoryHost } from '../../inventory/host.ts';
import type { Config } from '../../project/config.ts';
import { deadline } from '../../runs/deadline.ts';
import { noAnswer } from '../../ssh/errors.ts';
import { targetOf } from '../../ssh/project-session.ts';
import type { SshSession } from '../../ssh/session.ts';
import { LOCKED } from '../round.ts';
import { backoff, mayKnock } from './backoff.ts';
import { keepSession, type KeptSession } from './kept-session.ts';
import type { Knock } from './knock.ts';
import type { Measured } from './loop-script.ts';
import type { Answer, CheckResult, Observation } from './observation.ts';
import { signsOf } from './tell.ts';
import { watchUpdates } from './updates.ts';

export type HostTools = {
  readonly open: (
    host: InventoryHost,
    options: { readonly signal: AbortSignal; readonly timeout: number },
  ) => Promise<SshSession>;
  readonly knock: (
    address: string,
    port: number,
    options: { readonly signal: AbortSignal; readonly timeout: number },
  ) => Promise<Knock>;
  /** The project's own checks of this Pi; the connection is given where there is one. */
  readonly check: (
    host: InventoryHost,
    session: SshSession | undefined,
    signal: AbortSignal,
  ) => Promise<readonly CheckResult[]>;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly random: () => number;
};

export type LookOptions = {
  readonly signal: AbortSignal;
  /** Milliseconds for all of the look. */
  readonly timeout: number;
  readonly limits: Config['monitor'];
  /** Whether the neighbour table has the Pi; undefined where there is no telling. */
  readonly inTable: boolean | undefined;
  readonly planned: string | undefined;
};

export type HostWatch = AsyncDisposable & {
  /** Never rejects but with `run.cancelled` and for faults of the program. */
  readonly look: (options: LookOptions) => Promise<Observation>;
  /** The connection that is kept now, if there is one. */
  readonly session: () => SshSession | undefined;
  /** Logs in at the next look, however often it was refused: keys have changed. */
  readonly tryAgain: () => void;
  /** Lets go of its connection until the next look. */
  readonly rest: () => Promise<void>;
};

type Failure = {
  readonly error: ErrorReport;
  readonly count: number;
  readonly retryAt: number;
  /** What the port said last; undefined where it was not asked. */
  readonly knocked?: Knock | undefined;
};

type Found =
  | { readonly measured: Measured }
  | { readonly error: ErrorReport; readonly knocked: Knock | undefined };

/** Milliseconds of a look that are kept for the port, for where nobody answers in the rest. */
const KNOCK_AFTER_LOSS = 1000;

export function watchHost(host: InventoryHost, tools: HostTools): HostWatch {
  let kept: KeptSession | undefined;
  let failure: Failure | undefined;
  const updates = watchUpdates(tools);

  const failed = (error: unknown, knocked: Knock | undefined): ErrorReport => {
    if (!RpiError.is(error) || RpiError.is(error, 'run.cancelled', 'run.internal')) throw error;
    const report = reportOf(error);
    const count = failure?.error.code === report.code ? failure.count + 1 : 1;
    const retryAt = tools.monotonic() + backoff(report.code, count, tools.random());
    failure = { error: report, count, retryAt, knocked };
    return report;
  };
  const drop = async (): Promise<void> => {
    const session = kept;
    kept = undefined;
    await session?.[Symbol.asyncDispose]();
  };
  const measure = async (options: LookOptions): Promise<Found> => {
    const { timeout } = options;
    const forPort = Math.min(KNOCK_AFTER_LOSS, timeout / 2);
    const patience = timeout - forPort;
    using late = deadline(options.signal, patience);
    const { signal } = late;
    const wasKept = kept !== undefined;
    try {
      kept ??= keepSession(await tools.open(host, { signal, timeout: patience }), host.name);
      const { vitals, signs } = await kept.measure({ signal, timeout: patience });
      failure = undefined;
      const count = updates.now(kept.session, options.planned !== undefined);
      const all = count === undefined ? signs : { ...signs, updates: count };
      return { measured: { vitals, signs: all } };
    } catch (error) {
      await drop();
      const isLate = late.isLate() && RpiError.is(error, 'run.cancelled');
      // Neither a connection that was there nor one that was waited for says what the port is now.
      const knocked =
        wasKept || isLate
          ? await tools.knock(host.address, host.port, {
              signal: options.signal,
              timeout: forPort,
            })
          : undefined;
      if (!isLate) return { error: failed(error, knocked), knocked };
      const isSilent = !wasKept && knocked === 'silent';
      const why = isSilent ? noAnswer(targetOf(host), timeout) : tooSlow(host.name, timeout);
      return { error: failed(why, knocked), knocked };
    }
  };
  const find = async (options: LookOptions): Promise<Found> => {
    if (kept !== undefined || failure === undefined) return measure(options);
    const { error, retryAt, knocked: before } = failure;
    if (tools.monotonic() >= retryAt) return measure(options);
    if (!mayKnock(error.code)) return { error, knocked: undefined };
    const knocked = await tools.knock(host.address, host.port, options);
    const wasGone = error.code === 'ssh.unreachable' || (before !== undefined && before !== 'open');
    failure = { ...failure, knocked };
    // It is back: who was merely gone, or cut off from us, is not kept waiting.
    if (knocked === 'open' && wasGone) return measure(options);
    return { error, knocked };
  };

  return {
    look: async (options) => {
      const at = tools.now();
      const monotonic = tools.monotonic();
      const found = await find(options);
      const checks = [...(await tools.check(host, kept?.session, options.signal))];
      const { name, address, groups } = host;
      const about = { host: name, address, groups: [...groups], at, monotonic, checks };
      const planned = options.planned === undefined ? {} : { planned: options.planned };
      const signals = signalsOf(found, checks, options.inTable);
      if ('error' in found) {
        const { error } = found;
        const state = LOCKED.has(error.code) ? 'locked' : 'unreachable';
        return { ...about, ...planned, signals, state, reasons: [error.message], error };
      }
      const { measured } = found;
      const reasons = signsOf({ ...measured, checks }, options.limits).map(({ text }) => text);
      const state = reasons.length === 0 ? 'healthy' : 'warning';
      return { ...about, ...planned, ...measured, signals, state, reasons };
    },
    session: () => kept?.session,
    tryAgain: () => {
      failure = undefined;
    },
    rest: drop,
    [Symbol.asyncDispose]: drop,
  };
}

/** Errors that come before, or instead of, an open port. */
const NO_PORT: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['ssh.unreachable']);
/** Errors of one who was let in. */
const LET_IN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'monitor.no-answer',
  'ssh.too-much-output',
]);

function signalsOf(
  found: Found,
  checks: readonly CheckResult[],
  inTable: boolean | undefined,
): Observation['signals'] {
  const checked: Answer = checks.length === 0 ? 'unknown' : yesNo(checks.every(({ ok }) => ok));
  const table: Answer = inTable === undefined ? 'unknown' : yesNo(inTable);
  if ('measured' in found) {
    return { neighbour: 'yes', tcp22: 'yes', ssh: 'yes', vitals: 'yes', checks: checked };
  }
  const { error, knocked } = found;
  const open = knocked === undefined ? !NO_PORT.has(error.code) : knocked === 'open';
  return {
    neighbour: open || knocked === 'refused' ? 'yes' : table,
    tcp22: yesNo(open),
    ssh: yesNo(LET_IN.has(error.code)),
    vitals: 'no',
    checks: checked,
  };
}

function yesNo(value: boolean): Answer {
  return value ? 'yes' : 'no';
}

function tooSlow(host: string, timeout: number): RpiError {
  return new RpiError('ssh.timeout', `${host} did not answer within ${timeout / 1000} s.`, {
    remedy: 'It may be overloaded. monitor.timeout in rpi.yml is how long to wait.',
  });
}
