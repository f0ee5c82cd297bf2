/** A failure of the lab that a person can do something about: what happened, and what to do. */
export class LabError extends Error {
  /** Stable name of the failure, for programs; messages are for people. */
  readonly code: LabErrorCode;
  /** What to do about it: a command or a sentence. */
  readonly remedy: string;

  constructor(code: LabErrorCode, message: string, remedy: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'LabError';
    this.code = code;
    this.remedy = remedy;
  }
}

export type LabErrorCode =
  | 'cannot-host'
  | 'not-root'
  | 'lab-file'
  | 'command-failed'
  | 'command-missing'
  | 'busy'
  | 'not-running'
  | 'unknown-machine'
  | 'unknown-snapshot'
  | 'wrong-state'
  | 'start-failed'
  | 'bad-directory'
  | 'bad-argument'
  | 'interrupted';

/** @throws LabError `interrupted` once the signal is aborted */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new LabError('interrupted', 'Interrupted: nothing was left running.', 'Run it again.');
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** True for a Node system error of this code, such as ENOENT. */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
