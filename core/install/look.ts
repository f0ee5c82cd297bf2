/** Who answers at a Pi's address while it is installed: the old system, the new one, nobody yet. */
import * as z from 'zod';
import { MARKER } from '../create/host-files.ts';
import { RpiError, systemCode } from '../errors.ts';
import { knownHostName, knownKeyTypes, lookUpHostKey } from '../formats/known-hosts.ts';
import { parsePublicKey, sameKey } from '../formats/ssh-key.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { ProjectContext } from '../runs/operation.ts';
import type { HostKeyVerifier } from '../ssh/connect.ts';
import { describe } from '../ssh/errors.ts';
import { readKnownHosts, type KnownHosts } from '../ssh/host-keys.ts';
import { loadIdentity, noKeyYet } from '../ssh/identity.ts';
import { targetOf } from '../ssh/project-session.ts';
import { openSession, type SshSession } from '../ssh/session.ts';
import type { Job } from './job.ts';
import { lastOf } from './remote.ts';
import { lookScript } from './remote-scripts.ts';

/** Milliseconds that one look may take. */
const TRY = 8000;

export type SystemFacts = {
  readonly bootId: string;
  readonly machineId: string | undefined;
  readonly hostname: string | undefined;
  /** Of the marker; undefined where there is none that can be read. */
  readonly nonce: string | undefined;
};

export type Seen =
  /** Nobody answers; `isUp`: the machine does, and no sshd. */
  | { readonly type: 'silent'; readonly isUp: boolean }
  /** Something answers that does not let us in (yet). */
  | { readonly type: 'answers'; readonly how: string }
  /** A host key that is neither the old system's nor the new one's. */
  | { readonly type: 'stranger'; readonly error: RpiError }
  /** The system that was there before: `restarted` where it has started anew since. */
  | { readonly type: 'old'; readonly restarted: boolean; readonly facts: SystemFacts }
  | { readonly type: 'new'; readonly facts: SystemFacts };

export type Watcher = {
  readonly see: (host: InventoryHost, job: Job, signal: AbortSignal) => Promise<Seen>;
  /** Logs in to whichever of the two systems answers. Throws what openSession throws. */
  readonly open: (host: InventoryHost, job: Job, signal: AbortSignal) => Promise<SshSession>;
};

/** Throws `access.identity` where the project has no key. */
export async function openWatcher(context: ProjectContext): Promise<Watcher> {
  const { project, env, clock } = context;
  const [identity, known] = await Promise.all([
    loadIdentity(project, env),
    readKnownHosts(project.knownHosts),
  ]);
  if (identity === undefined) throw noKeyYet();
  const open: Watcher['open'] = (host, job, signal) => {
    const target = { ...targetOf(host), address: job.address, port: job.port };
    const verifier = eitherKey(known, job);
    return openSession(target, identity.login, verifier, { signal, clock, timeout: TRY });
  };
  return {
    open,
    see: async (host, job, signal) => {
      try {
        await using session = await open(host, job, signal);
        return judge(job, await factsOf(session, signal));
      } catch (error) {
        return seenBy(error);
      }
    },
  };
}

/** Lets the key on record and the one that the new system will have pass, and no other. */
function eitherKey(known: KnownHosts, job: Job): HostKeyVerifier {
  const name = knownHostName(job.address, job.port);
  const expected = parsePublicKey(job.expected.hostKey);
  const types = knownKeyTypes(known.lines, name);
  return {
    preferred: expected === undefined ? types : [...types, expected.type],
    verify: (key) => {
      const verdict = lookUpHostKey(known.lines, name, key).type;
      if (verdict === 'revoked') throw stranger(job, describe(key));
      if (verdict === 'known' || (expected !== undefined && sameKey(key, expected))) return;
      throw stranger(job, describe(key));
    },
  };
}

function judge(job: Job, facts: SystemFacts): Seen {
  if (facts.nonce === job.nonce) return { type: 'new', facts };
  if (facts.bootId === job.before.bootId) return { type: 'old', restarted: false, facts };
  const { machineId } = job.before;
  return machineId !== undefined && facts.machineId === machineId
    ? { type: 'old', restarted: true, facts }
    : { type: 'new', facts };
}

async function factsOf(session: SshSession, signal: AbortSignal): Promise<SystemFacts> {
  const { stdout } = await session.exec('sh -s', {
    signal,
    stdin: lookScript(MARKER),
    timeout: TRY,
  });
  const lines = stdout.split(/\r?\n/).filter((line) => line !== '');
  const value = (key: string): string | undefined =>
    lines
      .find((line) => line.startsWith(`${key} `))
      ?.slice(key.length + 1)
      .trim();
  const bootId = /^[0-9a-f-]{36}$/.exec(value('boot-id') ?? '')?.[0];
  if (lastOf(lines) !== 'looked' || bootId === undefined) {
    throw new RpiError('install.no-answer', `${session.target.host} runs no commands yet.`);
  }
  return {
    bootId,
    machineId: /^[0-9a-f]{32}$/.exec(value('machine-id') ?? '')?.[0],
    hostname: value('hostname'),
    nonce: nonceIn(value('marker') ?? ''),
  };
}

const markerSchema = z.object({ nonce: z.string() });

function nonceIn(encoded: string): string | undefined {
  try {
    return markerSchema.parse(JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'))).nonce;
  } catch {
    return undefined;
  }
}

function seenBy(error: unknown): Seen {
  if (!RpiError.is(error)) throw error;
  switch (error.code) {
    case 'ssh.host-key-changed':
      return { type: 'stranger', error };
    case 'ssh.refused-login':
      return { type: 'answers', how: 'answers, lets nobody in yet' };
    case 'ssh.penalised':
    case 'ssh.protocol':
    case 'ssh.closed':
    case 'install.no-answer':
      return { type: 'answers', how: 'answers, not ready' };
    case 'ssh.unreachable':
      // As a ping would tell, and no privilege is needed.
      return { type: 'silent', isUp: systemCode(error.cause) === 'ECONNREFUSED' };
    case 'ssh.timeout':
    case 'run.cancelled':
      return { type: 'silent', isUp: false };
    default:
      throw error;
  }
}

function stranger(job: Job, key: string): RpiError {
  return new RpiError(
    'ssh.host-key-changed',
    `${job.host} (${job.address}) shows a host key that is neither the old system’s nor the one made for the new one: ${key}. Nothing was sent.`,
    {
      remedy:
        'Another machine may answer at its address (rpi detect), or the installer did not install the key. Connect a screen, or read docs/reinstall.md, “My Pi doesn’t answer after a reinstall”.',
    },
  );
}
