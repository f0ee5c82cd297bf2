/** What became of one Pi of a run. */
import type { ErrorReport } from '../errors.ts';
import type { EventBody, ResultStatus } from '../runs/event.ts';

export type HostEnd = {
  readonly host: string;
  readonly status: ResultStatus;
  readonly error: ErrorReport | undefined;
  /** What is left undone, a sentence. */
  readonly undone?: string;
};

export function finishedEvent({ host, status, error, undone }: HostEnd): EventBody {
  return {
    kind: 'host.finished',
    host,
    status,
    summary: error?.message ?? undone ?? 'installed, and proved to be what was installed',
    ...(error === undefined ? {} : { error }),
  };
}
