/** How many packages of a Pi could be upgraded. It is no failure, and asked for a few times a day. */
import { RpiError } from '../../errors.ts';
import type { SshSession } from '../../ssh/session.ts';
import type { PendingUpdates } from './observation.ts';

/**
 * By the package lists that the Pi has: no network, no lock, nothing is changed, and after everything
 * else the Pi does. Not where memory is short: apt reads some 60,000 packages into it. Prints nothing
 * where there is no apt, or it can't tell.
 */
export const UPDATES_SCRIPT = `LC_ALL=C
export LC_ALL
while read -r name value rest; do
  case $name in MemAvailable:) [ "$value" -ge 150000 ] || exit 0 ;; esac
done </proc/meminfo
low='nice -n 19'
command -v ionice >/dev/null && low="$low ionice -c 3"
found=$($low apt-get -s -qq -o Debug::NoLocking=true upgrade --with-new-pkgs 2>/dev/null) || exit 0
count() { printf '%s\\n' "$found" | grep -c "$1"; }
echo "updates $(count '^Inst ') $(count '^Inst .*-[Ss]ecurity')"`;

/** Milliseconds: between two counts, where there was none, and how long one may take. */
const EVERY = 6 * 3_600_000;
const AGAIN = 3_600_000;
const PATIENCE = 120_000;
/** Before the first one, and as much again at random: a whole fleet may just have been started. */
const FIRST = 600_000;

export type Updates = {
  /**
   * What was counted last; begins to count beside it where it is time, as after planned work, which
   * may have been the upgrade. Never throws.
   */
  readonly now: (session: SshSession, isPlanned: boolean) => PendingUpdates | undefined;
};

export function watchUpdates(tools: {
  readonly monotonic: () => number;
  readonly random: () => number;
}): Updates {
  let known: PendingUpdates | undefined;
  let due = tools.monotonic() + FIRST * (1 + tools.random());
  return {
    now: (session, isPlanned) => {
      if (isPlanned) due = Math.min(due, tools.monotonic());
      if (!isPlanned && tools.monotonic() >= due) {
        due = tools.monotonic() + EVERY;
        void countUpdates(session).then((count) => {
          known = count;
          if (count === undefined) due = tools.monotonic() + AGAIN;
        });
      }
      return known;
    },
  };
}

/** Undefined where the Pi did not tell, for whatever reason. */
export async function countUpdates(
  session: Pick<SshSession, 'exec'>,
): Promise<PendingUpdates | undefined> {
  const { signal } = new AbortController();
  try {
    const done = await session.exec('sh', { signal, timeout: PATIENCE, stdin: UPDATES_SCRIPT });
    return parseUpdates(done.stdout);
  } catch (error) {
    if (RpiError.is(error)) return undefined;
    throw error;
  }
}

export function parseUpdates(text: string): PendingUpdates | undefined {
  const [, pending, security] = /^updates (\d{1,6}) (\d{1,6})\r?$/m.exec(text) ?? [];
  if (pending === undefined || security === undefined) return undefined;
  return { pending: Number(pending), security: Number(security) };
}
