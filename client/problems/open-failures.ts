/** Which failed tasks are still to be mended, of all that the runs of a project tell. */
import type { RunSummary, TaskFailure } from '../../core/runs/run-summary.ts';
import { grouped } from './grouped.ts';

/** A task that failed with one message, on one host or on several. Lines count from 1. */
export type OpenFailure = {
  readonly key: string;
  readonly path: string;
  readonly line: number;
  readonly task: string;
  readonly message: string;
  readonly hosts: readonly string[];
  /** As in `deploy`. */
  readonly command: string;
  /** When the run told its last; ISO 8601. */
  readonly at: string;
};

/** With one of these, a run did not try every task: that one did not fail tells nothing. */
const PARTIAL = /^(--tags|-t|--skip-tags|--start-at-task|--step)(=|$)/;

/**
 * The last run of a command that worked on a host tells what fails there. Earlier failures are
 * open only where it did not get as far: it failed in the same file above, or tried only some
 * tasks. `runs`: newest first; live ones and dry runs count as they tell.
 */
export function openFailures(runs: readonly RunSummary[]): OpenFailure[] {
  const open: { failure: TaskFailure; run: RunSummary }[] = [];
  /** Later runs by command and host. */
  const later = new Map<string, { failures: readonly TaskFailure[] }[]>();
  for (const run of runs) {
    const command = commandOf(run);
    for (const failure of run.failures) {
      const after = later.get(`${command}\n${failure.host}`) ?? [];
      if (after.every((newer) => isUntried(failure, newer.failures))) open.push({ failure, run });
    }
    if (!tells(run)) continue;
    for (const host of hostsOf(run)) {
      const key = `${command}\n${host}`;
      const failures = run.failures.filter((failure) => failure.host === host);
      later.set(key, [...(later.get(key) ?? []), { failures }]);
    }
  }
  return merged(open);
}

/** Whether a run that failed with `newer` says nothing of an earlier failure. */
function isUntried(failure: TaskFailure, newer: readonly TaskFailure[]): boolean {
  return newer.some(({ path, line }) => path === failure.path && line < failure.line);
}

/** One that was cut short, or did not try every task, passes nothing. */
function tells({ state, status, args, dryRun }: RunSummary): boolean {
  if (state !== 'finished' || dryRun || args.some((word) => PARTIAL.test(word))) return false;
  return status === 'ok' || status === 'failed';
}

/** A run without an end of a host in it did not work on it to the end. */
function hostsOf({ hosts }: RunSummary): string[] {
  return hosts
    .filter(({ status }) => status === 'ok' || status === 'changed' || status === 'failed')
    .map(({ host }) => host);
}

/** `playbook a.yml` and `playbook b.yml` are two. */
function commandOf({ command, args }: RunSummary): string {
  const playbooks = args.filter((word) => /\.ya?ml$/.test(word) && !word.startsWith('-'));
  return [command, ...playbooks].join(' ');
}

function merged(open: readonly { failure: TaskFailure; run: RunSummary }[]): OpenFailure[] {
  const byPlace = grouped(open, ({ failure: { path, line, task, message } }) =>
    JSON.stringify([path, line, task, message]),
  );
  return [...byPlace].flatMap(([place, same]): OpenFailure[] => {
    const [newest] = same;
    if (newest === undefined) return [];
    const { path, line, task, message } = newest.failure;
    return [
      {
        // The run is a part of it: that it fails anew is news.
        key: JSON.stringify([newest.run.id, place]),
        path,
        line,
        task,
        message,
        hosts: [...new Set(same.map(({ failure }) => failure.host))],
        command: newest.run.command,
        at: newest.run.finishedAt ?? newest.run.lastAt,
      },
    ];
  });
}
