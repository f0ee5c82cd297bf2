/** The one place that starts programs. */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants as osConstants } from 'node:os';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Readable } from 'node:stream';
import { cancelled, RpiError, systemCode } from '../errors.ts';
import { commandLine, type Command } from './command.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type Finished = {
  /** The exit code; 128 + n where signal n ended the program. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
};

export type Chunk = {
  /** `extra` is the pipe on descriptor 3, where one was asked for. */
  readonly from: 'stdout' | 'stderr' | 'extra';
  readonly text: string;
};

type Options = {
  readonly signal: AbortSignal;
  readonly env: Environment;
  /** How long a program may take to end after SIGTERM before SIGKILL; milliseconds. */
  readonly grace?: number;
};

/** What is collected of one program at the most; characters. */
const LARGEST = 64 * 1024 * 1024;

/**
 * Runs a command to its end and collects what it printed (up to 64 MiB). A non-zero exit is a
 * result, not an error. `guarded`: see streamCommand. Throws `command.not-found` and `run.cancelled`.
 */
export async function runCommand(
  command: Command,
  options: Options & { readonly guarded?: boolean },
): Promise<Finished> {
  const parts: Record<Chunk['from'], string[]> = { stdout: [], stderr: [], extra: [] };
  const stream = streamCommand(command, options);
  let size = 0;
  for (;;) {
    const step = await stream.next();
    if (step.done === true) {
      return { code: step.value, stdout: parts.stdout.join(''), stderr: parts.stderr.join('') };
    }
    parts[step.value.from].push(step.value.text);
    size += step.value.text.length;
    if (size <= LARGEST) continue;
    await stream.return(1);
    throw new RpiError('command.failed', `${commandLine(command)} printed more than 64 MiB.`);
  }
}

/** As runCommand, but a non-zero exit throws `command.failed` with the last of its stderr. */
export async function runChecked(command: Command, options: Options): Promise<Finished> {
  const finished = await runCommand(command, options);
  if (finished.code !== 0) throw commandFailed(command, finished);
  return finished;
}

export function commandFailed(command: Command, finished: Finished): RpiError {
  const said = (finished.stderr.trim() || finished.stdout.trim()).slice(-2000);
  return new RpiError(
    'command.failed',
    `${commandLine(command)} ended with ${finished.code}${said === '' ? '.' : `: ${said}`}`,
  );
}

/**
 * Runs a command and yields what it prints as it comes; the return value is its exit code.
 * With `extraPipe` the program has a pipe on descriptor 3 to write to. The program runs in its
 * own process group; when the signal aborts, or the reader stops, the group gets SIGTERM and,
 * after the grace, SIGKILL; then `run.cancelled` is thrown. With `guarded` that also happens when
 * this process is killed without a chance to do it.
 */
export async function* streamCommand(
  command: Command,
  options: Options & { readonly extraPipe?: boolean; readonly guarded?: boolean },
): AsyncGenerator<Chunk, number> {
  const aborted = (): boolean => options.signal.aborted;
  if (aborted()) throw cancelled();
  const child = spawn(command.command, [...command.args], {
    cwd: command.cwd,
    env: childEnvironment(options.env, command.env),
    stdio: ['pipe', 'pipe', 'pipe', ...(options.extraPipe === true ? ['pipe' as const] : [])],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const chunks = collect(child);
  child.stdin.on('error', () => undefined); // a program may end without reading its input
  child.stdin.end(command.stdin ?? '');
  const grace = options.grace ?? 5000;
  const guard = options.guarded === true ? startGuard(child, grace) : undefined;
  const stop = (): void => endGroup(child, grace);
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of chunks.read()) yield chunk;
    const code = await chunks.exit;
    if (aborted()) throw cancelled();
    return code;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw notFound(command);
    throw error;
  } finally {
    options.signal.removeEventListener('abort', stop);
    if (child.exitCode === null && child.signalCode === null) stop();
    else guard?.kill('SIGKILL');
  }
}

/**
 * A shell that waits for the end of its input, which comes when this process is gone, and then
 * ends the child's group. The system has no other way to tie a child's life to its parent's.
 */
function startGuard(child: ChildProcess, grace: number): ChildProcess | undefined {
  if (child.pid === undefined || process.platform === 'win32') return undefined;
  const script = `read -r _; kill -TERM -$0; left=${Math.ceil(grace / 1000)}
while [ $left -gt 0 ] && kill -0 -$0; do sleep 1; left=$((left - 1)); done; kill -KILL -$0`;
  const guard = spawn('/bin/sh', ['-c', script, String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => undefined); // without a shell there is no guard, and nothing else is lost
  child.once('close', () => guard.kill('SIGKILL'));
  return guard;
}

/** The absolute path of a program on `env.PATH`, or undefined. */
export async function findExecutable(name: string, env: Environment): Promise<string | undefined> {
  const candidates = isAbsolute(name)
    ? [name]
    : (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      return candidate;
    } catch {
      continue;
    }
  }
  return undefined;
}

function notFound(command: Command): RpiError {
  return new RpiError('command.not-found', `${command.command} is not installed.`, {
    remedy: 'rpi doctor says what is missing and how to install it.',
  });
}

/** What holds or fetches a secret for us is a program's only where the command itself says so. */
const SECRETS: Environment = { RPI_PASSWORD: undefined, RPI_ASKPASS: undefined };

function childEnvironment(inherited: Environment, own: Environment = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...inherited, ...SECRETS, ...own }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );
}

function endGroup(child: ChildProcess, grace: number): void {
  const send = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      if (process.platform === 'win32') child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // The group has already ended.
    }
  };
  send('SIGTERM');
  const killer = setTimeout(() => send('SIGKILL'), grace);
  killer.unref();
  child.once('close', () => clearTimeout(killer));
}

/** Gathers the child's streams into one order of arrival. */
function collect(child: ChildProcess): {
  readonly read: () => AsyncGenerator<Chunk>;
  readonly exit: Promise<number>;
} {
  const waiting: Chunk[] = [];
  let closed = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;
  const notify = (): void => {
    wake?.();
    wake = undefined;
  };
  const listen = (stream: unknown, from: Chunk['from']): void => {
    if (!isReadable(stream)) return;
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      waiting.push({ from, text });
      notify();
    });
  };
  listen(child.stdout, 'stdout');
  listen(child.stderr, 'stderr');
  listen(child.stdio[3], 'extra');
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', (error) => {
      failure = error;
      reject(error);
      notify();
    });
    child.once('close', (code, signal) => {
      closed = true;
      resolve(code ?? 128 + (signal === null ? 0 : osConstants.signals[signal]));
      notify();
    });
  });
  exit.catch(() => undefined); // read() reports it; nobody may be waiting here

  async function* read(): AsyncGenerator<Chunk> {
    for (;;) {
      const chunk = waiting.shift();
      if (chunk !== undefined) yield chunk;
      else if (failure !== undefined) throw failure;
      else if (closed) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  return { read, exit };
}

function isReadable(stream: unknown): stream is Readable {
  return stream !== null && typeof stream === 'object' && 'setEncoding' in stream;
}
