/**
 * What is done on a Pi, as one POSIX shell script that is piped to `sh`. The functions are
 * constant; only the calls in `main` carry data, quoted. Everything is read before anything is
 * done, because `main` is called on the last line: a script that arrives in part does nothing.
 *
 * It reports in lines that begin with `rpi:`, and every part may be run again: a second run of a
 * finished script changes nothing.
 */
import { shellWord } from '../command/command.ts';
import { encodeBlob, formatPublicKey, type PublicKey } from '../formats/ssh-key.ts';

/** One step on the Pi. */
export type SetupCall =
  /** Adds what is missing of `keys` to the authorized_keys of an existing user. */
  | { readonly do: 'authorise'; readonly user: string; readonly keys: readonly PublicKey[] }
  /** Takes keys out of a user's authorized_keys. */
  | { readonly do: 'withdraw'; readonly user: string; readonly keys: readonly PublicKey[] }
  /** Creates a user where missing, with a home and no password, and perhaps sudo. */
  | { readonly do: 'user'; readonly user: string; readonly sudo: boolean }
  /** Model, serial, MACs, system. */
  | { readonly do: 'facts' }
  /** Switches passwords off for sshd; undone in 60 s unless kept. `user` is who logs in. */
  | { readonly do: 'passwords-off'; readonly user: string }
  | { readonly do: 'passwords-keep-off' }
  | { readonly do: 'passwords-restore' };

/** The whole script. */
export function setupScript(calls: readonly SetupCall[]): string {
  const lines = calls.map((call) => `  ${callLine(call)} || exit 1`);
  return `${FUNCTIONS}\nmain() {\n  set -u\n  umask 022\n  PATH=$PATH:/usr/sbin:/sbin\n  say begin\n${lines.join('\n')}\n  say done\n}\nmain </dev/null\n`;
}

function callLine(call: SetupCall): string {
  switch (call.do) {
    case 'authorise':
      return words('authorise', call.user, call.keys.map(formatPublicKey).join('\n'));
    case 'withdraw':
      return words(
        'withdraw',
        call.user,
        call.keys.map((k) => `${k.type} ${encodeBlob(k)}`).join('\n'),
      );
    case 'user':
      return words('add_user', call.user, call.sudo ? 'sudo' : '');
    case 'facts':
      return 'facts';
    case 'passwords-off':
      return words('passwords_off', call.user);
    case 'passwords-keep-off':
      return 'passwords_keep_off';
    case 'passwords-restore':
      return 'passwords_restore';
  }
}

function words(...list: readonly string[]): string {
  return list.map((word) => (word === '' ? "''" : shellWord(word))).join(' ');
}

