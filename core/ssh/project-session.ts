/** Logging in to a host of the inventory as the project does: its key, its known_hosts. */
import type { InventoryHost } from '../inventory/host.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { readKnownHosts, strictVerifier } from './host-keys.ts';
import { loadIdentity, noKeyYet } from './identity.ts';
import { openSession, type SshSession, type SshTarget } from './session.ts';

/** The user that Raspberry Pi OS comes with, where the inventory names none. */
export const DEFAULT_USER = 'pi';

export type ProjectSessionOptions = {
  /** Milliseconds. */
  readonly timeout?: number;
  /** Instead of the context's. */
  readonly signal?: AbortSignal;
  /** As openSession's. */
  readonly patience?: readonly number[];
  /** As ConnectOptions'. */
  readonly keepAlive?: number;
};

export type ProjectSessions = {
  readonly open: (host: InventoryHost, options?: ProjectSessionOptions) => Promise<SshSession>;
};

/**
 * Logs in to `host` by the project's key; never asks for anything. Throws `access.identity` where
 * there is no key yet, and what openSession throws. `timeout` is in milliseconds. For many hosts
 * use projectSessions, which reads key and known_hosts once.
 */
export async function openProjectSession(
  context: ProjectContext,
  host: InventoryHost,
  options: ProjectSessionOptions = {},
): Promise<SshSession> {
  const sessions = await projectSessions(context);
  return sessions.open(host, options);
}

/** As openProjectSession, for a round over many hosts. */
export async function projectSessions(context: ProjectContext): Promise<ProjectSessions> {
  const { project, env, signal, clock } = context;
  const [identity, known] = await Promise.all([
    loadIdentity(project, env),
    readKnownHosts(project.knownHosts),
  ]);
  if (identity === undefined) throw noKeyYet();
  return {
    open: (host, options = {}) => {
      const target = targetOf(host);
      return openSession(target, identity.login, strictVerifier(known, target), {
        signal,
        clock,
        ...options,
      });
    },
  };
}

/** Where and as whom to log in to a host of the inventory. */
export function targetOf(host: InventoryHost, user = host.user ?? DEFAULT_USER): SshTarget {
  return { host: host.name, address: host.address, port: host.port, user };
}
