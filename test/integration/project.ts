/** A throw-away project and what runs operations on it, for tests. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProject, type Project } from '../../core/project/project.ts';
import { systemClock } from '../../core/runs/clock.ts';
import type { EventBody, Question } from '../../core/runs/event.ts';
import type { Outcome, ProjectContext } from '../../core/runs/operation.ts';

export type TestProject = AsyncDisposable & {
  readonly project: Project;
  readonly context: (options?: ContextOptions) => ProjectContext;
};

export type ContextOptions = {
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  readonly dryRun?: boolean;
  /** Answers questions; by default none is expected. */
  readonly ask?: (question: Question) => string | Promise<string>;
};

export async function makeProject(files: {
  /** Lines of rpi.yml after version and id. */
  readonly config?: readonly string[];
  readonly inventory: string;
}): Promise<TestProject> {
  const folder = await mkdtemp(join(tmpdir(), 'rpi-project-'));
  const root = join(folder, 'project');
  await mkdir(join(root, 'inventory'), { recursive: true });
  const config = ['version: 1', 'id: test-project', ...(files.config ?? []), ''];
  await writeFile(join(root, 'rpi.yml'), config.join('\n'));
  await writeFile(join(root, 'inventory/hosts.yml'), files.inventory);
  const env = { PATH: process.env['PATH'], HOME: folder, XDG_DATA_HOME: join(folder, 'data') };
  const project = await openProject(root, env);
  return {
    project,
    context: (options = {}) => ({
      project,
      signal: options.signal ?? new AbortController().signal,
      clock: systemClock,
      env: { ...env, ...options.env },
      dryRun: options.dryRun ?? false,
      ask: async (question) => {
        if (options.ask === undefined) throw new Error(`not expected: ${question.text}`);
        return options.ask(question);
      },
    }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs an operation to its end; `see` is told each event as it comes. */
export async function run<Result extends Outcome>(
  operation: AsyncGenerator<EventBody, Result>,
  see: (event: EventBody) => unknown = () => undefined,
): Promise<{ events: EventBody[]; outcome: Result }> {
  const events: EventBody[] = [];
  for (;;) {
    const step = await operation.next();
    if (step.done === true) return { events, outcome: step.value };
    await see(step.value); // the operation waits meanwhile
    events.push(step.value);
  }
}
