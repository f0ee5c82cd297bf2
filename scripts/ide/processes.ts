/** The processes of an editor: how they end with the one that started them, and how to end them all. */
import type { ChildProcess } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The beginning of a command line in a process namespace of its own, with mounts of its own: all that
 * it starts ends with it, and it ends with the process that starts it, killed or not. For root only.
 */
export const TIED: readonly string[] = [
  ...['setpriv', '--pdeathsig', 'KILL', '--'],
  ...['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'],
];

/** Ends the process group, then what left it: terminals are sessions of their own. */
export async function endAll(child: ChildProcess, home: string): Promise<void> {
  if (child.pid !== undefined) signal(-child.pid, 'SIGTERM');
  const deadline = Date.now() + 5_000;
  for (;;) {
    const left = await processesOf(home);
    const running = child.exitCode === null && child.signalCode === null;
    if (left.length === 0 && !running) return;
    const late = Date.now() > deadline;
    for (const pid of left) signal(pid, late ? 'SIGKILL' : 'SIGTERM');
    if (late && child.pid !== undefined) signal(-child.pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It ended by itself.
  }
}

/** The processes that were started in this home, on Linux. */
async function processesOf(home: string): Promise<number[]> {
  const pids = await readdir('/proc').catch(() => []);
  const found: number[] = [];
  for (const pid of pids) {
    if (!/^\d+$/.test(pid)) continue;
    const text = await readFile(join('/proc', pid, 'environ'), 'utf8').catch(() => '');
    if (text.split('\0').includes(`HOME=${home}`)) found.push(Number(pid));
  }
  return found;
}
