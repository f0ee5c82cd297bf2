/** An `rpi` that is nobody's child: closing the window does not end it. */
import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { SMALL_NODE_ENVIRONMENT, smallNodeFlags } from '../core/command/small-node.ts';
import type { OpenProject } from './open-project.ts';
import { errorOf, reportIn } from './reported-error.ts';
import { programWords, rpiEnvironment, type TaskParts } from './rpi-task.ts';

/** Milliseconds between two looks whether it is up. */
const LOOK = 200;

export type DetachedRequest = {
  readonly project: OpenProject;
  /** The words after `rpi`. Nobody is there to answer: its questions are wrong input. */
  readonly args: readonly string[];
  readonly isUp: () => Promise<boolean>;
};

/**
 * Resolves once `isUp`. Throws what it told where it ended before: an RpiError, else an Error. It is given no
 * password: the editor, which keeps them, may be gone when it needs one.
 */
export async function startDetached(
  { context }: Pick<TaskParts, 'context'>,
  { project, args, isUp }: DetachedRequest,
): Promise<void> {
  const folder = context.logUri.fsPath;
  await mkdir(folder, { recursive: true });
  // A file and no pipe: it would be ended by its first word after the window is closed.
  const path = join(folder, `rpi-${args.join('-')}.log`);
  const said = await open(path, 'w', 0o600);
  let end: string | undefined;
  try {
    const words = [
      ...smallNodeFlags(1),
      ...programWords(context, project),
      ...['--json', '--answers', 'none', ...args],
    ];
    const child = spawn(process.execPath, words, {
      cwd: project.root.fsPath,
      env: {
        ...process.env,
        ...SMALL_NODE_ENVIRONMENT,
        ...(await rpiEnvironment(undefined, project)),
      },
      stdio: ['ignore', said.fd, said.fd],
      detached: true,
      windowsHide: true,
    });
    child.once('error', (error) => {
      end = error.message;
    });
    child.once('exit', (code, signal) => {
      end ??= `it ended with ${code ?? signal ?? 'nothing'}`;
    });
    child.unref();
  } finally {
    await said.close();
  }
  while (!(await isUp())) {
    if (end !== undefined) {
      throw await whyNot(await readFile(path, 'utf8'), end);
    }
    await delay(LOOK);
  }
}

/** The error that it told last, else all that it said, else how it ended. */
async function whyNot(said: string, end: string): Promise<Error> {
  const { parseEvent } = await import('../core/runs/event.ts');
  const lines = said.trim().split('\n');
  for (const line of lines.toReversed()) {
    const event = parseEvent(line);
    const report = event?.kind === 'run.finished' ? event.error : reportIn(line);
    if (report !== undefined) return errorOf(report);
  }
  return new Error(`rpi did not start: ${said.trim() === '' ? end : said.trim()}`);
}
