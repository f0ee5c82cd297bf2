/**
 * One ssh connection: TCP, handshake with a mandatory host key verifier, login. How a connection
 * ended is told by how far it had come and by the levels that ssh2 puts on its errors; nothing
 * here reads error messages.
 */
import { connect as connectSocket, type Socket } from 'node:net';
import ssh2, { type AnyAuthMethod } from 'ssh2';
import type { Finished } from '../command/run.ts';
import { cancelled, RpiError, systemCode } from '../errors.ts';
import { publicKeyFromBlob, type PublicKey } from '../formats/ssh-key.ts';
import { hostKeyAlgorithms } from './algorithms.ts';
import { openDialogue, type Dialogue } from './dialogue.ts';
import {
  closedConnection,
  noAnswer,
  notSsh,
  penalised,
  refusedLogin,
  timedOut,
  unreachable,
  type SshTarget,
} from './errors.ts';
import { execute, type ExecOptions } from './exec.ts';
import { loginSteps, type SshLogin } from './login.ts';

/** Decides about a host key before anything else is sent. */
export type HostKeyVerifier = {
  /** Key types on record for the host: it is asked for these first. */
  readonly preferred: readonly string[];
  /** Returns to go on; what it throws ends the connection and is what the caller gets. */
  readonly verify: (key: PublicKey) => void | Promise<void>;
};

export type ConnectOptions = {
  readonly signal: AbortSignal;
  /** Milliseconds for TCP, handshake and login together; 15 s by default. */
  readonly timeout?: number;
  /** Ask the server first which login methods it has, as `methods` of the session tells. */
  readonly probe?: boolean;
  /** Milliseconds between signs of life that are asked of the server; three may be missed. 5 s by default. */
  readonly keepAlive?: number;
};

export type Connection = AsyncDisposable & {
  readonly target: SshTarget;
  readonly hostKey: PublicKey;
  /** The login that was let in. */
  readonly login: SshLogin;
  /** Login methods the server named on the way; empty if the first login was let in at once. */
  readonly methods: readonly string[];
  readonly exec: (command: string, options: ExecOptions) => Promise<Finished>;
  /** Starts a program that is kept and asked line by line. */
  readonly dialogue: (command: string) => Promise<Dialogue>;
};

/** What a server said when it let nobody in. */
export type RefusedLogin = {
  readonly refused: true;
  readonly hostKey: PublicKey;
  /** The login methods the server offers to this user. */
  readonly methods: readonly string[];
  readonly error: RpiError;
};

type Phase = 'connecting' | 'identifying' | 'handshake' | 'login' | 'ready';

/**
 * Connects and tries `logins` one after the other on the one connection. A server that lets none
 * in is a result; all else that goes wrong throws: `ssh.unreachable`, `ssh.timeout`,
 * `ssh.penalised`, `ssh.protocol`, `ssh.closed`, `run.cancelled`, or what the verifier threw.
 */
