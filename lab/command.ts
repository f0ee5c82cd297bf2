/** The lab's one runner of commands. A command is data: a program and its arguments, never a line for a shell. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { isSystemError, LabError, messageOf, throwIfInterrupted } from './errors.ts';

export type Command = {
  command: string;
  args: readonly string[];
  /** Text for its standard input, which is empty otherwise. Secrets go here, never into `args`. */
  input?: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
};

export type Finished = { code: number; stdout: string; stderr: string };

export type RunOptions = {
  signal?: AbortSignal | undefined;
  /** Gets each line of standard error as it comes. */
  onLine?: ((line: string) => void) | undefined;
};

/** Runs a command to its end. A status other than 0 is a {@link LabError} `command-failed` with what it said. */
export async function run(command: Command, options: RunOptions = {}): Promise<Finished> {
  const finished = await attempt(command, options);
  if (finished.code === 0) return finished;
  const said = (finished.stderr.trim() || finished.stdout.trim()).split('\n').slice(-5).join('\n');
  throw new LabError(
    'command-failed',
    `${describe(command)} ended with status ${finished.code}${said === '' ? '' : `: ${said}`}`,
    'Run the command by hand to see more.',
  );
}

/**
 * Milliseconds. A machine that shuts down stops all its processes before it kills them. nsenter
 * stops itself with the one it has begun there, would never see its end, and the machine would wait
 * for that: so whatever was stopped goes on. To others SIGCONT says nothing.
 */
const WAKE = 500;

/** Runs a command to its end, whatever its status; killed by a signal counts as 128 + 9. */
export async function attempt(command: Command, options: RunOptions = {}): Promise<Finished> {
  throwIfInterrupted(options.signal);
  const child = spawn(command.command, command.args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    ...(command.env === undefined ? {} : { env: command.env }),
    ...(options.signal === undefined
      ? {}
      : { signal: options.signal, killSignal: 'SIGKILL' as const }),
  });
  const waking = setInterval(() => child.kill('SIGCONT'), WAKE);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (line) => {
    stderr += `${line}\n`;
    options.onLine?.(line);
  });
  // A program that doesn't read its input closes the pipe: its status says what happened.
  child.stdin.on('error', () => undefined);
  child.stdin.end(command.input ?? '');
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve(status ?? 137));
  })
    .catch((error: unknown) => {
      throw cannotRun(command, error, options.signal);
    })
    .finally(() => clearInterval(waking));
  // Ctrl-C reaches the child as well, which then ends before we end it.
  throwIfInterrupted(options.signal);
  return { code, stdout, stderr };
}

/** Runs a command on this terminal and gives its exit status. */
export async function runAttached(command: Command): Promise<number> {
  const child = spawn(command.command, command.args, {
    stdio: 'inherit',
    ...(command.env === undefined ? {} : { env: command.env }),
  });
  // Ctrl-C reaches the child by the terminal; we stay to report its status.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status) => resolve(status ?? 137));
    });
  } catch (error) {
    throw cannotRun(command, error, undefined);
  } finally {
    process.off('SIGINT', ignore);
  }
}

function cannotRun(command: Command, error: unknown, signal: AbortSignal | undefined): LabError {
  throwIfInterrupted(signal);
  if (isSystemError(error, 'ENOENT')) {
    return new LabError(
      'command-missing',
      `${command.command} was not found.`,
      'Install it, or check PATH (it must include /usr/sbin and /sbin).',
      { cause: error },
    );
  }
  return new LabError('command-failed', `${describe(command)}: ${messageOf(error)}`, 'Try again.', {
    cause: error,
  });
}

function describe(command: Command): string {
  return [command.command, ...command.args].join(' ').slice(0, 300);
}