const FUNCTIONS = String.raw`
newline='
'

say() { printf 'rpi:%s\n' "$*"; }
fail() { say "failed $*"; return 1; }

# on_disk FILE: what was written survives a power cut. Old coreutils sync everything.
on_disk() { sync "$1" 2>/dev/null || sync; }

# account USER: sets home, owner, folder and file.
account() {
  entry=$(getent passwd "$1") || { fail "there is no user $1"; return 1; }
  home=$(printf '%s' "$entry" | cut -d: -f6)
  owner=$(printf '%s' "$entry" | cut -d: -f3,4)
  folder=$home/.ssh
  file=$folder/authorized_keys
  [ -d "$home" ] || { fail "the user $1 has no home folder $home"; return 1; }
  # Root does not write through links that another user has made.
  if [ "$owner" != 0:0 ] && { [ -L "$folder" ] || [ -L "$file" ]; }; then
    fail "$folder or its authorized_keys is a link; make it a folder and a file"
    return 1
  fi
}

# alone: until the descriptor is closed, another run that came by another address waits.
alone() {
  exec 9<"$folder" || return 0
  if command -v flock >/dev/null; then flock -w 30 9; fi
}

# replace: what comes in takes the place of $file, whole or not at all. The folder is its user's,
# who must not be able to point root's pen elsewhere: -C opens only what is not there yet.
replace() {
  new=$folder/.authorized_keys.rpi.$$
  rm -f "$new"
  if (umask 077; set -C; cat > "$new") && chown -h "$owner" "$new" && on_disk "$new" &&
    mv -f "$new" "$file" && on_disk "$folder"; then
    return 0
  fi
  rm -f "$new"
  fail "can't write $file (is the disk full?)"
}

# key_lines FILE: what counts in it.
key_lines() { grep -v -e '^[[:space:]]*#' -e '^[[:space:]]*$' "$1" 2>/dev/null; }

authorise() {
  account "$1" || return 1
  # The same Pi may be worked on by another of its addresses at this moment.
  mkdir -m 700 "$folder" 2>/dev/null && say "changed folder $folder"
  [ -d "$folder" ] || { fail "can't make $folder"; return 1; }
  # New, or left by a run that was cut off just here: root's, and closed to its user.
  if [ "$(stat -c %u:%a "$folder")" = 0:700 ] && [ "$owner" != 0:0 ]; then
    chown "$owner" "$folder" || { fail "can't give $folder to $1"; return 1; }
  fi
  alone
  missing=
  limited=
  set -f
  IFS=$newline
  for key in $2; do
    blob=$(printf '%s' "$key" | cut -d ' ' -f 1,2)
    # sshd goes by the first line that has the key.
    line=$(key_lines "$file" | grep -F -e "$blob" | head -n 1)
    case $line in
      *command=*"$blob"*|*restrict*"$blob"*|*cert-authority*"$blob"*) limited=$limited$key$newline ;;
      *) [ -n "$line" ] || missing=$missing$key$newline ;;
    esac
  done
  unset IFS
  set +f
  if [ -n "$limited$missing" ]; then
    present=
    if [ -s "$file" ]; then
      present=$(cat "$file") || { fail "can't read $file"; return 1; }
      present=$present$newline
    fi
    printf '%s' "$limited$present$missing" | replace || return 1
    say "changed keys $1"
  fi
  exec 9<&-
  say "keys $1 $(key_lines "$file" | grep -c .)"
}

withdraw() {
  account "$1" || return 1
  alone
  # Several keys are several lines of one pattern.
  grep -qF -e "$2" "$file" 2>/dev/null || return 0
  kept=$(grep -vF -e "$2" "$file")
  [ $? -le 1 ] || { fail "can't read $file"; return 1; }
  [ -z "$kept" ] || kept=$kept$newline
  printf '%s' "$kept" | replace || return 1
  exec 9<&-
  say "changed withdrawn $1"
  say "keys $1 $(key_lines "$file" | grep -c .)"
}

add_user() {
  if ! getent passwd "$1" >/dev/null; then
    # A password of * lets nobody in by password, but does not lock the account for keys.
    useradd --create-home --shell /bin/bash --password '*' "$1" >&2 || { fail "can't create the user $1"; return 1; }
    say "changed user $1"
  fi
  [ "$2" = sudo ] || return 0
  rule="$1 ALL=(ALL) NOPASSWD: ALL"
  rules=/etc/sudoers.d/010-rpi-$1
  [ "$(cat "$rules" 2>/dev/null)" = "$rule" ] && return 0
  command -v visudo >/dev/null || { fail "sudo is not installed, so $1 can't have it"; return 1; }
  # sudo passes over names with a dot, so the file is never seen half-written.
  draft=/etc/sudoers.d/.010-rpi-$1
  { printf '%s\n' "$rule" > "$draft" && chmod 440 "$draft" && visudo -cqf "$draft" && on_disk "$draft" && mv -f "$draft" "$rules"; } ||
    { rm -f "$draft"; fail "can't give sudo to $1"; return 1; }
  say "changed sudo $1"
}

facts() {
  tree=/sys/firmware/devicetree/base
  [ -d "$tree" ] || tree=/proc/device-tree
  say "model $(tr -d '\0' < "$tree/model" 2>/dev/null)"
  serial=$(tr -d '\0' < "$tree/serial-number" 2>/dev/null)
  [ -n "$serial" ] || serial=$(sed -n 's/^Serial[[:space:]]*:[[:space:]]*//p' /proc/cpuinfo)
  say "serial $serial"
  say "os $(sed -n 's/^PRETTY_NAME=//p' /etc/os-release | tr -d '"')"
  for card in /sys/class/net/*; do
    [ "$(cat "$card/type" 2>/dev/null)" = 1 ] || continue
    # Only hardware: containers and bridges bring cards of their own.
    [ -e "$card/device" ] || case $(basename "$card") in eth[0-9]*|en[opsx]*|wlan[0-9]*) ;; *) continue ;; esac
    say "mac $(cat "$card/address")"
  done
}

conf=/etc/ssh/sshd_config.d/10-rpi.conf
before=/etc/ssh/sshd_config.d/.10-rpi.before
guard=/run/rpi-passwords-off

# New connections see the new configuration; those that are open stay.
reload_sshd() {
  if [ -d /run/systemd/system ]; then
    systemctl reload ssh 2>/dev/null || systemctl reload sshd 2>/dev/null || systemctl is-active --quiet ssh.socket
  else
    kill -HUP "$(cat /run/sshd.pid)"
  fi
}

put_back() {
  if [ -f "$before" ]; then mv -f "$before" "$conf"; else rm -f "$conf"; fi
}

passwords_off() {
  [ -d /etc/ssh/sshd_config.d ] || { fail "its sshd reads no sshd_config.d (OpenSSH 8.2 or newer does)"; return 1; }
  rm -f "$before"
  [ ! -f "$conf" ] || cp -p "$conf" "$before" || { fail "can't keep a copy of $conf"; return 1; }
  draft=/etc/ssh/sshd_config.d/.10-rpi.draft
  {
    printf '%s\n' '# Written by “rpi access enroll”: this Pi lets in by key only.' \
      'PasswordAuthentication no' 'KbdInteractiveAuthentication no' 'ChallengeResponseAuthentication no' > "$draft" &&
      chmod 644 "$draft" && on_disk "$draft" && mv -f "$draft" "$conf" && on_disk /etc/ssh/sshd_config.d
  } || { rm -f "$draft"; put_back; fail "can't write $conf"; return 1; }
  wrong=$(sshd -t 2>&1) || { put_back; fail "sshd does not take the new configuration: $wrong"; return 1; }
  sshd -T -C "user=$1,host=rpi,addr=127.0.0.1" 2>/dev/null | grep -qx 'passwordauthentication no' || {
    put_back
    fail "another line of its sshd_config decides about passwords (is its Include line missing?)"
    return 1
  }
  # If nobody comes back to say that keys still work, passwords come back by themselves.
  # The guard of an earlier run may still be asleep: what it finds is not its own.
  printf '%s' $$ > "$guard"
  (
    trap '' HUP
    sleep 60
    [ "$(cat "$guard" 2>/dev/null)" = $$ ] || exit 0
    rm -f "$guard"
    put_back
    reload_sshd
  ) </dev/null >/dev/null 2>&1 &
  reload_sshd || { rm -f "$guard"; put_back; fail "sshd can't be told to read its configuration"; return 1; }
  say "changed passwords-off"
}

passwords_keep_off() { rm -f "$guard" "$before"; }

passwords_restore() {
  rm -f "$guard"
  put_back
  reload_sshd
}
`;
