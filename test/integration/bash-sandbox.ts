/**
 * Real bash, locked up: an empty root with only the shell and its libraries in it, no network, no
 * privileges, little processor time and memory. Generated configs may hold anything, `rm` included.
 */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One script to source; then the values of these variables are wanted. */
export type SandboxCase = {
  readonly script: string;
  readonly names: readonly string[];
  /** Bash code that runs after the script, as the installer's own would. */
  readonly after?: string;
};

/** Undefined stands for a variable that is not set. */
export type SandboxValues = readonly (string | undefined)[];

/** Undefined for a script that ended bash. */
export type SandboxResult = SandboxValues | undefined;

export type SandboxEnd = {
  /** After the script, or where it ended bash; undefined where bash did not get to say. */
  readonly values: SandboxValues | undefined;
  /** True when the script ended the shell that sourced it. */
  readonly ended: boolean;
};

const SHELL = '/usr/bin/bash';

/** The sandbox's own variables have names that no generated script uses. */
const DRIVER = `
ulimit -t 300 -v 1000000 -n 256 -c 0
set -f
__report() {
  # A script's background jobs may run its traps, too.
  [[ $BASHPID == "$__pid" ]] || return
  for __name in "\${__names[@]}"; do
    if [[ -v $__name ]]; then printf '=%s\\0' "\${!__name}"; else printf 'unset\\0'; fi
  done
  printf '%s\\0' "$__state"
}
for ((__i = 0; __i < $1; __i++)); do
  (
    read -r -a __names <"/cases/$__i.names"
    exec 9>&1 >/dev/null 2>&1 </dev/null
    __state=ended __pid=$BASHPID
    trap '__report >&9' EXIT
    source "/cases/$__i.sh"
    if [[ -e /cases/$__i.after ]]; then source "/cases/$__i.after"; fi
    __state=end
    exit 0
  )
  printf 'next\\0'
done
`;

/** Sources each case in a shell of its own (one bash process forks them all). */
export async function sourceInSandbox(cases: readonly SandboxCase[]): Promise<SandboxResult[]> {
  const ends = await endsInSandbox(cases);
  return ends.map(({ values, ended }) => (ended ? undefined : values));
}

/** As sourceInSandbox, with the values that a script left that ended the shell. */
export async function endsInSandbox(cases: readonly SandboxCase[]): Promise<SandboxEnd[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rpi-sandbox-'));
  try {
    await mkdir(join(folder, 'cases'), { mode: 0o755 });
    // One after the other: thousands at once run out of file descriptors.
    for (const [index, { script, names, after }] of cases.entries()) {
      const path = join(folder, 'cases', String(index));
      writeFileSync(`${path}.sh`, script, { mode: 0o644 });
      writeFileSync(`${path}.names`, `${names.join(' ')}\n`, { mode: 0o644 });
      if (after !== undefined) writeFileSync(`${path}.after`, after, { mode: 0o644 });
    }
    const { stdout } = await run(
      'bwrap',
      [
        ...(await confinement(join(folder, 'cases'))),
        '--',
        SHELL,
        '-c',
        DRIVER,
        'driver',
        String(cases.length),
      ],
      { maxBuffer: 1 << 28, env: {}, timeout: 300_000 },
    );
    return readResults(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Only the shell and the libraries it is linked with: no other program can be started. */
async function confinement(cases: string): Promise<string[]> {
  const libraries = await librariesOf(SHELL);
  return [
    ...['--unshare-all', '--uid', '65534', '--gid', '65534', '--cap-drop', 'ALL'],
    ...['--die-with-parent', '--new-session', '--clearenv', '--setenv', 'LC_ALL', 'C.UTF-8'],
    ...[SHELL, ...libraries].flatMap((file) => ['--ro-bind', file, file]),
    ...['--dev', '/dev', '--ro-bind', cases, '/cases', '--remount-ro', '/', '--chdir', '/'],
  ];
}

async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await run('ldd', [program]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].flatMap(([, path]) => path ?? []);
}

function readResults(stdout: string): SandboxEnd[] {
  const results: SandboxEnd[] = [];
  let values: (string | undefined)[] = [];
  let state: string | undefined;
  for (const field of stdout.split('\0').slice(0, -1)) {
    if (field === 'next') {
      results.push({ values: state === undefined ? undefined : values, ended: state !== 'end' });
      values = [];
      state = undefined;
    } else if (field === 'end' || field === 'ended') state = field;
    else values.push(field.startsWith('=') ? field.slice(1) : undefined);
  }
  return results;
}
