/** The Node that the monitor's service runs on. */
import { realpath } from 'node:fs/promises';
import { isAtLeast } from '../../ansible/find.ts';
import { findExecutable, runCommand, type Environment } from '../../command/run.ts';
import { OLDEST_NODE } from '../../doctor/checks/node.ts';
import { RpiError } from '../../errors.ts';

export type ServiceNode = { readonly path: string; readonly version: string };

type Options = { readonly env: Environment; readonly signal: AbortSignal };

/** Where packages put it: these outlive a shell, and an editor that brings its own. */
const SYSTEM: readonly string[] = ['/usr/bin/node', '/usr/local/bin/node'];

/**
 * The first Node that is recent enough: of the system, else on the PATH, else the one that runs
 * this. Throws `node.too-old`, with all that were looked at.
 */
export async function findServiceNode(
  options: Options,
  system: readonly string[] = SYSTEM,
): Promise<ServiceNode> {
  const onPath = await findExecutable('node', options.env);
  const seen = new Map<string, string>();
  for (const candidate of [...system, onPath, process.execPath]) {
    if (candidate === undefined) continue;
    // A link of a version manager may be gone with the shell that made it.
    const path = system.includes(candidate)
      ? candidate
      : await realpath(candidate).catch(() => candidate);
    if (seen.has(path)) continue;
    const version = await versionOf(path, options);
    if (version === undefined) continue;
    if (isAtLeast(version, OLDEST_NODE)) return { path, version };
    seen.set(path, version);
  }
  const found = [...seen].map(([path, version]) => `${path} is ${version}`).join(', ');
  throw new RpiError(
    'node.too-old',
    `The monitor’s service needs Node ${OLDEST_NODE} or newer; ${found === '' ? 'there is none' : found}.`,
    { remedy: 'Install one: https://nodejs.org/en/download, or your system’s package “nodejs”.' },
  );
}

/** Undefined where it does not run, or is an editor in the guise of Node. */
async function versionOf(path: string, { env, signal }: Options): Promise<string | undefined> {
  const asked = {
    command: path,
    args: ['-p', '"electron" in process.versions ? "" : process.versions.node'],
    env: { NODE_OPTIONS: undefined },
  };
  try {
    const { code, stdout } = await runCommand(asked, { env, signal });
    const version = stdout.trim();
    return code === 0 && /^\d+\.\d+\.\d+/.test(version) ? version : undefined;
  } catch (error) {
    if (RpiError.is(error, 'run.cancelled')) throw error;
    return undefined;
  }
}
