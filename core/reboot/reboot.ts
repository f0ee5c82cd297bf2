/** `rpi reboot`: reboots Pis and waits until each is back, proved by a new boot id. */
import { becomeRoot, remoteCommandLine } from '../exec/become.ts';
import { askSecret } from '../askpass/secret.ts';
import { reportOf, RpiError } from '../errors.ts';
import { acquireLock } from '../files/lock.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory, selectAdopted } from '../inventory/load.ts';
import type { EventBody, ResultStatus } from '../runs/event.ts';
import { merge } from '../runs/merge.ts';
import { confirmed, type Outcome, type ProjectContext } from '../runs/operation.ts';
import { projectSessions, type ProjectSessions } from '../ssh/project-session.ts';
import { bootIdOf, waitForNewBoot } from './wait.ts';

export type RebootInput = {
  /** An Ansible host pattern; undefined stands for all hosts. */
  readonly limit: string | undefined;
  /** Don’t ask. */
  readonly confirmed: boolean;
  /** Ask for the password of sudo. */
  readonly askBecomePassword: boolean;
  /** How many hosts at once. */
  readonly parallel: number;
  /** Milliseconds in which each host must be back. */
  readonly deadline: number;
};

export type RebootResult = {
  readonly host: string;
  /** Whether the host was told to reboot. */
  readonly told: boolean;
  /** Milliseconds from that until it was back. */
  readonly took: number | undefined;
  readonly error: RpiError | undefined;
};

export type RebootOutcome = Outcome & { readonly hosts: readonly RebootResult[] };

/**
 * Reboots the hosts of the limit after a question that names them. Each is locked until it is
 * back. Throws `inventory.*`, `access.identity`, and `answer.needed` where nobody can confirm.
 */
export async function* reboot(
  input: RebootInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, RebootOutcome> {
  const hosts = selectAdopted(await loadInventory(context.project, context), input.limit);
  const names = hosts.map(({ name }) => name);
  const sessions = await projectSessions(context);
  if (context.dryRun) {
    yield {
      kind: 'plan',
      title: `Reboot ${count(hosts.length)}`,
      items: hosts.map(({ name, address }) => ({
        action: 'reboot',
        target: name,
        detail: address,
      })),
    };
    return { status: 'ok', summary: 'A dry run: nothing was rebooted.', hosts: [] };
  }
  if (
    !input.confirmed &&
    !(await confirmed(context, `Reboot ${names.join(', ')}?`, { hosts: names }))
  ) {
    return { status: 'refused', summary: 'Nothing was rebooted.', hosts: [] };
  }
  const password = input.askBecomePassword
    ? await askSecret(context, 'Password of sudo')
    : undefined;
  const results = yield* merge(
    hosts,
    (host) => rebootOne(host, { ...input, password }, sessions, context),
    { limit: input.parallel, signal: context.signal },
  );
  const done: RebootResult[] = [];
  for (const result of results) {
    if (result.ok) done.push(result.value);
    else if (!RpiError.is(result.error)) throw result.error;
    else {
      done.push({ host: result.host.name, told: false, took: undefined, error: result.error });
    }
  }
  return outcomeOf(done, context.signal.aborted);
}

type Work = RebootInput & { readonly password: string | undefined };

async function* rebootOne(
  host: InventoryHost,
  work: Work,
  sessions: ProjectSessions,
  context: ProjectContext,
): AsyncGenerator<EventBody, RebootResult> {
  const { name } = host;
  const { clock, project } = context;
  yield { kind: 'host.started', host: name };
  let told: number | undefined;
  let error: RpiError | undefined;
  try {
    await using _lock = await acquireLock(project.locks, `host ${name}`, 'rpi reboot');
    const before = yield* tellToReboot(host, work.password, sessions, context, () => {
      told = clock.now();
    });
    yield { kind: 'step.started', host: name, step: 'wait', title: 'waiting until it is back' };
    yield* waitForNewBoot(host, before, work.deadline, sessions, context);
    yield { kind: 'step.finished', host: name, step: 'wait', status: 'ok' };
  } catch (thrown) {
    if (!RpiError.is(thrown)) throw thrown;
    error = thrown;
  }
  const took = told === undefined || error !== undefined ? undefined : clock.now() - told;
  yield {
    kind: 'host.finished',
    host: name,
    status: error === undefined ? 'changed' : statusOf(error),
    summary: error?.message ?? `back after ${Math.round((took ?? 0) / 1000)} s`,
    ...(error === undefined ? {} : { error: reportOf(error) }),
  };
  return { host: name, told: told !== undefined, took, error };
}

/** Tells the host to reboot; returns the id of the boot that ends. */
async function* tellToReboot(
  host: InventoryHost,
  password: string | undefined,
  sessions: ProjectSessions,
  { signal }: ProjectContext,
  onTold: () => void,
): AsyncGenerator<EventBody, string> {
  await using session = await sessions.open(host, { signal });
  const before = await bootIdOf(session, signal);
  const root = await becomeRoot(session, password, signal);
  yield { kind: 'step.intended', host: host.name, step: 'reboot', what: 'reboot it' };
  // A root shell of sshd's may lack the folder; the login shell need not know the word.
  const line = 'PATH="$PATH:/usr/sbin:/sbin"; exec reboot';
  const command = remoteCommandLine({ type: 'shell', line }, root);
  try {
    onTold();
    const { code, stderr } = await session.exec(command.line, {
      signal,
      stdin: command.stdin ?? '',
      timeout: 30_000,
    });
    if (code !== 0) throw notTaken(host, code, stderr);
  } catch (error) {
    // It may go down before it says that the command has ended.
    if (!RpiError.is(error, 'ssh.closed', 'ssh.timeout')) throw error;
  }
  return before;
}

function notTaken(host: InventoryHost, code: number, stderr: string): RpiError {
  const said = stderr
    .replace(/\p{C}+/gu, ' ')
    .trim()
    .slice(-300);
  return new RpiError(
    'command.failed',
    `${host.name} did not reboot: the command ended with ${code}${said === '' ? '.' : `: ${said}`}`,
    { remedy: `Look at it: rpi ssh ${host.name}` },
  );
}

function statusOf(error: RpiError): ResultStatus {
  if (RpiError.is(error, 'run.cancelled')) return 'cancelled';
  return RpiError.is(error, 'lock.held', 'ssh.host-key-unknown', 'ssh.host-key-changed')
    ? 'refused'
    : 'failed';
}

function outcomeOf(hosts: readonly RebootResult[], aborted: boolean): RebootOutcome {
  const back = hosts.filter(({ error }) => error === undefined);
  const others = hosts.flatMap(({ host, told, error }) =>
    error === undefined ? [] : [{ host, told, status: statusOf(error) }],
  );
  const onlyRefused = others.every(({ status }) => status === 'refused');
  return {
    status: aborted ? 'cancelled' : others.length === 0 ? 'ok' : onlyRefused ? 'refused' : 'failed',
    summary: `${back.length} of ${count(hosts.length)} rebooted${
      others.length === 0 ? '' : `; not ${others.map(({ host }) => host).join(', ')}`
    }.`,
    undone: others.map(({ host, told }) =>
      told ? `${host} was told to reboot and was not seen back.` : `${host} was not rebooted.`,
    ),
    hosts,
  };
}

function count(hosts: number): string {
  return hosts === 1 ? '1 host' : `${hosts} hosts`;
}
