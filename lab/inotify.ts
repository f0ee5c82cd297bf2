/**
 * The kernel counts inotify instances by user over the whole machine, containers included, and its default is
 * 128. A machine of the lab needs six of root's; one that gets fewer hangs half-booted without a word.
 */
import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { LabError } from './errors.ts';

/** Measured: systemd holds five, systemd-logind one. dbus and avahi have users of their own. */
const perMachine = 6;

const limitFile = '/proc/sys/fs/inotify/max_user_instances';

/** @throws LabError `cannot-host` when so many machines can't get what they need, with the command that helps */
export function requireInotify(machines: number): void {
  const limit = Number(readFileSync(limitFile, 'utf8'));
  const used = usedByRoot();
  if (used + machines * perMachine <= limit) return;
  throw new LabError(
    'cannot-host',
    `${machines} machines need ${machines * perMachine} inotify instances, and root has ${Math.max(0, limit - used)} of ${limit} left.`,
    'Take another lab down, or raise the limit until the next boot: sysctl fs.inotify.max_user_instances=1024',
  );
}

function usedByRoot(): number {
  let used = 0;
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      if (statSync(`/proc/${pid}`).uid !== 0) continue;
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        if (readlinkSync(`/proc/${pid}/fd/${fd}`) === 'anon_inode:inotify') used += 1;
      }
    } catch {
      // It ended while we looked.
    }
  }
  return used;
}
