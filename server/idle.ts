/** Memory is given back when nobody types: reading a project leaves much of it behind. */

/** Milliseconds without a message after which it is quiet. */
const IDLE = 5000;

/** Needs Node’s `--expose-gc`; without it, nothing is done. */
export function collectWhenIdle(messages: NodeJS.ReadableStream): void {
  const { gc } = globalThis;
  if (gc === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  messages.on('data', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // As where memory runs out: what was compiled and is not in use goes, and so do empty pages.
      gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    }, IDLE);
    timer.unref();
  });
}
