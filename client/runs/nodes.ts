/** The nodes of the Runs view, made from run summaries: runs, their hosts, their steps. */
import { duration } from '../../core/formats/duration.ts';
import type { ResultStatus } from '../../core/runs/event.ts';
import type { RunHost, RunStep, RunSummary } from '../../core/runs/run-summary.ts';
import type { RunNode } from '../nodes.ts';
import type { OpenProject } from '../open-project.ts';

type OfRun = { readonly project: OpenProject; readonly run: RunSummary };

export type RunsNode =
  | (RunNode & {
      /** The rounds that it is one of. */
      readonly rounds?: readonly RunSummary[];
    })
  /** Rounds of `rpi monitor --once`, which a page or a timer repeats; `run` is the newest. */
  | (OfRun & { readonly kind: 'run-rounds'; readonly rounds: readonly RunSummary[] })
  | (OfRun & { readonly kind: 'run-host'; readonly host: RunHost })
  | (OfRun & {
      readonly kind: 'run-step';
      readonly host: RunHost | undefined;
      readonly step: RunStep;
    })
  /** A run as a whole has something to say: its error, what it left undone. */
  | (OfRun & { readonly kind: 'run-note'; readonly index: number; readonly text: string });

/** Runs of all projects, the newest first; repeated rounds of a project stand below one node. */
export function nodesOfRuns(
  projects: readonly { readonly project: OpenProject; readonly runs: readonly RunSummary[] }[],
): RunsNode[] {
  return projects
    .flatMap(({ project, runs }) => {
      const rounds = runs.filter(isRound);
      const folded = rounds.length > 1 ? rounds : [];
      const [newest] = folded;
      return [
        ...(newest === undefined ? [] : [roundsNode(project, newest, folded)]),
        ...runs
          .filter((run) => !folded.includes(run))
          .map((run): RunsNode => ({ kind: 'run', project, run })),
      ];
    })
    .sort((a, b) => b.run.startedAt.localeCompare(a.run.startedAt));
}

function isRound({ command, args }: RunSummary): boolean {
  return command === 'monitor' && args.includes('--once');
}

function roundsNode(
  project: OpenProject,
  run: RunSummary,
  rounds: readonly RunSummary[],
): RunsNode {
  return { kind: 'run-rounds', project, run, rounds };
}

/** What stands below: steps of the run, then its hosts, then what it left undone. */
export function nodesBelowRun(node: RunsNode): RunsNode[] {
  const { project, run } = node;
  if (node.kind === 'run-rounds') {
    const { rounds } = node;
    return rounds.map((round): RunsNode => ({ kind: 'run', project, run: round, rounds }));
  }
  if (node.kind === 'run') {
    const steps = run.steps.map((step): RunsNode => ({
      kind: 'run-step',
      project,
      run,
      host: undefined,
      step,
    }));
    const hosts = run.hosts.map((host): RunsNode => ({ kind: 'run-host', project, run, host }));
    const notes = notesOf(run).map((text, index): RunsNode => ({
      kind: 'run-note',
      project,
      run,
      index,
      text,
    }));
    return [...steps, ...hosts, ...notes];
  }
  if (node.kind === 'run-host') {
    const { host } = node;
    return host.steps.map((step): RunsNode => ({ kind: 'run-step', project, run, host, step }));
  }
  return [];
}

export function hasNodesBelow(node: RunsNode): boolean {
  if (node.kind === 'run-rounds') return true;
  if (node.kind === 'run') {
    const { steps, hosts } = node.run;
    return steps.length + hosts.length + notesOf(node.run).length > 0;
  }
  return node.kind === 'run-host' && node.host.steps.length > 0;
}

export function nodeAboveRun(node: RunsNode): RunsNode | undefined {
  const { project, run } = node;
  if (node.kind === 'run-rounds') return undefined;
  if (node.kind === 'run') {
    const [newest] = node.rounds ?? [];
    return newest === undefined ? undefined : roundsNode(project, newest, node.rounds ?? []);
  }
  if (node.kind === 'run-step' && node.host !== undefined) {
    return { kind: 'run-host', project, run, host: node.host };
  }
  return { kind: 'run', project, run };
}

export function idOfRun(node: RunsNode): string {
  // The same node, whichever round is the newest.
  if (node.kind === 'run-rounds') return [node.project.root.toString(), node.kind].join('\n');
  const words = (): readonly string[] => {
    switch (node.kind) {
      case 'run':
        return [];
      case 'run-host':
        return [node.host.host];
      case 'run-step':
        return [node.host?.host ?? '', node.step.step, node.step.title];
      case 'run-note':
        return [String(node.index)];
    }
  };
  return [node.project.root.toString(), node.run.id, node.kind, ...words()].join('\n');
}

