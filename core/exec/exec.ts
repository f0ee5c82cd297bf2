/** `rpi exec`: one command on many Pis at once, each over a session of its own. */
import { askSecret } from '../askpass/secret.ts';
import { reportOf, RpiError } from '../errors.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory, selectAdopted } from '../inventory/load.ts';
import type { EventBody } from '../runs/event.ts';
import { merge } from '../runs/merge.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { projectSessions, type ProjectSessions } from '../ssh/project-session.ts';
import type { SshSession } from '../ssh/session.ts';
import { becomeRoot, remoteCommandLine, type RemoteCommand } from './become.ts';
import { createLineReader } from './output-lines.ts';

export type ExecInput = {
  /** An Ansible host pattern; all hosts without it. */
  readonly limit: string | undefined;
  readonly command: RemoteCommand;
  /** As root: by sudo where the login user is another. */
  readonly become: boolean;
  /** Ask for the password of sudo. */
  readonly askBecomePassword: boolean;
  /** How many hosts at once. */
  readonly parallel: number;
  /** Milliseconds for each host's command; undefined: as long as it takes. */
  readonly timeout: number | undefined;
};

export type ExecResult = {
  readonly host: string;
  /** The exit code of the command; undefined where it did not run to its end. */
  readonly code: number | undefined;
  readonly error: RpiError | undefined;
};

export type ExecOutcome = Outcome & { readonly hosts: readonly ExecResult[] };

/**
 * Runs the command on the hosts of the limit and yields what it prints as `output` of the host.
 * Fails where it ends with anything but 0 on one of them. Takes no locks: looking at a Pi while
 * it is being worked on must be possible. Throws `inventory.*`, `access.identity`, and
 * `answer.needed` where a password is to be asked for and nobody answers.
 */
export async function* execOnHosts(
  input: ExecInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, ExecOutcome> {
  const { signal } = context;
  const hosts = selectAdopted(await loadInventory(context.project, context), input.limit);
  const sessions = await projectSessions(context);
  const password =
    input.become && input.askBecomePassword
      ? await askSecret(context, 'Password of sudo')
      : undefined;
  const results = yield* merge(
    hosts,
    (host) => execOn(host, { ...input, password }, sessions, signal),
    { limit: input.parallel, signal },
  );
  const done: ExecResult[] = [];
  for (const result of results) {
    if (result.ok) done.push(result.value);
    else if (!RpiError.is(result.error)) throw result.error;
    else done.push({ host: result.host.name, code: undefined, error: result.error });
  }
  return outcomeOf(done, signal.aborted);
}

type Work = ExecInput & { readonly password: string | undefined };

async function* execOn(
  host: InventoryHost,
  work: Work,
  sessions: ProjectSessions,
  signal: AbortSignal,
): AsyncGenerator<EventBody, ExecResult> {
  yield { kind: 'host.started', host: host.name };
  let code: number | undefined;
  let error: RpiError | undefined;
  try {
    await using session = await sessions.open(host, { signal });
    code = yield* runInSession(session, work, signal);
    if (code !== 0) {
      error = new RpiError('command.failed', `The command ended with ${code}.`);
    }
  } catch (thrown) {
    if (!RpiError.is(thrown)) throw thrown;
    error = thrown;
  }
  yield {
    kind: 'host.finished',
    host: host.name,
    status:
      error === undefined ? 'ok' : RpiError.is(error, 'run.cancelled') ? 'cancelled' : 'failed',
    summary: error?.message ?? 'done',
    ...(error === undefined ? {} : { error: reportOf(error) }),
  };
  return { host: host.name, code, error };
}

/** Yields what is printed, and returns the exit code. */
async function* runInSession(
  session: SshSession,
  { command, become, password, timeout }: Work,
  signal: AbortSignal,
): AsyncGenerator<EventBody, number> {
  const way = become
    ? await becomeRoot(session, password, signal)
    : ({ type: 'login-user' } as const);
  const { line, stdin } = remoteCommandLine(command, way);
  const { host } = session.target;
  const lines = { stdout: createLineReader(), stderr: createLineReader() };
  const waiting: EventBody[] = [];
  let wake = (): void => undefined;
  const print = (stream: 'stdout' | 'stderr', text: string): void => {
    if (text === '') return;
    waiting.push({ kind: 'output', host, stream, text });
    wake();
  };
  const finished = session.exec(line, {
    signal,
    ...(stdin === undefined ? { leaveInputOpen: true } : { stdin }),
    ...(timeout === undefined ? {} : { timeout }),
    onOutput: (stream, text) => print(stream, lines[stream].push(text)),
  });
  const ended = finished.then(
    () => true,
    () => true, // thrown below, once what was printed is told
  );
  for (let over = false; !over;) {
    const printed = new Promise<boolean>((resolve) => (wake = () => resolve(false)));
    over = await Promise.race([waiting.length > 0 ? false : printed, ended]);
    if (over)
      for (const stream of ['stdout', 'stderr'] as const) print(stream, lines[stream].end());
    yield* waiting.splice(0);
  }
  return (await finished).code;
}

function outcomeOf(hosts: readonly ExecResult[], aborted: boolean): ExecOutcome {
  const fine = hosts.filter(({ error }) => error === undefined);
  const cut = hosts.filter(({ error }) => RpiError.is(error, 'run.cancelled', 'ssh.timeout'));
  const failed = hosts.filter(({ error }) => error !== undefined);
  const names = failed.map(({ host }) => host).join(', ');
  return {
    status: aborted ? 'cancelled' : failed.length === 0 ? 'ok' : 'failed',
    summary: `Done on ${fine.length} of ${hosts.length} host${hosts.length === 1 ? '' : 's'}${
      failed.length === 0 ? '' : `; not on ${names}`
    }.`,
    undone: cut.map(
      ({ host }) => `The command was not finished on ${host}; it may still run there.`,
    ),
    hosts,
  };
}
