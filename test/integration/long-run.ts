/** A run that lasts, for tests that kill it: node long-run.ts RUNS SOCKETS */
import { systemClock } from '../../core/runs/clock.ts';
import { startRun } from '../../core/runs/runner.ts';

const [runs = '', sockets = ''] = process.argv.slice(2);
const run = startRun({
  command: 'install',
  args: [],
  operation: async function* (context) {
    yield { kind: 'step.started', host: 'kitchen', step: 'wipe', title: 'Wiping' };
    yield { kind: 'step.intended', host: 'kitchen', step: 'wipe', what: 'format the card' };
    await context.clock.sleep(600_000, context.signal);
    return { status: 'ok', summary: 'never reached' };
  },
  runs,
  socketFolder: sockets,
  dryRun: false,
  env: {},
  clock: systemClock,
  answerer: () => Promise.resolve(undefined),
});
for await (const event of run.events) process.stdout.write(`${event.kind}\n`);
