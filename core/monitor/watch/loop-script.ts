/**
 * What is kept running on a Pi: a small shell loop that answers each line it is given by one line
 * of measurements. Where it can't run, the script of one round is run each time instead.
 */
import type { Vitals } from '../../runs/event.ts';
import { vitalsOf } from '../parse-vitals.ts';
import { PROBE_BODY } from '../probe.ts';
import type { Signs } from './observation.ts';

/** The shell reads the loop from its standard input, and then the loop its questions. */
export const LOOP_COMMAND = 'sh';
/** Said once the loop runs; before it nothing is asked, so that the shell can't swallow it. */
export const LOOP_READY = 'rpi-loop 1';

/**
 * `look N all` adds what costs a Pi more than reading files. Everything stands in one line, parted
 * by tabs. systemctl: units that failed; errors_count of ext4: errors that its journal recorded.
 */
export const LOOP_SCRIPT = `LC_ALL=C
export LC_ALL
say() { printf '\\t%s' "$1"; }
look() {
${PROBE_BODY}read -r value </proc/sys/kernel/random/boot_id && say "boot $value"
while read -r name value rest; do
  case $name in
    SwapTotal:) say "swap-total $value" ;;
    SwapFree:) say "swap-free $value" ;;
  esac
done </proc/meminfo
for file in /sys/fs/ext4/*/errors_count; do
  read -r value <"$file" && say "errors $value"
done
}
more() {
say "clock $(date +%s)"
df -P -i / </dev/null | while read -r device total used free rest; do
  say "inodes $total $free"
done
if command -v systemctl >/dev/null; then
  say "units"
  systemctl list-units --failed --plain --no-legend --no-pager </dev/null | head -n 20 |
    while read -r unit rest; do say "failed $unit"; done
fi
}
{
echo '${LOOP_READY}'
while read -r word number extent; do
  case $word in look) ;; '') continue ;; *) exit 0 ;; esac
  printf 'rpi-look %s' "$number"
  look
  case $extent in all) more ;; esac
  printf '\\tend\\n'
done
} 2>/dev/null`;

export function question(number: number, everything: boolean): string {
  return `look ${number} ${everything ? 'all' : 'short'}`;
}

/** Whether a line is the answer to that question: another one's came too late. */
export function answers(line: string, number: number): boolean {
  return line.startsWith(`rpi-look ${number}\t`) && line.endsWith('\tend');
}

export type Measured = { readonly vitals: Vitals; readonly signs: Signs };

/**
 * An answer as measurements. Total: any text gives a result. `at` is when it came, in milliseconds
 * since the epoch, for the offset of the Pi's clock.
 */
export function parseAnswer(line: string, at: number): Measured {
  const parts = line.split('\t').slice(1, 120);
  return { vitals: vitalsOf(parts), signs: signsOf(parts, at) };
}

function signsOf(parts: readonly string[], at: number): Signs {
  const signs: Signs = {};
  for (const part of parts) {
    const [key = '', first = '', second = ''] = part.split(' ');
    const number = whole(first);
    switch (key) {
      case 'boot':
        if (/^[0-9a-f-]{36}$/.test(first)) signs.bootId = first;
        break;
      case 'swap-total':
        if (number !== undefined) signs.swapTotal = number * 1024;
        break;
      case 'swap-free':
        if (number !== undefined) signs.swapFree = number * 1024;
        break;
      case 'errors':
        if (number !== undefined) signs.cardErrors = (signs.cardErrors ?? 0) + number;
        break;
      case 'clock':
        // Whole seconds, cut: in the mean half a second less than it is.
        if (number !== undefined) signs.clockOffset = Math.round(number + 0.5 - at / 1000);
        break;
      case 'inodes': {
        const free = whole(second);
        if (number !== undefined && free !== undefined && number > 0) {
          signs.inodesTotal = number;
          signs.inodesFree = free;
        }
        break;
      }
      case 'units':
        signs.failedUnits ??= [];
        break;
      case 'failed':
        if (/^[\w@:.\\-]{1,200}$/.test(first)) (signs.failedUnits ??= []).push(first);
        break;
    }
  }
  return signs;
}

function whole(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
