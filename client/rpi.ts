/** Starting the bundled `rpi` on the editor's own Node. Arguments are an array, never a line. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as vscode from 'vscode';
import type { Event } from '../core/runs/event.ts';
import type { OpenProject } from './open-project.ts';
import { createKeptEvents } from './kept-events.ts';
import { errorOf, reportIn } from './reported-error.ts';
import { programWords, rpiEnvironment, rpiTask, type TaskParts } from './rpi-task.ts';
import { definitionOf } from './task-definition.ts';

export type RpiRequest = {
  readonly project: OpenProject | undefined;
  /** The words after `rpi`. */
  readonly args: readonly string[];
  /** Where there is no project: the folder it starts in. */
  readonly cwd?: vscode.Uri;
  /** The terminal takes the keyboard: for what will ask there. */
  readonly focus?: boolean;
};

export type RpiEnd = { readonly exit: number; readonly events: readonly Event[] };

export type Rpi = {
  /** In a terminal, as a task: what takes long, asks, or is worth watching. */
  readonly inTerminal: (request: RpiRequest) => Promise<vscode.TaskExecution>;
  /** As inTerminal; resolves with the exit code when it has ended. */
  readonly untilEnd: (request: RpiRequest) => Promise<number | undefined>;
  /** Without a terminal, its events read as they come; questions are asked by dialogs. */
  readonly inBackground: (
    request: RpiRequest & {
      readonly signal: AbortSignal;
      readonly onEvent?: (event: Event) => void;
      /** How many events are kept for the end, the last one always; else as many as fit. */
      readonly keep?: number;
    },
  ) => Promise<RpiEnd>;
};

/** All of it throws `run.untrusted` in a workspace that is not trusted: nothing is started there. */
export function createRpi(parts: TaskParts): Rpi {
  const inTerminal: Rpi['inTerminal'] = async (request) => {
    await requireTrust();
    return vscode.tasks.executeTask(await taskOf(parts, request));
  };
  return {
    inTerminal,
    untilEnd: async (request) => {
      const ended = endings();
      try {
        return await ended.of(await inTerminal(request));
      } finally {
        ended.dispose();
      }
    },
    inBackground: async (request) => {
      await requireTrust();
      return runInBackground(parts, request);
    },
  };
}

async function taskOf(parts: TaskParts, request: RpiRequest): Promise<vscode.Task> {
  const { project, args, focus = false } = request;
  const task = await rpiTask(parts, { ...definitionOf(args) }, project, {
    scope: project?.folder ?? vscode.TaskScope.Workspace,
    cwd: project?.root ?? request.cwd ?? home(),
  });
  if (task === undefined) throw new Error(`no task for rpi ${args.join(' ')}`);
  task.presentationOptions = { ...task.presentationOptions, focus };
  return task;
}

function home(): vscode.Uri {
  return (
    (vscode.workspace.workspaceFolders ?? [])[0]?.uri ??
    vscode.Uri.file(process.env['HOME'] ?? process.cwd())
  );
}

/** Listens from before a task is started: a short one may have ended when its start is told. */
function endings(): {
  readonly of: (execution: vscode.TaskExecution) => Promise<number | undefined>;
  readonly dispose: () => void;
} {
  const codes = new Map<vscode.TaskExecution, number | undefined>();
  const over = new Set<vscode.TaskExecution>();
  let look = (): void => undefined;
  const listening = vscode.Disposable.from(
    vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => codes.set(execution, exitCode)),
    // Also for a process that could not be started.
    vscode.tasks.onDidEndTask(({ execution }) => {
      over.add(execution);
      look();
    }),
  );
  return {
    of: (execution) =>
      new Promise((resolve) => {
        look = () => {
          if (over.has(execution)) resolve(codes.get(execution));
        };
        look();
      }),
    dispose: () => {
      listening.dispose();
    },
  };
}

/** Events that are kept for the end. */
const KEPT_EVENTS = 10_000;

async function runInBackground(
  parts: TaskParts,
  request: Parameters<Rpi['inBackground']>[0],
): Promise<RpiEnd> {
  const { project, args, signal } = request;
  const [{ parseEvent }, { createAnswering }] = await Promise.all([
    import('../core/runs/event.ts'),
    import('./commands/answering.ts'),
  ]);
  const child = spawn(
    process.execPath,
    [...programWords(parts.context, project), ...withAnswers(args)],
    {
      cwd: (project?.root ?? request.cwd ?? home()).fsPath,
      env: { ...process.env, ...(await rpiEnvironment(parts.passwords, project)) },
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    },
  );
  const ended = exitOf(child);
  const answering = createAnswering(parts.log);
  const events = createKeptEvents(request.keep ?? KEPT_EVENTS);
  const said: string[] = [];
  const stop = (): void => {
    child.kill('SIGTERM'); // it cancels its run, which ends in a consistent state
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 100) said.push(text);
    });
    let report: unknown;
    for await (const line of createInterface({ input: child.stdout })) {
      const event = parseEvent(line);
      if (event === undefined) {
        report = reportIn(line) ?? report;
        continue;
      }
      events.add(event);
      request.onEvent?.(event);
      answering.see(event);
    }
    const exit = await ended;
    if (report !== undefined) throw await errorOf(report);
    if (events.all().length === 0 && exit !== 0) {
      throw new Error(`rpi ${args.join(' ')} ended with ${exit}: ${said.join('').trim()}`);
    }
    return { exit, events: events.all() };
  } finally {
    signal.removeEventListener('abort', stop);
    answering.dispose();
    if (child.exitCode === null && child.signalCode === null) stop();
  }
}

/** Before a `--`: what follows that is not ours. */
function withAnswers(args: readonly string[]): string[] {
  return ['--json', '--answers', 'control', ...args];
}

function exitOf(child: ChildProcess): Promise<number> {
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? 1);
    });
  });
  exit.catch(() => undefined); // awaited when its output has been read
  return exit;
}

async function requireTrust(): Promise<void> {
  if (vscode.workspace.isTrusted) return;
  const { RpiError } = await import('../core/errors.ts');
  throw new RpiError('run.untrusted', 'This folder is not trusted, so nothing is started here.', {
    remedy: 'Trust it first: Workspaces: Manage Workspace Trust.',
  });
}
