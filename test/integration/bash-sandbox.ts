/**
 * Real bash, locked up: an empty root with only the shell in it, no network, no privileges, a few
 * seconds of processor time. Generated configs may hold anything, `rm` included.
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

/** Undefined stands for a variable that is not set; an undefined result for a script that ended bash. */
export type SandboxResult = readonly (string | undefined)[] | undefined;

const DRIVER = `
set -f
for ((i = 0; i < $1; i++)); do
  (
    source "/cases/$i.sh" >/dev/null 2>&1 </dev/null
    source "/cases/$i.after" >/dev/null 2>&1 </dev/null
    read -r -a names <"/cases/$i.names"
    for name in "\${names[@]}"; do
      if [[ -v $name ]]; then printf '=%s\\0' "\${!name}"; else printf 'unset\\0'; fi
    done
    printf 'end\\0'
  )
  printf 'next\\0'
done
`;

/** Sources each case in a shell of its own (one bash process forks them all). */
export async function sourceInSandbox(cases: readonly SandboxCase[]): Promise<SandboxResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rpi-sandbox-'));
  try {
    await mkdir(join(folder, 'cases'), { mode: 0o755 });
    // One after the other: thousands at once run out of file descriptors.
    for (const [index, { script, names, after = '' }] of cases.entries()) {
      const path = join(folder, 'cases', String(index));
      writeFileSync(`${path}.sh`, script, { mode: 0o644 });
      writeFileSync(`${path}.after`, after, { mode: 0o644 });
      writeFileSync(`${path}.names`, `${names.join(' ')}\n`, { mode: 0o644 });
    }
    const { stdout } = await run(
      'bwrap',
      [
        ...confinement(join(folder, 'cases')),
        '--',
        '/usr/bin/bash',
        '-c',
        DRIVER,
        'driver',
        String(cases.length),
      ],
      {
        maxBuffer: 1 << 28,
        env: {},
      },
    );
    return readResults(stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Only the shell and the libraries it is linked with: no other program can be started. */
function confinement(cases: string): string[] {
  return [
    '--unshare-all',
    '--uid',
    '65534',
    '--gid',
    '65534',
    '--cap-drop',
    'ALL',
    '--die-with-parent',
    '--new-session',
    '--clearenv',
    '--setenv',
    'LC_ALL',
    'C.UTF-8',
    '--ro-bind',
    '/usr/bin/bash',
    '/usr/bin/bash',
    '--ro-bind',
    '/usr/lib',
    '/usr/lib',
    '--symlink',
    'usr/lib',
    '/lib',
    '--symlink',
    'usr/lib64',
    '/lib64',
    '--ro-bind-try',
    '/usr/lib64',
    '/usr/lib64',
    '--dev',
    '/dev',
    '--ro-bind',
    cases,
    '/cases',
    '--chdir',
    '/',
  ];
}

function readResults(stdout: string): SandboxResult[] {
  const results: SandboxResult[] = [];
  let values: (string | undefined)[] = [];
  let ended = false;
  for (const field of stdout.split('\0').slice(0, -1)) {
    if (field === 'next') {
      results.push(ended ? values : undefined);
      values = [];
      ended = false;
    } else if (field === 'end') ended = true;
    else values.push(field.startsWith('=') ? field.slice(1) : undefined);
  }
  return results;
}
