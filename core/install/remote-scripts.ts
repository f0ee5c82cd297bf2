/**
 * What is run as root on a Pi for an installation: POSIX shell, given on standard input, so that
 * nothing in it stands in a list of processes. Everything is called on the last line: a script that
 * arrives in part does nothing. Each answers on its last line by a word that its caller expects.
 */
import { shellWord } from '../command/command.ts';

/** On the system that is replaced: what is left of a job goes with it. */
const FOLDER = '/var/lib/rpi-install';
const HEAD = `LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/sbin:/sbin
umask 077
`;

function script(functions: string, input = '</dev/null'): string {
  return `${HEAD}${functions}\nmain ${input} 2>&1\n`;
}

/** `ours` ends the script with `job-lost` unless the job on the Pi is still this one. */
function ours(nonce: string): string {
  return `ours() {
  grep -q ${shellWord(`"nonce":"${nonce}"`)} ${FOLDER}/job.json 2>/dev/null || { echo job-lost; exit 0; }
}`;
}

/**
 * Creates the job file, or leaves that of another who is at work: `held BASE64`. Who is first is
 * decided by a lock, and the file appears whole. It ends by the Pi's own clock, `seconds` from now.
 */
export function claimScript(
  job: {
    readonly id: string;
    readonly nonce: string;
    readonly owner: string;
    readonly host: string;
  },
  /** Nonces of jobs of our own that this one takes the place of. */
  former: readonly string[],
  seconds: number,
): string {
  const { id, nonce, owner, host } = job;
  const own = [nonce, ...former].map((each) => `-e ${shellWord(`"nonce":"${each}"`)}`).join(' ');
  const head = JSON.stringify({ v: 1, job: id, nonce, owner, host }).slice(0, -1);
  return script(`main() {
  mkdir -p ${FOLDER} && exec 9>${FOLDER}/lock && flock -w 20 9 || { echo failed; return; }
  now=$(date +%s)
  file=${FOLDER}/job.json
  if [ -s "$file" ] && ! grep -q ${own} "$file"; then
    ends=$(sed -n 's/.*"expires":\\([0-9]\\{1,12\\}\\).*/\\1/p' "$file")
    if [ "\${ends:-0}" -gt "$now" ]; then echo "held $(base64 -w 0 "$file")"; return; fi
  fi
  printf '%s,"started":%s,"expires":%s}\\n' ${shellWord(head)} "$now" "$((now + ${seconds}))" >"$file.new" &&
    sync "$file.new" && mv -f "$file.new" "$file" && sync ${FOLDER} && echo claimed || echo failed
}`);
}

/** Prints `file SIZE SHA256 PATH` and the content in base64 for each file that is there, then `end`. */
export function backupScript(paths: readonly string[], folders: readonly string[]): string {
  const each = paths.map(shellWord).join(' ');
  const trees = folders.map(shellWord).join(' ');
  return script(`show() {
  [ -f "$1" ] || return 0
  echo "file $(stat -c %s "$1") $(sha256sum <"$1" | cut -d ' ' -f 1) $1"
  base64 "$1"
}
main() {
  for path in ${each} /etc/ssh/ssh_host_*; do show "$path"; done
  ${trees === '' ? ':' : `find ${trees} -type f -size -512k 2>/dev/null | while read -r path; do show "$path"; done`}
  echo end
}`);
}

/** A stretch of a file that is sent. */
export type Piece = {
  readonly path: string;
  readonly content: Uint8Array;
  /** The first one begins the file anew. */
  readonly first: boolean;
};

/** Writes pieces below `folder`: `written`, or what the Pi said. */
export function putScript(nonce: string, folder: string, pieces: readonly Piece[]): string {
  const lines = pieces.flatMap(({ path, content, first }) => {
    const target = shellWord(`${folder}/${path}`);
    const encoded = Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\n');
    return [
      `  mkdir -p "$(dirname ${target})" && base64 -d ${first ? '>' : '>>'}${target} <<'RPI' || return`,
      ...(encoded === '' ? [] : [encoded.trimEnd()]),
      'RPI',
    ];
  });
  return script(`${ours(nonce)}
put() {
${lines.join('\n')}
  echo written
}
main() {
  ours
  put
}`);
}

export type Sum = { readonly path: string; readonly sha256: string };

/** `verified` when all files below `folder` are on the disk as they were sent. */
export function verifyScript(nonce: string, folder: string, sums: readonly Sum[]): string {
  return script(`${ours(nonce)}
main() {
  ours
  sync
  # What is compared comes from the card, and not from memory.
  (echo 3 >/proc/sys/vm/drop_caches) 2>/dev/null
  cd ${shellWord(folder)} || return
  sha256sum --quiet -c - <<'RPI' && echo verified
${sumLines(sums)}
RPI
}`);
}

/** What makes the firmware start the installer: a copy of one file as another. */
export type Switch = { readonly from: string; readonly to: string };

/**
 * Puts what was uploaded in its place, proves it once more, and writes the one file that arms as
 * the last of all: `armed`. Where anything fails before that, the Pi starts what it started before.
 */