function notesOf(run: RunSummary): readonly string[] {
  const error = run.error === undefined ? [] : [run.error.message, run.error.remedy ?? ''];
  return [...error, ...run.undone.map((sentence) => `Undone: ${sentence}`)].filter(
    (text) => text !== '',
  );
}

/** What a run is, as menus ask for it: `run:` and one of these. */
export type RunLife = 'live' | 'asking' | 'finished' | 'interrupted';

export function lifeOf({ state, question }: RunSummary): RunLife {
  return state === 'live' && question !== undefined ? 'asking' : state;
}

export type RunLook = {
  readonly icon: string;
  readonly color: string | undefined;
  readonly words: string;
};

const RESULTS: Readonly<Record<ResultStatus, RunLook>> = {
  ok: { icon: 'pass', color: 'testing.iconPassed', words: 'ok' },
  changed: { icon: 'pass', color: 'charts.yellow', words: 'changed' },
  failed: { icon: 'error', color: 'testing.iconFailed', words: 'failed' },
  refused: { icon: 'circle-slash', color: 'list.errorForeground', words: 'refused' },
  cancelled: { icon: 'circle-slash', color: 'list.warningForeground', words: 'cancelled' },
  skipped: { icon: 'debug-step-over', color: 'disabledForeground', words: 'skipped' },
};

const RUNNING: RunLook = { icon: 'sync~spin', color: 'charts.blue', words: 'running' };
const ASKING: RunLook = {
  icon: 'question',
  color: 'list.warningForeground',
  words: 'waits for an answer',
};
const INTERRUPTED: RunLook = {
  icon: 'debug-disconnect',
  color: 'list.warningForeground',
  words: 'interrupted: its process ended without a word',
};

export function lookOfRun(run: RunSummary): RunLook {
  switch (lifeOf(run)) {
    case 'live':
      return RUNNING;
    case 'asking':
      return ASKING;
    case 'interrupted':
      return INTERRUPTED;
    case 'finished':
      return run.status === undefined ? INTERRUPTED : RESULTS[run.status];
  }
}

/** How far a run is that works on one host: its step and its share. Empty for any other run. */
export function nowOf({ hosts }: Pick<RunSummary, 'hosts'>): string {
  const [host, ...others] = hosts;
  if (host === undefined || others.length > 0 || host.status !== undefined) return '';
  const step = host.steps.findLast(({ status }) => status === undefined);
  // What the whole step is called stands below: here is room for what it does now.
  return step === undefined ? '' : detailOf(step) || step.title;
}

/** The step that is under way, and how far it is. */
export function lastStep(steps: readonly RunStep[]): string {
  const step = steps.findLast(({ status }) => status === undefined);
  return step === undefined ? '' : [step.title, detailOf(step)].filter((t) => t !== '').join(' ');
}

/** Its share, of a hundred as a percentage, and what it says of itself. */
export function detailOf({ status, detail, done, total }: RunStep): string {
  const share =
    status !== undefined || done === undefined
      ? ''
      : total === undefined
        ? String(done)
        : total === 100
          ? `${done} %`
          : `${done}/${total}`;
  return [share, detail?.split('\n')[0] ?? ''].filter((text) => text !== '').join(' ');
}

/** Of a host or a step; `isLive`: whether its run is. */
export function lookOfResult(status: ResultStatus | undefined, isLive: boolean): RunLook {
  if (status !== undefined) return RESULTS[status];
  return isLive ? RUNNING : INTERRUPTED;
}

/** `deploy kitchen`, `provision (dry run)`. */
export function titleOfRun({ command, args, dryRun }: RunSummary): string {
  const words = args.slice(startOfArguments(command, args)).filter((word) => word !== '--dry-run');
  const shown = words.filter((word, index) => !isOurs(word, words[index - 1]));
  const title = [command, ...shown].join(' ');
  const short = title.length > LONGEST ? `${title.slice(0, LONGEST - 1)}…` : title;
  return dryRun ? `${short} (dry run)` : short;
}

const LONGEST = 60;

/** Options that an editor or a script gives, and that tell a person nothing. */
function isOurs(word: string, before: string | undefined): boolean {
  return (
    /^--(?:json|answers|project|plan|diff|unified)(?:=|$)/.test(word) ||
    (before !== undefined && /^--(?:answers|project|plan|unified)$/.test(before))
  );
}

/** The words of the command stand among the arguments, options may stand before them. */
function startOfArguments(command: string, args: readonly string[]): number {
  const words = command.split(' ');
  const at = args.findIndex((_, index) => words.every((word, n) => args[index + n] === word));
  return at < 0 ? 0 : at + words.length;
}

/** `now`: milliseconds since the epoch. A live run is as old as it has been running. */
export function tookOf({ startedAt, finishedAt, lastAt, state }: RunSummary, now: number): string {
  const end = state === 'live' ? now : Date.parse(finishedAt ?? lastAt);
  return duration(end - Date.parse(startedAt));
}
