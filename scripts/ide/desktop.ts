/** The editor of a desktop, where there is one: `code` on the PATH. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from '../bundles.ts';

/** Where `code` is; undefined where there is none. On Windows it is `code.cmd`. */
export function findCode(path = process.env['PATH'] ?? ''): string | undefined {
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

/** Opens a window with this checkout’s extension; the process ends when the window is closed. */
export function openCode(code: string, project: string, env: NodeJS.ProcessEnv): ChildProcess {
  const args = ['--new-window', '--wait', `--extensionDevelopmentPath=${ROOT}`, project];
  // A .cmd is started by a shell only; nothing in these words is for it.
  const shell = process.platform === 'win32';
  return spawn(shell ? `"${code}"` : code, args, { stdio: 'inherit', env, shell });
}
