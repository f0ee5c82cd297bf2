/** What runs for months takes little memory, and gives back what it needed for a moment. */
import { setFlagsFromString } from 'node:v8';
import { forgetSmallNodeEnvironment } from '../core/command/small-node.ts';

/** Milliseconds, the first logins too: with 200 Pis it takes 60 ms, and gives back 10 MB. */
const EVERY = 30_000;

/** For a process that core/command/small-node.ts started; any other one is left alone. */
export function staySmall(): void {
  const { gc } = globalThis;
  if (gc === undefined) return;
  forgetSmallNodeEnvironment(process.env);
  // V8's last compiler is 5 MB of Node's own program, of which nothing is in memory until its first
  // use, which loading the rest would be; the one before it is nearly as good for so little work.
  // No word of the command line: a Node that does not know it would not start.
  setFlagsFromString('--no-turbofan');
  setInterval(() => {
    // As where memory runs out: what was compiled and is not in use goes, and so do empty pages.
    gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }, EVERY).unref();
}
