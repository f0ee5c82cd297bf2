/**
 * What is run on a Pi before it is installed: one POSIX shell script that only reads. It answers in
 * lines of `key value …`; see target-facts.ts. What can't be read is left out.
 */
import { shellWord } from '../command/command.ts';

export const FACTS_BEGIN = 'rpi-install-facts 1';
/** Without it the answer was cut off. */
export const FACTS_END = 'rpi-install-facts end';

/** Given to `sh -s` on standard input, so that the user's login shell does not matter. */
export const FACTS_COMMAND = 'sh -s';

/**
 * Sources: devicetree and cpuinfo for the board; /proc/mounts and sysfs for disks (a partition's
 * folder lies in its disk's); sysfs for links. Everything stands in functions and is called on the
 * last line: a script that arrives in part does nothing, and nothing in it reads the script away.
 */
export const FACTS_SCRIPT = String.raw`LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/sbin:/sbin

# disk_of NAME: the disk of a partition; a disk itself, or a dm or md device, is its own.
disk_of() {
  place=$(readlink -f "/sys/class/block/$1")
  if [ -e "$place/partition" ]; then place=$(dirname "$place"); fi
  basename "$place"
}

# device_of FOLDER: what is mounted there, as the kernel calls it. /dev/root has no node; its number tells.
device_of() {
  source=
  while read -r device folder rest; do
    [ "$folder" = "$1" ] && source=$device
  done </proc/mounts
  case $source in
    /dev/?*)
      name=$(basename "$(readlink -f "$source")")
      if [ -e "/sys/class/block/$name" ]; then echo "$name"; return; fi ;;
  esac
  while read -r id parent number root folder rest; do
    [ "$folder" = "$1" ] && at=$number
  done </proc/self/mountinfo
  place=$(readlink -f "/sys/dev/block/$at") && [ -d "$place" ] && basename "$place"
}

board() {
  tree=/sys/firmware/devicetree/base
  [ -d "$tree" ] || tree=/proc/device-tree
  echo "model $(tr -d '\0' <"$tree/model")"
  serial=$(tr -d '\0' <"$tree/serial-number")
  [ -n "$serial" ] || serial=$(sed -n 's/^Serial[[:space:]]*:[[:space:]]*//p' /proc/cpuinfo)
  echo "serial $serial"
  revision=$(od -An -tx1 "$tree/system/linux,revision" | tr -d ' \n')
  [ -n "$revision" ] || revision=$(sed -n 's/^Revision[[:space:]]*:[[:space:]]*//p' /proc/cpuinfo)
  echo "revision $revision"
}

system() {
  echo "os $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release | tr -d '"')"
  read -r value </etc/machine-id && echo "machine-id $value"
  read -r value </proc/sys/kernel/random/boot_id && echo "boot-id $value"
  read -r value </run/systemd/container && echo "container $value"
  if [ "$(id -u)" = 0 ] || sudo -n true; then echo 'root yes'; else echo 'root no'; fi
  while read -r name value rest; do
    case $name in MemTotal:) echo "memory $value" ;; esac
  done </proc/meminfo
}

network() {
  set -- $SSH_CONNECTION
  echo "ssh-address $3"
  for card in /sys/class/net/*; do
    [ "$(cat "$card/type")" = 1 ] || continue
    name=$(basename "$card")
    # Only hardware: containers and bridges bring cards of their own.
    [ -e "$card/device" ] || case $name in eth[0-9]*|en[opsx]*|wlan[0-9]*) ;; *) continue ;; esac
    kind=wired
    if [ -e "$card/wireless" ] || [ -e "$card/phy80211" ]; then kind=wireless; fi
    case $name in wl*) kind=wireless ;; esac
    echo "link $name $(cat "$card/address") $kind $(cat "$card/carrier")"
  done
  ip -o -4 address show | while read -r number name family address rest; do
    echo "address $name $address"
  done
}

boot_partition() {
  for folder in /boot/firmware /boot; do
    [ -f "$folder/config.txt" ] && break
    folder=
  done
  [ -n "$folder" ] || return
  boot=$folder
  echo "boot $boot"
  while read -r device folder type options rest; do
    [ "$folder" = "$boot" ] && line="$type $options"
  done </proc/mounts
  [ -z "$line" ] || echo "boot-mount $line"
  df -P -k "$boot" | while read -r device total used available rest; do
    echo "boot-space $total $available"
  done
  echo "boot-used $(du -sk "$boot" | cut -f 1)"
  name=$(device_of "$boot") && [ -n "$name" ] && echo "boot-device $name $(disk_of "$name")"
  find "$boot" -maxdepth 3 -type f -not -path '*/overlays/*' -printf 'boot-file %s %P\n' | head -n 500
}

disks() {
  name=$(device_of /) && [ -n "$name" ] && echo "root-device $name $(disk_of "$name")"
  for disk in /sys/block/*; do
    name=$(basename "$disk")
    case $name in loop*|ram*|zram*|sr*) continue ;; esac
    read -r sectors <"$disk/size" && [ "$sectors" != 0 ] && echo "disk $name $sectors"
  done
  for holder in /sys/class/block/*/holders/*; do
    [ -e "$holder" ] || continue
    part=$(dirname "$(dirname "$holder")")
    echo "holder $(disk_of "$(basename "$part")") $(basename "$holder")"
  done
  while read -r device folder rest; do
    case $device in /dev/?*) ;; *) continue ;; esac
    name=$(basename "$(readlink -f "$device")")
    case $name in loop*|ram*|zram*|sr*) continue ;; esac
    [ -e "/sys/class/block/$name" ] || name=$(device_of "$folder")
    [ -n "$name" ] && echo "mount $name $(disk_of "$name") $folder"
  done </proc/mounts
}

# What may be writing kernels or boot files at this moment. The daemon that only waits for the
# shutdown bears the name of unattended-upgrades too.
package_operations() {
  for file in /proc/[0-9]*/comm; do
    read -r name <"$file" || continue
    case $name in
      apt|apt-get|aptitude|dpkg|apt.systemd.dai|rpi-update|rpi-eeprom-upda|full-upgrade) echo "busy $name" ;;
      unattended-upgr)
        case $(tr '\0' ' ' <"$(dirname "$file")/cmdline") in *shutdown*) ;; *) echo "busy $name" ;; esac ;;
    esac
  done
}

main() {
  echo '${FACTS_BEGIN}'
  board
  system
  network
  boot_partition
  disks
  package_operations
  echo '${FACTS_END}'
}
main </dev/null 2>/dev/null
`;

