/** One command over a connection that is logged in. */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Client, ClientChannel } from 'ssh2';
import type { Finished } from '../command/run.ts';
import { cancelled, type RpiError } from '../errors.ts';
import { closedConnection, timedOut, tooMuchOutput, type SshTarget } from './errors.ts';

export type ExecOptions = {
  readonly signal: AbortSignal;
  /** Written to the command's standard input, which is then closed. */
  readonly stdin?: string;
  /**
   * Leaves the standard input open: for commands that don't read it. Only then can they be ended
   * by a signal, which ssh2 sends on a channel that is open both ways alone.
   */
  readonly leaveInputOpen?: boolean;
  /** Milliseconds; unlimited by default. */
  readonly timeout?: number;
  /** Is told what is printed as it comes; it is not collected then. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
};

/** Bytes of each stream that a command may print: a host that never ends must not fill memory. */
export const LONGEST_OUTPUT = 8 * 1024 * 1024;

/**
 * Runs one command; its exit code is a result. Throws `ssh.closed` where none came, and
 * `ssh.too-much-output` beyond LONGEST_OUTPUT.
 */
export async function execute(
  client: Client,
  target: SshTarget,
  command: string,
  options: ExecOptions,
): Promise<Finished> {
  if (options.signal.aborted) throw cancelled();
  let channel: ClientChannel | undefined;
  let stopped = false;
  const finished = new Promise<Finished>((resolve, reject) => {
    const stop = (error: RpiError): void => {
      stopped = true;
      settle();
      reject(error);
      // A command that prints nothing would go on there. sshd passes it on but for root's logins.
      channel?.signal('TERM');
      channel?.close();
    };
    const onAbort = (): void => stop(cancelled());
    options.signal.addEventListener('abort', onAbort, { once: true });
    const { timeout } = options;
    const timer =
      timeout === undefined
        ? undefined
        : setTimeout(() => stop(timedOut(target, timeout)), timeout);
    const onClose = (): void => lost();
    const settle = (): void => {
      clearTimeout(timer);
      client.off('close', onClose);
      options.signal.removeEventListener('abort', onAbort);
    };
    const lost = (cause?: unknown): void => {
      settle();
      reject(closedConnection(target, cause));
    };
    const onChannel = (error: Error | undefined, stream: ClientChannel): void => {
      if (error !== undefined) {
        lost(error);
        return;
      }
      if (stopped) {
        stream.close(); // it gets no input any more
        return;
      }
      channel = stream;
      const onTooMuch = (): void => stop(tooMuchOutput(target, LONGEST_OUTPUT));
      collect(stream, options.onOutput, onTooMuch).then((result) => {
        settle();
        if (result === undefined) lost();
        else resolve(result);
      }, lost);
      if (options.leaveInputOpen !== true) stream.end(options.stdin ?? '');
    };
    // Taken off again: a connection may be kept for months, and run a command a minute.
    client.once('close', onClose);
    try {
      client.exec(command, onChannel);
    } catch (error) {
      lost(error); // ssh2 throws where the server has hung up and the socket is not closed yet
    }
  });
  return finished;
}

/**
 * What a command printed and its exit code; undefined where the channel closed without one. What
 * comes beyond LONGEST_OUTPUT is dropped, and told once.
 */
function collect(
  stream: ClientChannel,
  onOutput: ExecOptions['onOutput'],
  onTooMuch: () => void,
): Promise<Finished | undefined> {
  return new Promise((resolve, reject) => {
    const read = (from: Readable, name: 'stdout' | 'stderr'): (() => string) =>
      onOutput === undefined
        ? textOf(from, onTooMuch)
        : passOn(from, (text) => onOutput(name, text), onTooMuch);
    const stdout = read(stream, 'stdout');
    const stderr = read(stream.stderr, 'stderr');
    let code: number | undefined;
    stream.on('exit', (exitCode: number | null) => (code = exitCode ?? 128));
    stream.on('error', reject);
    stream.on('close', () =>
      resolve(code === undefined ? undefined : { code, stdout: stdout(), stderr: stderr() }),
    );
  });
}

/** Tells the text of a stream as it comes, characters never cut in two; nothing is collected. */
function passOn(
  stream: Readable,
  tell: (text: string) => void,
  onTooMuch: () => void,
): () => string {
  const decoder = new StringDecoder('utf8');
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    if (length > LONGEST_OUTPUT) return;
    length += chunk.length;
    if (length > LONGEST_OUTPUT) onTooMuch();
    else tell(decoder.write(chunk));
  });
  return () => '';
}

/** Collects a stream; the text is that of all that has come. */
function textOf(stream: Readable, onTooMuch: () => void): () => string {
  let chunks: Buffer[] = [];
  let length = 0;
  stream.on('data', (chunk: Buffer) => {
    if (length > LONGEST_OUTPUT) return;
    length += chunk.length;
    if (length > LONGEST_OUTPUT) {
      chunks = [];
      onTooMuch();
    } else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
