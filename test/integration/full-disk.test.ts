/** In a process of its own: it puts another file in the place of an open one, by its number. */
import { closeSync, existsSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../core/runs/clock.ts';
import type { EventBody } from '../../core/runs/event.ts';
import type { Context, Outcome } from '../../core/runs/operation.ts';
import { startRun } from '../../core/runs/runner.ts';
import { temporaryFolder } from '../temporary.ts';

const log = (text: string): EventBody => ({ kind: 'log', level: 'info', text });

test.runIf(existsSync('/dev/full'))(
  'a run that can’t be journaled any more stops its work and lets go of what it holds',
  async () => {
    const folder = await temporaryFolder();
    const seen: string[] = [];
    const run = startRun({
      command: 'access enroll',
      args: [],
      async *operation(context: Context): AsyncGenerator<EventBody, Outcome> {
        try {
          yield await Promise.resolve(log('written'));
          // Every write from here on finds the disk full.
          swapForFullDisk(join(folder, 'runs'));
          yield log('not written');
          seen.push('went on');
        } finally {
          seen.push(context.signal.aborted ? 'stopped' : 'not stopped');
        }
        return { status: 'ok', summary: 'never' };
      },
      runs: join(folder, 'runs'),
      socketFolder: join(folder, 's'),
      dryRun: false,
      env: {},
      clock: systemClock,
      answerer: () => Promise.resolve(undefined),
    });
    const end = await run.end;
    expect(end.exit).toBe(1);
    expect(end.finished.error?.code).toBe('file.disk-full');
    expect(seen).toEqual(['stopped']);
  },
);

/** Puts the full device in the place of this process's open journal of the folder. */
function swapForFullDisk(runs: string): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    let target: string;
    try {
      target = readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      continue;
    }
    if (!target.startsWith(runs)) continue;
    closeSync(descriptor);
    // The lowest free number is taken: the one just closed.
    if (openSync('/dev/full', 'w') !== descriptor) throw new Error('another descriptor was taken');
  }
}