export function armScript(
  nonce: string,
  boot: string,
  staging: string,
  arming: {
    readonly replaced: readonly string[];
    readonly sums: readonly Sum[];
    readonly switch: Switch;
  },
): string {
  const { replaced, sums } = arming;
  const moves = sums.map(({ path }) => {
    const target = shellWord(`${boot}/${path}`);
    return `  mkdir -p "$(dirname ${target})" && mv -f ${shellWord(`${staging}/${path}`)} ${target} || return`;
  });
  const from = shellWord(`${boot}/${arming.switch.from}`);
  const to = shellWord(`${boot}/${arming.switch.to}`);
  return script(`${ours(nonce)}
place() {
${replaced.map((path) => `  rm -rf ${shellWord(`${boot}/${path}`)} || return`).join('\n')}
${moves.join('\n')}
  rm -rf ${shellWord(staging)}
  sync
  (echo 3 >/proc/sys/vm/drop_caches) 2>/dev/null
  cd ${shellWord(boot)} || return
  sha256sum --quiet -c - <<'RPI'
${sumLines(sums)}
RPI
}
arm() {
  cp ${from} ${to}.new && sync ${to}.new && cmp ${from} ${to}.new && mv -f ${to}.new ${to} && sync ${to} ${shellWord(boot)}
}
main() {
  ours
  exec 9>${FOLDER}/lock && flock -w 20 9 || { echo failed; return; }
  ends=$(sed -n 's/.*"expires":\\([0-9]\\{1,12\\}\\).*/\\1/p' ${FOLDER}/job.json)
  [ "\${ends:-0}" -gt "$(date +%s)" ] || { echo job-lost; return; }
  if place && arm; then echo armed; else rm -f ${to}.new; echo failed; fi
}`);
}

/** Restarts; under tryboot by the argument that makes the firmware read tryboot.txt this once. */
export function restartScript(nonce: string, tryboot: boolean): string {
  return script(`${ours(nonce)}
main() {
  ours
  sync
  reboot${tryboot ? " '0 tryboot'" : ''} && echo restarting
}`);
}

/** A file of the backup that is put back. */
export type Restored = { readonly path: string; readonly content: Uint8Array };

/**
 * Undoes what was written on a system that still runs: `cleaned`. Removes first what arms, then
 * the rest; the job file last, and only this job's.
 */
export function cleanScript(
  nonce: string,
  options: {
    /** Absolute; removed. */
    readonly disarm: readonly string[];
    readonly restore: readonly Restored[];
    /** Absolute folders; removed. */
    readonly remove: readonly string[];
  },
): string {
  const restores = options.restore.flatMap(({ path, content }) => {
    const target = shellWord(path);
    const encoded = Buffer.from(content).toString('base64').replace(/.{76}/g, '$&\n').trimEnd();
    return [
      `  mkdir -p "$(dirname ${target})" && base64 -d >${target}.new <<'RPI' || return`,
      ...(encoded === '' ? [] : [encoded]),
      'RPI',
      `  sync ${target}.new && mv -f ${target}.new ${target} || return`,
    ];
  });
  return script(
    `clean() {
${options.disarm.map((path) => `  rm -f ${shellWord(path)} || return`).join('\n')}
${options.remove.map((path) => `  rm -rf ${shellWord(path)} || return`).join('\n')}
${restores.join('\n')}
  sync
}
main() {
  exec 9>${FOLDER}/lock && flock -w 20 9 || { echo failed; return; }
  file=${FOLDER}/job.json
  if [ -s "$file" ] && ! grep -q ${shellWord(`"nonce":"${nonce}"`)} "$file"; then echo job-lost; return; fi
  if clean; then rm -f "$file"; echo cleaned; else echo failed; fi
}`.replaceAll(/\n\n+/g, '\n'),
  );
}

/** Only reads; needs no root. Prints `boot-id`, `machine-id`, `marker` (base64), `hostname`. */
export function lookScript(marker: string): string {
  return script(`main() {
  echo "boot-id $(cat /proc/sys/kernel/random/boot_id)"
  echo "machine-id $(cat /etc/machine-id)"
  echo "hostname $(cat /etc/hostname)"
  echo "marker $(base64 -w 0 ${shellWord(marker)} 2>/dev/null)"
  echo looked
}`);
}

/** Prints `missing NAME` for each package that is not installed, then `proved`. */
export function packagesScript(packages: readonly string[]): string {
  return script(`main() {
  for name in ${packages.map(shellWord).join(' ')}; do
    dpkg-query -W -f '\${Status}' "$name" 2>/dev/null | grep -q ' installed$' || echo "missing $name"
  done
  echo proved
}`);
}

/** Prints the newest error log that an installer left on the boot partition, its end. */
export function errorLogScript(folder: string): string {
  return script(`main() {
  cd ${shellWord(folder)} 2>/dev/null || return
  newest=$(ls -t error-*.log 2>/dev/null | head -n 1)
  [ -z "$newest" ] || { echo "log $newest"; tail -n 25 "$newest"; }
}`);
}

function sumLines(sums: readonly Sum[]): string {
  return sums.map(({ path, sha256 }) => `${sha256}  ${path}`).join('\n');
}
