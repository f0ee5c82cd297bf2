/** Who answers an operation's questions. */
import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Question } from '../core/runs/event.ts';
import type { Answerer } from '../core/runs/runner.ts';
import { printable } from './render/printable.ts';

/**
 * `terminal`: the person at the keyboard. `control`: nobody here; `rpi runs answer` or the editor
 * will, through the control socket. `none`: nobody, and the operation is told so.
 */
export function chooseAnswerer(from: 'terminal' | 'control' | 'none'): Answerer {
  switch (from) {
    case 'terminal':
      return askTerminal;
    case 'control':
      return (_question, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ by: 'control', value: '' }), {
            once: true,
          });
        });
    case 'none':
      return () => Promise.resolve(undefined);
  }
}

const askTerminal: Answerer = async (question, signal) => {
  if (question.detail !== undefined) process.stderr.write(`${printable(question.detail)}\n`);
  for (;;) {
    const line = await readLine(printable(promptOf(question)), question.type === 'secret', signal);
    if (line === undefined) return undefined;
    const value = understand(question, line);
    if (value !== undefined) return { by: 'terminal', value };
  }
};

function promptOf(question: Question): string {
  switch (question.type) {
    case 'yes-no':
      return `${question.text} [yes/no] `;
    case 'choice':
      return `${question.text} [${(question.choices ?? []).join('/')}] `;
    case 'typed':
      return `${question.text} (type ${question.expect ?? ''}) `;
    case 'secret':
      return `${question.text}: `;
  }
}

/** The answer that a line stands for, or undefined to ask again. */
function understand(question: Question, line: string): string | undefined {
  const text = line.trim();
  switch (question.type) {
    case 'yes-no':
      if (/^y(es)?$/i.test(text)) return 'yes';
      return /^no?$/i.test(text) ? 'no' : undefined;
    case 'choice': {
      const fits = (question.choices ?? []).filter((choice) => choice.startsWith(text));
      return text !== '' && fits.length > 0 ? (fits.find((c) => c === text) ?? fits[0]) : undefined;
    }
    case 'typed':
      return text;
    case 'secret':
      return line;
  }
}

/** One line from the terminal; undefined at the end of input. The prompt goes to stderr. */
async function readLine(
  prompt: string,
  hidden: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  process.stderr.write(prompt);
  if (!process.stdin.isTTY) return nextPipedLine(signal);
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? silent : process.stderr,
    terminal: true,
  });
  try {
    return await new Promise<string | undefined>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(undefined));
      // In its raw mode the terminal sends Ctrl-C here and not as a signal.
      lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
      signal.addEventListener('abort', () => resolve(undefined), { once: true });
    });
  } finally {
    lines.close();
    if (hidden) process.stderr.write('\n');
  }
}

/** Lines of a pipe come all at once: one reader for all questions, or the first takes the rest. */
let piped: { readonly lines: Interface; readonly next: AsyncIterator<string> } | undefined;

async function nextPipedLine(signal: AbortSignal): Promise<string | undefined> {
  if (piped === undefined) {
    const lines = createInterface({ input: process.stdin });
    piped = { lines, next: lines[Symbol.asyncIterator]() };
  }
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const line = await Promise.race([piped.next.next(), aborted]);
  return line === undefined || line.done === true ? undefined : line.value;
}

/** Lets the process end although a pipe may still have lines. */
export function stopAnswering(): void {
  piped?.lines.close();
  if (piped !== undefined) process.stdin.destroy();
}
