/** A plan as differences: every text that would be written, against what is on the Pi now. */
import { shellWord } from '../command/command.ts';
import { FROM_PI_END, parseFromPi } from '../create/compare-with-pi.ts';
import { redact } from '../create/redact.ts';
import { reportOf, RpiError } from '../errors.ts';
import { unifiedDiff } from '../files/diff.ts';
import type { EventBody, EventOf } from '../runs/event.ts';
import type { ProjectContext } from '../runs/operation.ts';
import { openProjectSession } from '../ssh/project-session.ts';
import type { Medium, UploadFile } from './backend.ts';
import type { HostPreflight } from './preflight.ts';
import type { Arming } from './probe.ts';

/** Milliseconds; an old card takes its time. */
const TIMEOUT = 60_000;

/** Texts of the boot partition, by their paths relative to it. */
type Texts = ReadonlyMap<string, string>;

/**
 * A planned `file.changed` for each text that would be another, with `around` unchanged lines. A
 * Pi that can't be asked is no fault of the plan: a warning says so.
 */
export async function* planDifferences(
  { host, ready: { medium, facts } }: Extract<HostPreflight, { verdict: 'ready' }>,
  { arming, around }: { readonly arming: Arming; readonly around: number },
  context: ProjectContext,
): AsyncGenerator<EventBody> {
  const folder = facts.boot?.folder ?? '/boot';
  try {
    await using session = await openProjectSession(context, host);
    const { stdout } = await session.exec('sh -s', {
      signal: context.signal,
      timeout: TIMEOUT,
      stdin: readScript(folder, medium, arming),
    });
    const onPi = parseFromPi(stdout);
    if (onPi === undefined) {
      yield notCompared(host.name, 'the Pi gave no whole answer');
      return;
    }
    yield* differences(`${host.name}:${folder}`, onPi.files, written(medium, onPi.files, arming), {
      around,
      ...medium,
    });
  } catch (error) {
    if (!RpiError.is(error) || RpiError.is(error, 'run.cancelled', 'run.internal')) throw error;
    yield notCompared(host.name, reportOf(error).message);
  }
}

function notCompared(host: string, why: string): EventBody {
  const text = `The plan is not compared with what is on the Pi: ${why}`;
  return { kind: 'log', level: 'warn', host, text };
}

/** What is there after the upload, the copy that arms included. */
function written(medium: Medium, onPi: Texts, arming: Arming): Texts {
  const texts = new Map(medium.texts(arming).map(({ path, content }) => [path, textOf(content)]));
  const { from, to } = medium.switch(arming);
  const arms = texts.get(from) ?? onPi.get(from);
  return arms === undefined ? texts : texts.set(to, arms);
}

function textOf(content: UploadFile['content']): string {
  return new TextDecoder().decode(content);
}

/** Pure. `place` begins the paths that are shown. */
export function differences(
  place: string,
  before: Texts,
  after: Texts,
  { around, replaced, anew }: { readonly around: number } & Pick<Medium, 'replaced' | 'anew'>,
): EventOf<'file.changed'>[] {
  const removed = [...before.keys()].filter(
    (path) =>
      !after.has(path) &&
      !anew.has(path) &&
      replaced.some((folder) => path.startsWith(`${folder}/`)),
  );
  return [...after.keys(), ...removed].flatMap((path) => {
    const [old, next] = [before.get(path), after.get(path)];
    if (old === next) return [];
    const shown = `${place}/${path}`;
    const diff = unifiedDiff(shown, redact(path, old ?? ''), redact(path, next ?? ''), around);
    return [
      {
        kind: 'file.changed',
        path: shown,
        action: old === undefined ? 'created' : next === undefined ? 'removed' : 'updated',
        planned: true,
        ...(diff === '' ? { detail: 'only what is secret differs' } : { diff }),
      },
    ];
  });
}

/** Prints the texts that the plan is about; what the login user may not read is read by sudo. */
function readScript(folder: string, medium: Medium, arming: Arming): string {
  const { from, to } = medium.switch(arming);
  const paths = [...medium.texts(arming).map(({ path }) => path), from, to];
  const words = (names: readonly string[]): string => names.map(shellWord).join(' ');
  return `LC_ALL=C
export LC_ALL
main() {
  as=
  [ "$(id -u)" = 0 ] || ! sudo -n true || as='sudo -n'
  if cd ${shellWord(folder)}; then
    {
      $as find ${words(medium.replaced)} -type f -size -512k | head -n 500
      $as find ${words([...new Set(paths)])} -maxdepth 0 -type f -size -512k
    } | sort -u | while IFS= read -r path; do
      echo "file $(printf %s "$path" | base64 -w 0) $($as cat "$path" | base64 -w 0)"
    done
    echo '${FROM_PI_END}'
  fi
}
main </dev/null 2>/dev/null
`;
}
