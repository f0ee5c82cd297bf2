/** What is on a Pi’s boot partition for the next installation, against what was rendered. */
import { unifiedDiff } from '../files/diff.ts';
import { armedConfig } from '../install/backends/netinst/medium.ts';
import type { EventOf } from '../runs/event.ts';
import type { SshSession } from '../ssh/session.ts';
import { HOST_KEY_PATH, MARKER, type RenderedFile } from './host-files.ts';
import { redact } from './redact.ts';

/** Milliseconds; an old card takes its time. */
const TIMEOUT = 60_000;
/** The last line of an answer; without it the answer is not whole. */
export const FROM_PI_END = 'rpi-create-diff end';
const ROOT_FILES = 'config/files/root';
const HOST_KEY = `${ROOT_FILES}${HOST_KEY_PATH}`;

/**
 * Prints each file as `file BASE64-OF-PATH BASE64-OF-CONTENT`. What the login user may not read is
 * read by sudo where that asks for no password, and else left out.
 */
const SCRIPT = String.raw`LC_ALL=C
export LC_ALL
main() {
  for boot in /boot/firmware /boot; do
    [ -d "$boot/raspberrypi-ua-netinst/config" ] && break
    boot=
  done
  if [ -n "$boot" ] && cd "$boot/raspberrypi-ua-netinst"; then
    echo "folder $boot/raspberrypi-ua-netinst"
    as=
    [ -r config/installer-config.txt ] || ! sudo -n true || as='sudo -n'
    $as find config -type f -size -512k | head -n 500 | while IFS= read -r path; do
      echo "file $(printf %s "$path" | base64 -w 0) $($as cat "$path" | base64 -w 0)"
    done
  fi
  echo '${FROM_PI_END}'
}
main </dev/null 2>/dev/null
`;

export type OnPi = {
  /** Undefined where there is none of it. */
  readonly folder: string | undefined;
  readonly files: ReadonlyMap<string, string>;
};

/** Undefined where the answer is not whole. Throws what a session's exec throws. */
export async function readFromPi(
  session: SshSession,
  signal: AbortSignal,
): Promise<OnPi | undefined> {
  const { stdout } = await session.exec('sh -s', { signal, timeout: TIMEOUT, stdin: SCRIPT });
  return parseFromPi(stdout);
}

export function parseFromPi(stdout: string): OnPi | undefined {
  const lines = stdout.split(/\r?\n/);
  if (!lines.includes(FROM_PI_END)) return undefined;
  const text = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
  const files = new Map<string, string>();
  for (const line of lines) {
    const [, path, content] = /^file ([A-Za-z0-9+/=]+) ([A-Za-z0-9+/=]*)$/.exec(line) ?? [];
    if (path !== undefined) files.set(text(path), text(content ?? ''));
  }
  return { folder: /^folder (\S+)$/m.exec(stdout)?.[1], files };
}

/** A `file.changed` for each file that an installation of today would make another. */
export function differencesOnPi(
  host: string,
  rendered: readonly RenderedFile[],
  { folder = '/boot/firmware/raspberrypi-ua-netinst', files }: OnPi,
): EventOf<'file.changed'>[] {
  const paths = [...new Set([...rendered.map(({ path }) => path), ...files.keys()])];
  return paths.flatMap((path) => {
    const before = files.get(path);
    const after = contentOf(rendered, path);
    if (before !== undefined && after !== undefined && isSame(path, before, after)) return [];
    if (path === HOST_KEY && before === undefined && wasInstalled(rendered, files)) return [];
    const shown = `${host}:${folder}/${path}`;
    const diff = unifiedDiff(shown, redact(path, before ?? ''), redact(path, after ?? ''));
    return [
      {
        kind: 'file.changed',
        path: shown,
        action: before === undefined ? 'created' : after === undefined ? 'removed' : 'updated',
        planned: true,
        ...(diff === '' ? { detail: 'only what is secret differs' } : { diff }),
      },
    ];
  });
}

function contentOf(rendered: readonly RenderedFile[], path: string): string | undefined {
  return rendered.find((file) => file.path === path)?.content;
}

/** An installation takes the private host key off the medium; its public one stays. */
function wasInstalled(rendered: readonly RenderedFile[], onPi: OnPi['files']): boolean {
  const publicKey = contentOf(rendered, `${HOST_KEY}.pub`);
  return publicKey !== undefined && onPi.get(`${HOST_KEY}.pub`) === publicKey;
}

/**
 * The installer does not mind line ends, rpi itself puts a line before what it arms, and every
 * installation has a nonce of its own.
 */
function isSame(path: string, onPi: string, rendered: string): boolean {
  const plain = (text: string): string => text.replaceAll('\r\n', '\n');
  if (plain(onPi) === plain(rendered)) return true;
  if (path === `${ROOT_FILES}${MARKER}`) return withoutNonce(onPi) === withoutNonce(rendered);
  return (
    path === 'config/installer-config.txt' &&
    plain(onPi) === plain(armedConfig(rendered, 'tryboot'))
  );
}

function withoutNonce(marker: string): string {
  return marker.replace(/"nonce":"[^"]*"/, '');
}
