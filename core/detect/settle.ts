/** When a scan is over: a rule over what has happened so far. Times are milliseconds. */

/** Wi-Fi devices that save power answer a broadcast within about a beacon period or three. */
const QUIET = 300;
/** The kernel asks again after one second and after two; then devices need time to answer. */
const SECOND_QUESTION = 1600;
const THIRD_QUESTION = 2600;

export type Progress = {
  readonly now: number;
  /** When every address had been asked; undefined while that goes on. */
  readonly askedAt: number | undefined;
  /** When a source last reported something new. */
  readonly newsAt: number;
  /** Work on a likely Pi is under way. */
  readonly held: boolean;
  readonly foundAny: boolean;
  /** A Pi seen here lately has not been seen in this scan, or a device's MAC is not known yet. */
  readonly someMissing: boolean;
  /** How long to wait after the last question, where a person said so. */
  readonly wait: number | undefined;
};

/**
 * How long the scan should go on from `now` if nothing more happens; 0 when it is over. Quick
 * where everything that is expected has answered; where a Pi is missing, or none was found at all,
 * it waits for the kernel's further questions.
 */
export function remaining(progress: Progress): number {
  const { now, askedAt, wait } = progress;
  if (askedAt === undefined) return Infinity;
  if (wait !== undefined) return Math.max(0, askedAt + wait - now);
  if (progress.held) return Infinity;
  const patience = progress.foundAny
    ? progress.someMissing
      ? SECOND_QUESTION
      : 0
    : THIRD_QUESTION;
  const until = Math.max(askedAt + patience, Math.max(askedAt, progress.newsAt) + QUIET);
  return Math.max(0, until - now);
}
