/** What every check of `rpi doctor` looks like. */
import { stripVTControlCharacters } from 'node:util';
import { findExecutable, runCommand, type Environment } from '../command/run.ts';
import type { RpiError } from '../errors.ts';
import type { Project } from '../project/project.ts';
import { installCommand, type Packages, type Platform } from './platform.ts';

export type CheckInput = {
  readonly project: Project | undefined;
  /** Why there is no project although there is an rpi.yml. */
  readonly projectError: RpiError | undefined;
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly platform: Platform;
};

export type Finding = {
  /** `failed` only for what is needed: it makes `rpi doctor` end with 1. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly detail: string;
  /** The command or the change that mends it. */
  readonly remedy?: string | undefined;
};

export type Check = {
  readonly name: string;
  /** Why it matters, for a person who is told that it is missing. */
  readonly why: string;
  readonly find: (input: CheckInput) => Promise<Finding>;
};

export type ProgramCheck = {
  readonly program: string;
  /** Prints the version; the first line of its output that has a digit is shown. */
  readonly versionArgs: readonly string[];
  readonly packages: Packages;
  /** What a missing one means. */
  readonly missing: 'warning' | 'failed';
};

/** The finding about a program that should be on the PATH. */
export async function findProgram(check: ProgramCheck, input: CheckInput): Promise<Finding> {
  const path = await findExecutable(check.program, input.env);
  if (path === undefined) {
    return {
      status: check.missing,
      detail: `${check.program} is not installed`,
      remedy: installCommand(input.platform, check.packages),
    };
  }
  const version = await versionOf(path, check.versionArgs, input);
  return version === undefined
    ? {
        status: check.missing,
        detail: `${path} does not run`,
        remedy: installCommand(input.platform, check.packages),
      }
    : { status: 'ok', detail: `${version} (${path})` };
}

async function versionOf(
  path: string,
  args: readonly string[],
  { env, signal }: CheckInput,
): Promise<string | undefined> {
  try {
    const finished = await runCommand(
      { command: path, args },
      { signal: AbortSignal.any([signal, AbortSignal.timeout(30_000)]), env },
    );
    const printed = stripVTControlCharacters(`${finished.stdout}\n${finished.stderr}`);
    const lines = printed.split('\n');
    const line = lines.find((each) => /\d/.test(each))?.trim();
    return finished.code === 0 ? (line ?? 'found').slice(0, 80) : undefined;
  } catch {
    return undefined;
  }
}
