/**
 * What is run on a Pi to measure it: one POSIX shell script that reads /proc and /sys by builtins.
 * Only `df` and, where it is installed, `vcgencmd` are started: a round must cost a Pi nothing.
 */

/** The first line of the answer; what a login script prints stands before it. */
export const PROBE_BEGIN = 'rpi-vitals 1';
/** The last line; without it the answer was cut off. */
export const PROBE_END = 'rpi-vitals end';

/** Given to `sh -s` on standard input, so that the user's login shell does not matter. */
export const PROBE_COMMAND = 'sh -s';

/**
 * Says each thing that can be read; see parseVitals. Sources: facts of the kernel's
 * procfs and sysfs; `vcgencmd get_throttled` of Raspberry Pi OS; without it the alarm of the
 * rpi_volt sensor and the firmware driver's get_throttled (hexadecimal without 0x).
 */
export const PROBE_BODY = `read -r value rest </proc/uptime && say "uptime $value"
read -r value rest </proc/loadavg && say "load $value"
count=0
while read -r name rest; do
  case $name in cpu[0-9]*) count=$((count + 1)) ;; esac
done </proc/stat
say "cpus $count"
read -r value </sys/class/thermal/thermal_zone0/temp && say "temperature $value"
while read -r name value rest; do
  case $name in
    MemTotal:) say "memory-total $value" ;;
    MemAvailable:) say "memory-available $value" ;;
  esac
done </proc/meminfo
df -P -k / </dev/null | while read -r device total used available rest; do
  say "disk $total $available"
done
while read -r device folder type options rest; do
  case $folder in /) root=$options ;; esac
done </proc/mounts
say "root $root"
if command -v vcgencmd >/dev/null; then
  say "$(vcgencmd get_throttled </dev/null)"
fi
for file in /sys/class/hwmon/hwmon*; do
  read -r name <"$file/name" || continue
  case $name in rpi_volt) read -r value <"$file/in0_lcrit_alarm" && say "under-voltage $value" ;; esac
done
for file in /sys/devices/platform/soc/soc:firmware/get_throttled /sys/devices/platform/soc*/*firmware/get_throttled; do
  read -r value <"$file" && say "throttled=0x$value" && break
done
for file in /proc/device-tree/model /sys/firmware/devicetree/base/model; do
  model=
  read -r model <"$file"
  case $model in ?*) say "model $model"; break ;; esac
done
while IFS= read -r line; do
  case $line in PRETTY_NAME=*) say "os \${line#PRETTY_NAME=}" ;; esac
done </etc/os-release
`;

/** Measures once: a line a thing. */
export const PROBE_SCRIPT = `LC_ALL=C
export LC_ALL
say() { echo "$1"; }
{
echo '${PROBE_BEGIN}'
${PROBE_BODY}echo '${PROBE_END}'
} 2>/dev/null
`;