/** Seconds for one address. */
const REACH_TIMEOUT = 15;

/**
 * Asks for each URL from the Pi, with what is there: curl, wget, else bash for plain http. Prints
 * `reach NUMBER ok`, `reach NUMBER status CODE`, `reach NUMBER failed` or `reach NUMBER no-tool`.
 * Never through a proxy, because the installer knows none.
 */
export function reachScript(urls: readonly string[]): string {
  const calls = urls.map((url, index) => {
    const { protocol, hostname, port, pathname } = new URL(url);
    const words = [url, protocol, hostname, port === '' ? '80' : port, pathname];
    return `  reach ${index} ${words.map(shellWord).join(' ')}`;
  });
  return `${REACH_FUNCTIONS}\nmain() {\n${calls.join('\n')}\n}\nmain </dev/null 2>/dev/null\n`;
}

const REACH_FUNCTIONS = String.raw`LC_ALL=C
export LC_ALL
# reach NUMBER URL PROTOCOL HOST PORT PATH
reach() {
  if command -v curl >/dev/null; then
    code=$(curl -sIL --noproxy '*' -m ${REACH_TIMEOUT} -o /dev/null -w '%{http_code}' "$2")
    case $code in 200) echo "reach $1 ok" ;; ''|000) echo "reach $1 failed" ;; *) echo "reach $1 status $code" ;; esac
  elif command -v wget >/dev/null; then
    wget -q --spider --no-proxy -T ${REACH_TIMEOUT} -t 1 "$2"
    case $? in 0) echo "reach $1 ok" ;; 8) echo "reach $1 status error" ;; *) echo "reach $1 failed" ;; esac
  elif [ "$3" = http: ] && command -v bash >/dev/null; then
    code=$(timeout ${REACH_TIMEOUT} bash -c 'exec 3<>"/dev/tcp/$1/$2" || exit 1
      printf "HEAD %s HTTP/1.0\r\nHost: %s\r\nConnection: close\r\n\r\n" "$3" "$1" >&3
      read -r version code rest <&3 && echo "$code"' bash "$4" "$5" "$6")
    case $code in 200) echo "reach $1 ok" ;; '') echo "reach $1 failed" ;; *) echo "reach $1 status $code" ;; esac
  else
    echo "reach $1 no-tool"
  fi
}`;
