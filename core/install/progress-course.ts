/** How far an installer is, from the lines that it prints. */
import type { Progress } from './backend.ts';

export type News =
  | { readonly type: 'phase'; readonly title: string; readonly wipes: boolean }
  | { readonly type: 'retry'; readonly left: number };

export type Course = {
  readonly read: (line: string) => News | undefined;
  /** Of 100. */
  readonly percent: () => number;
  readonly title: () => string | undefined;
  /** A guess such as `about 3 min left`; none at the beginning. */
  readonly left: () => readonly string[] | undefined;
  readonly begun: () => boolean;
  /** It has told that the disk is wiped. */
  readonly wiped: () => boolean;
  readonly stopped: () => boolean;
  /** Milliseconds since the epoch. */
  readonly finishedAt: () => number | undefined;
};

/** Below this share the time that is left can't be guessed. */
const ENOUGH = 15;

export function courseOf(progress: Progress, now: () => number): Course {
  let title: string | undefined;
  let percent = 0;
  let beganAt: number | undefined;
  let wiped = false;
  let stopped = false;
  let finishedAt: number | undefined;
  return {
    read: (line) => {
      beganAt ??= now();
      if (progress.stopped.test(line)) stopped = true;
      const left = progress.retries.exec(line)?.[1];
      if (left !== undefined) {
        // The next try begins from its beginning.
        [title, percent, beganAt] = [undefined, 0, undefined];
        return { type: 'retry', left: Number(left) };
      }
      if (progress.finished.test(line)) finishedAt = now();
      const mark = progress.marks.findLast(({ pattern }) => pattern.test(line));
      if (mark === undefined || mark.title === title) return undefined;
      title = mark.title;
      // Some lines come more than once; what is done stays done.
      percent = Math.max(percent, mark.percent);
      wiped ||= mark.wipes === true;
      return { type: 'phase', title, wipes: mark.wipes === true };
    },
    percent: () => percent,
    title: () => title,
    left: () => {
      if (beganAt === undefined || percent < ENOUGH) return undefined;
      const seconds = (((now() - beganAt) / 1000) * (100 - percent)) / percent;
      return [
        seconds < 60 ? 'less than a minute left' : `about ${Math.round(seconds / 60)} min left`,
      ];
    },
    begun: () => beganAt !== undefined || wiped,
    wiped: () => wiped,
    stopped: () => stopped,
    finishedAt: () => finishedAt,
  };
}
