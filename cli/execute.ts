/** From a subcommand to a run: context, renderer, signals, exit code. */
import type { Command } from 'commander';
import * as z from 'zod';
import { EXIT, RpiError } from '../core/errors.ts';
import { personalState, socketFolder } from '../core/project/paths.ts';
import { findProjectRoot, noProject, openProject, type Project } from '../core/project/project.ts';
import { systemClock } from '../core/runs/clock.ts';
import type { EventBody } from '../core/runs/event.ts';
import type { Context, Outcome, ProjectContext } from '../core/runs/operation.ts';
import { startRun } from '../core/runs/runner.ts';
import { chooseAnswerer, stopAnswering } from './answer.ts';
import { renderJson } from './render/json.ts';
import { printable } from './render/printable.ts';
import { renderTerminal, type Rendering } from './render/terminal.ts';

const globalOptions = z.object({
  project: z.string().optional(),
  json: z.boolean().default(false),
  answers: z
    .enum(['terminal', 'control', 'none'])
    .default(() => (process.stdin.isTTY ? 'terminal' : 'none')),
  dryRun: z.boolean().default(false),
});

/** What every subcommand shares, read from commander. `command` is the one that was given. */
export type Invocation = z.infer<typeof globalOptions> & {
  /** As in `access enroll`. */
  readonly name: string;
  readonly args: readonly string[];
};

/** How the outcome is told at the end, besides the events. */
export type Presentation<Result> = Rendering & {
  readonly outcome?: (result: Result) => string;
  /** A terminal that is closed (SIGHUP) does not cancel it. */
  readonly survivesHangup?: true;
};

export function invocationOf(command: Command): Invocation {
  const parsed = globalOptions.safeParse(command.optsWithGlobals());
  if (!parsed.success) {
    throw new RpiError('input.invalid', parsed.error.issues.map((i) => i.message).join('\n'));
  }
  const names: string[] = [];
  for (let c = command; c.parent !== null; c = c.parent) names.unshift(c.name());
  const words = process.argv.slice(2);
  return { ...parsed.data, name: names.join(' '), args: withoutSecrets(words) };
}

/** Runs an operation that needs a project. Sets the exit code. */
export async function executeInProject<Result extends Outcome>(
  invocation: Invocation,
  operation: (context: ProjectContext) => AsyncGenerator<EventBody, Result>,
  presentation: Presentation<Result> = {},
): Promise<void> {
  const project = await projectOf(invocation);
  if (project === undefined) throw noProject(process.cwd());
  await run(invocation, project, (context) => operation({ ...context, project }), presentation);
}

/** Runs an operation that can do without a project; it gets the nearest one if there is one. */
export async function executeAnywhere<Result extends Outcome>(
  invocation: Invocation,
  operation: (context: Context, project: Project | undefined) => AsyncGenerator<EventBody, Result>,
  presentation: Presentation<Result> = {},
): Promise<void> {
  const project = await projectOf(invocation);
  await run(invocation, project, (context) => operation(context, project), presentation);
}

/** Runs an operation that has nothing to do with a project that may be around it. */
export async function executeOutside<Result extends Outcome>(
  invocation: Invocation,
  operation: (context: Context) => AsyncGenerator<EventBody, Result>,
  presentation: Presentation<Result> = {},
): Promise<void> {
  await run(invocation, undefined, operation, presentation);
}

/** The project of `--project`, else of the working directory; undefined where there is none. */
export async function projectOf(invocation: {
  readonly project?: string | undefined;
}): Promise<Project | undefined> {
  if (invocation.project !== undefined) return openProject(invocation.project, process.env);
  const root = await findProjectRoot(process.cwd());
  return root === undefined ? undefined : openProject(root, process.env);
}

async function run<Result extends Outcome>(
  invocation: Invocation,
  project: Project | undefined,
  operation: (context: Context) => AsyncGenerator<EventBody, Result>,
  presentation: Presentation<Result>,
): Promise<void> {
  const started = startRun({
    command: invocation.name,
    args: invocation.args,
    operation,
    runs: (project ?? personalState(process.env)).runs,
    socketFolder: socketFolder(process.env),
    project: project?.root,
    dryRun: invocation.dryRun,
    env: process.env,
    clock: systemClock,
    answerer: chooseAnswerer(invocation.answers),
  });
  const stopListening = cancelOnSignal(started.cancel, presentation.survivesHangup === true);
  try {
    const rendered = invocation.json
      ? renderJson(started.events)
      : renderTerminal(started.events, presentation);
    const [end] = await Promise.all([started.end, rendered]);
    if (!invocation.json && end.outcome !== undefined && presentation.outcome !== undefined) {
      const text = presentation.outcome(end.outcome);
      if (text !== '') process.stdout.write(`${printable(text)}\n`);
    }
    process.exitCode = end.exit;
  } finally {
    stopAnswering();
    stopListening();
  }
}

/** The first Ctrl-C cancels and waits for a consistent end; the second one does not wait. */
function cancelOnSignal(cancel: () => void, survivesHangup: boolean): () => void {
  let asked = false;
  const goOn = (): void => {
    process.stderr.write('\nThe terminal was closed; the run goes on. See: rpi runs list\n');
  };
  const onSignal = (): void => {
    if (asked) process.exit(EXIT.cancelled);
    asked = true;
    process.stderr.write(
      '\nCancelling: finishing what must not be left half-done. Once more to stop at once.\n',
    );
    cancel();
  };
  const handlers = {
    SIGINT: onSignal,
    SIGTERM: onSignal,
    SIGHUP: survivesHangup ? goOn : onSignal,
  } as const;
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler);
  };
}

/** Variables given to Ansible may hold passwords: the journal keeps that they were given, not what. */
function withoutSecrets(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    if (extraVars(args[index - 1])?.value === '') return '…';
    const given = extraVars(arg);
    return given === undefined || given.value === '' ? arg : `${given.option}…`;
  });
}

/** An option of extra variables as Ansible reads it, abbreviated or behind flags; what follows it. */
function extraVars(arg: string | undefined): { option: string; value: string } | undefined {
  if (arg === undefined) return undefined;
  const [, long, value = ''] = /^(--e[a-z-]*(?:=|$))(.*)$/s.exec(arg) ?? [];
  if (long !== undefined && '--extra-vars'.startsWith(long.replace('=', ''))) {
    return { option: long, value };
  }
  const [, short, rest = ''] = /^(-[vbkCDKJ]*e)(.*)$/s.exec(arg) ?? [];
  return short === undefined ? undefined : { option: short, value: rest };
}