export async function connect(
  target: SshTarget,
  logins: readonly SshLogin[],
  verifier: HostKeyVerifier,
  options: ConnectOptions,
): Promise<Connection | RefusedLogin> {
  if (options.signal.aborted) throw cancelled();
  const timeout = options.timeout ?? 15_000;
  const client = new ssh2.Client();
  const socket = connectSocket({ host: target.address, port: target.port, noDelay: true });
  const steps = loginSteps(target.user, logins, options.probe === true);
  let phase: Phase = 'connecting';
  let hostKey: PublicKey | undefined;
  let said = Buffer.alloc(0);

  const listenForIdentification = (data: Buffer): void => {
    said = Buffer.concat([said, data]).subarray(0, 4096);
    if (/^SSH-/m.test(said.toString('latin1'))) {
      if (phase === 'identifying') phase = 'handshake';
      socket.off('data', listenForIdentification);
    }
  };

  const established = new Promise<'ready' | 'refused'>((resolve, reject) => {
    let decided: unknown; // the verifier's own error, which explains the end that follows
    const end = (error: unknown): void =>
      reject(decided instanceof Error ? decided : asError(error));
    const timer = setTimeout(() => {
      end(phase === 'connecting' ? noAnswer(target, timeout) : timedOut(target, timeout));
      socket.destroy();
    }, timeout);
    const onAbort = (): void => {
      end(cancelled());
      socket.destroy();
    };
    options.signal.addEventListener('abort', onAbort, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
    };

    client.on('connect', () => {
      phase = 'identifying';
      // ssh2 has paused the socket, so this listener takes nothing from it.
      socket.on('data', listenForIdentification);
    });
    client.on('handshake', () => {
      phase = 'login';
    });
    client.on('ready', () => {
      phase = 'ready';
      settle();
      resolve('ready');
    });
    client.on('error', (error: Error) => {
      const level = 'level' in error ? error.level : undefined;
      if (level === 'agent') return; // one of several logins; the next one is tried
      if (phase === 'login' && level === 'client-authentication') resolve('refused');
      // A disconnect by the server while logging in: too many tries for its taste.
      else if (phase === 'login' && 'code' in error && typeof error.code === 'number') {
        resolve('refused');
      } else end(explain(error, phase, target, said));
    });
    client.on('close', () => {
      settle();
      end(explain(undefined, phase, target, said));
    });

    try {
      client.connect({
        sock: socket,
        username: target.user,
        readyTimeout: 0,
        keepaliveInterval: options.keepAlive ?? 5000,
        keepaliveCountMax: 3,
        algorithms: { serverHostKey: hostKeyAlgorithms(verifier.preferred) },
        hostVerifier: (blob: Buffer, answer: (accepted: boolean) => void) => {
          decide(blob, verifier).then(
            (key) => {
              hostKey = key;
              answer(true);
            },
            (error: unknown) => {
              decided = asError(error);
              answer(false);
            },
          );
        },
        authHandler: (methods, _partial, next) => {
          const step: AnyAuthMethod | undefined = steps.next(methods);
          // ssh2 takes false as "no more"; its types leave that out.
          next(step ?? (false as unknown as AnyAuthMethod));
        },
      });
    } catch (error) {
      settle();
      socket.destroy();
      reject(asError(error));
    }
  });

  try {
    const result = await established;
    if (hostKey === undefined) throw notSsh(target); // can't be: no login without a verified key
    if (result === 'refused') {
      client.end();
      const methods = steps.methods();
      return { refused: true, hostKey, methods, error: refusedLogin(target, methods) };
    }
    return openConnection(client, socket, target, hostKey, steps);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function openConnection(
  client: ssh2.Client,
  socket: Socket,
  target: SshTarget,
  hostKey: PublicKey,
  steps: ReturnType<typeof loginSteps>,
): Connection {
  let closed = false;
  client.setMaxListeners(0); // each command that runs listens for the end
  const whenClosed = new Promise<void>((resolve) => {
    client.once('close', () => {
      closed = true;
      resolve();
    });
  });
  return {
    target,
    hostKey,
    login: steps.current(),
    methods: steps.methods(),
    exec: (command, options) =>
      closed ? Promise.reject(closedConnection(target)) : execute(client, target, command, options),
    dialogue: (command) =>
      closed
        ? Promise.reject(closedConnection(target))
        : openDialogue(client, target, command, whenClosed),
    [Symbol.asyncDispose]: async () => {
      if (closed) return;
      client.end();
      const late = setTimeout(() => socket.destroy(), 1000);
      await whenClosed;
      clearTimeout(late);
    },
  };
}

async function decide(blob: Buffer, verifier: HostKeyVerifier): Promise<PublicKey> {
  const key = publicKeyFromBlob(blob);
  if (key === undefined) throw new RpiError('ssh.protocol', 'The host key can’t be read.');
  await verifier.verify(key);
  return key;
}

/** What an error or an early end means, from how far the connection had come. */
function explain(
  error: Error | undefined,
  phase: Phase,
  target: SshTarget,
  said: Buffer,
): RpiError {
  switch (phase) {
    case 'connecting':
      // A connection must have been made to be reset, even when both arrive at once.
      return systemCode(error) === 'ECONNRESET'
        ? penalised(target, error)
        : unreachable(target, systemCode(error), error);
    case 'identifying':
      return said.length === 0 || isOpenSshRefusal(said)
        ? penalised(target, error)
        : notSsh(target, error);
    case 'handshake':
      return error !== undefined && 'level' in error && error.level === 'handshake'
        ? notSsh(target, error)
        : closedConnection(target, error);
    case 'login':
    case 'ready':
      return closedConnection(target, error);
  }
}

/** OpenSSH says so in one line before it hangs up on a source it penalises or has no room for. */
function isOpenSshRefusal(said: Buffer): boolean {
  return /^(Not allowed at this time|Exceeded MaxStartups)\r?\n/.test(said.toString('latin1'));
}

function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value));
}
