/** What was agreed to in a dialog reaches the run that it was for, and no other. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { sendControl } from '../../../client/commands/answering.ts';
import { startAgreed } from '../../../client/commands/start-agreed.ts';
import type { OpenProject } from '../../../client/open-project.ts';
import { createRpi } from '../../../client/rpi.ts';
import { parseEvent } from '../../../core/runs/event.ts';
import type { RunSummary } from '../../../core/runs/run-summary.ts';
import { extension, until } from './extension.ts';
import type { HostTest } from './host-test.ts';
import { withProject } from './project.ts';

/** It asks before it changes anything, and needs no Pi. */
const ASKS = ['ssh', 'config'];

/** The one run that is not among those before. */
async function newRun(
  project: OpenProject,
  before: readonly RunSummary[],
  isSo: (run: RunSummary) => boolean,
): Promise<RunSummary> {
  const known = new Set(before.map(({ id }) => id));
  const find = async (): Promise<RunSummary | undefined> =>
    (await project.runs()).find((run) => !known.has(run.id) && isSo(run));
  await until(async () => (await find()) !== undefined);
  const found = await find();
  if (found === undefined) throw new Error('the run has gone');
  return found;
}

export const agreedRunTests: readonly HostTest[] = [
  {
    name: 'a run gets the answer that was agreed to; run again by the same words it asks again',
    run: () =>
      withProject(async (project) => {
        const log = vscode.window.createOutputChannel('tests of a run', { log: true });
        const rpi = createRpi({
          log,
          // Of the context only this is used.
          context: { extensionUri: extension().extensionUri } as vscode.ExtensionContext,
          passwords: {
            environment: () => Promise.resolve({}),
            forget: () => Promise.resolve(),
            close: () => Promise.resolve(),
          },
        });
        try {
          const none = await project.runs();
          await startAgreed({ rpi, log }, { project, args: ASKS }, ({ type }) =>
            type === 'yes-no' ? 'no' : undefined,
          );
          const agreed = await newRun(project, none, ({ state }) => state === 'finished');
          assert.equal(agreed.status, 'refused');
          const events = (await readFile(agreed.path, 'utf8'))
            .split('\n')
            .flatMap((line) => parseEvent(line) ?? []);
          const answers = events.flatMap((event) => (event.kind === 'answer' ? [event] : []));
          assert.deepEqual(
            answers.map(({ by, value }) => [by, value]),
            [['control', 'no']],
          );
          assert.ok(!agreed.args.some((word) => word.startsWith('--yes')));

          // The editor does not start a task twice at the same time.
          await until(() => vscode.tasks.taskExecutions.length === 0);
          const one = await project.runs();
          await rpi.inTerminal({ project, args: ASKS });
          const again = await newRun(project, one, ({ question }) => question !== undefined);
          await sendControl(again.id, { verb: 'cancel' });
          await newRun(project, one, ({ state }) => state === 'finished');
        } finally {
          log.dispose();
        }
      }),
  },
];
