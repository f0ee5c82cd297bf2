/** The built `rpi`, run as a person runs it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ROOT } from '../../scripts/bundles.ts';

export const RPI = join(ROOT, 'dist', 'rpi.js');

export type Ended = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

export type RpiOptions = {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Node's own options, before the program. */
  readonly node?: readonly string[];
};

/** Starts it; its input is empty. */
export function startRpi(args: readonly string[], options: RpiOptions): ChildProcess {
  return spawn(process.execPath, [...(options.node ?? []), RPI, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Runs it to its end. */
export async function rpi(args: readonly string[], options: RpiOptions): Promise<Ended> {
  return ended(startRpi(args, options));
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr)]);
  return { code: await code, stdout, stderr };
}

async function read(stream: Readable | null): Promise<string> {
  return stream === null ? '' : text(stream);
}
