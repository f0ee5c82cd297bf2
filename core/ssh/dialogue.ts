/** A program on a host that is kept running and answers each line it is given by a line. */
import { StringDecoder } from 'node:string_decoder';
import type { Client, ClientChannel } from 'ssh2';
import { cancelled } from '../errors.ts';
import { deadline } from '../runs/deadline.ts';
import { closedConnection, timedOut, tooMuchOutput, type SshTarget } from './errors.ts';

export type AskOptions = {
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly timeout: number;
};

export type Dialogue = AsyncDisposable & {
  /**
   * Sends `line` and resolves with the first line from then on that `isAnswer` takes; others are
   * dropped. One at a time. Throws `ssh.closed`, `ssh.timeout`, `run.cancelled`, and
   * `ssh.too-much-output` for a longer line than LONGEST_LINE, or for more than LONGEST_TALK
   * beside the answer.
   */
  readonly ask: (
    line: string,
    isAnswer: (line: string) => boolean,
    options: AskOptions,
  ) => Promise<string>;
};

/** Characters of one line; what is beyond is not kept. */
export const LONGEST_LINE = 16_384;
/** Characters that may come before an answer. */
export const LONGEST_TALK = 131_072;

/** Starts `command` with its input left open. Throws `ssh.closed`. */
export function openDialogue(
  client: Client,
  target: SshTarget,
  command: string,
  whenClosed: Promise<void>,
): Promise<Dialogue> {
  return new Promise((resolve, reject) => {
    void whenClosed.then(() => reject(closedConnection(target)));
    try {
      client.exec(command, (error, channel) => {
        if (error === undefined) resolve(talk(channel, target));
        else reject(closedConnection(target, error));
      });
    } catch (error) {
      reject(closedConnection(target, error)); // as in exec.ts: a socket that is just closing
    }
  });
}

type Waiting = {
  readonly isAnswer: (line: string) => boolean;
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
};

function talk(channel: ClientChannel, target: SshTarget): Dialogue {
  const decoder = new StringDecoder('utf8');
  let waiting: Waiting | undefined;
  let rest = '';
  let said = 0;
  let closed = false;

  const fail = (error: Error): void => waiting?.reject(error);
  channel.on('data', (chunk: Buffer) => {
    said += chunk.length;
    if (said > LONGEST_TALK || rest.length > LONGEST_LINE) {
      rest = '';
      fail(tooMuchOutput(target, Math.min(LONGEST_LINE, LONGEST_TALK)));
      channel.close();
      return;
    }
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const text = line.replace(/\r$/, '');
      if (waiting?.isAnswer(text) === true) waiting.resolve(text);
    }
  });
  channel.stderr.resume();
  channel.on('error', () => undefined); // its end follows
  channel.on('close', () => {
    closed = true;
    fail(closedConnection(target));
  });

  return {
    ask: async (line, isAnswer, { signal, timeout }) => {
      if (signal.aborted) throw cancelled();
      if (closed) throw closedConnection(target);
      said = 0;
      using late = deadline(signal, timeout);
      const onStop = (): void => fail(late.isLate() ? timedOut(target, timeout) : cancelled());
      try {
        return await new Promise<string>((resolve, reject) => {
          waiting = { isAnswer, resolve, reject };
          late.signal.addEventListener('abort', onStop, { once: true });
          channel.write(`${line}\n`);
        });
      } finally {
        late.signal.removeEventListener('abort', onStop);
        waiting = undefined;
      }
    },
    [Symbol.asyncDispose]: () => {
      if (!closed) channel.close();
      return Promise.resolve();
    },
  };
}
