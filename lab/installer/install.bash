#!/bin/bash
# The network installer of a virtual Pi. It does, in the same order and by the same rules, what a Pi's owner can
# see raspberrypi-ua-netinst do: source installer-config.txt as root, fill in defaults, wipe, install, copy files,
# source post-install.txt, reboot. Instead of partitions it has folders: /card is the disk, /boot the FAT partition,
# /base what a bootstrap would install. Its exit status says how it ended: 33 reboots, 32 powers off; with any other it just
# ended, as when a config says "exit", and the machine stays as it is.
# usage: install.bash SECONDS ADDRESS GATEWAY BANNER-REVISION

readonly lab_seconds=$1 lab_address=$2 lab_gateway=$3 lab_revision=$4
readonly installer=/boot/raspberrypi-ua-netinst
tmp_bootfs=/tmp/bootfs
logfile=/tmp/raspberrypi-ua-netinst.log
lab_started=$SECONDS

default() { # NAME VALUE: an empty variable counts as unset
  if [ -z "${!1}" ]; then printf -v "$1" '%s' "$2"; fi
}

sanitize() { # FILE: line endings, and one at the end
  sed -i 's/\r$//' "$1"
  if [ -n "$(tail -c1 "$1")" ]; then echo >> "$1"; fi
}

pace() { # PERCENT of the least duration that must have passed by now
  local until=$((lab_seconds * $1 / 100))
  while [ $((SECONDS - lab_started)) -lt "$until" ]; do sleep 0.2; done
}

reboot() { exit 33; }
poweroff() { exit 32; }
halt() { exit 32; }

fail() {
  echo
  echo "Error: The installation could not be completed!"
  mkdir -p "$installer"
  sed '/rootpw/d;/userpw/d' "$logfile" > "$installer/error-$(date +%Y%m%dT%H%M%S).log"
  if [ -e "$installer/installer-retries.txt" ]; then
    sanitize "$installer/installer-retries.txt"
    source "$installer/installer-retries.txt"
  fi
  default installer_retries 3
  installer_retries=$((installer_retries - 1))
  if [ "$installer_retries" -ge 0 ]; then echo "installer_retries=$installer_retries" > "$installer/installer-retries.txt"; fi
  if [ "$installer_retries" -le 0 ]; then
    echo "  The maximum number of retries is reached!"
    echo "  The system is stopped to prevent an infinite loop."
    sleep infinity
  fi
  echo "  $installer_retries retries left."
  sleep 2
  reboot
}

step() { # TEXT COMMAND...: one line of progress, failing the installation when the command fails
  echo -n "$1... "
  shift
  if "$@"; then echo "OK"; else echo "FAILED !"; fail; fi
}

# Sourced by post-install.txt and used for every list of the config.
install_files() { # NAME.list
  local list="/rootfs/boot/raspberrypi-ua-netinst/config/files/$1" owner perms file
  echo "Adding files & folders listed in $1..."
  sanitize "$list"
  grep -v '^[[:space:]]*#\|^[[:space:]]*$' "$list" | while read -r owner perms file _; do
    echo "  $file"
    local source="/rootfs/boot/raspberrypi-ua-netinst/config/files/root$file"
    if [ -d "$source" ]; then
      mkdir -p "/rootfs$file"
    else
      mkdir -p "/rootfs$(dirname "$file")"
      cp "$source" "/rootfs$file"
    fi
    chmod "$perms" "/rootfs$file"
    chroot /rootfs chown "$owner" "$file"
  done
}

exec > >(tee "$logfile") 2>&1

echo "=================================================="
echo "raspberrypi-ua-netinst (the lab's)"
echo "=================================================="

mkdir -p "$tmp_bootfs"
step "Copying boot files" cp -r /boot/. "$tmp_bootfs/"

config=$tmp_bootfs/raspberrypi-ua-netinst/config
if [ -e "$config/installer-config.txt" ]; then
  echo "Executing installer-config.txt..."
  sanitize "$config/installer-config.txt"
  # shellcheck disable=SC1091
  source "$config/installer-config.txt"
  echo "OK"
fi

default preset server
default release bullseye
default hostname pi
default rootpw raspbian
default root_ssh_pwlogin 1
default userperms_admin 0
default timezone Etc/UTC
default ifname eth0
default ip_addr dhcp
default installer_telnet listen
default final_action reboot
default cleanup 0
default cmdline "console=serial0,115200 console=tty1 fsck.repair=yes"
default hdmi_system_only 0

# What the firmware must read before the installer can go on is written into the medium's config.txt, and read by
# a restart: of whichever system that config.txt starts.
restart_first=0
in_config() { # LINE
  if ! grep -qsxF "$1" /boot/config.txt; then
    echo "$1" >> /boot/config.txt
    restart_first=1
  fi
}
echo "Checking if config.txt needs to be modified before starting installation..."
if [ "$hdmi_system_only" = 0 ]; then
  case $hdmi_type in tv | monitor) in_config hdmi_ignore_edid=0xa5000080 && in_config hdmi_drive=2 ;; esac
  if [ "$hdmi_disable_overscan" = 1 ]; then in_config disable_overscan=1; fi
fi
if [ -n "$rtc" ]; then in_config "dtoverlay=i2c-rtc,$rtc"; fi
if [ "$restart_first" = 1 ]; then
  echo "Rebooting in 3 seconds!"
  sleep 3
  reboot
fi

network() {
  ip link set eth0 up
  if [ "$ip_addr" = dhcp ]; then
    [ -n "$lab_address" ] && ip address add "$lab_address/24" brd + dev eth0
  else
    [ -n "$ip_gateway" ] && ip address add "$ip_addr/24" brd + dev eth0
  fi && ip route add default via "$lab_gateway"
}
if [ "$ifname" != eth0 ]; then
  echo "Waiting for $ifname... FAILED"
  fail
fi
step "Configuring $ifname with ${ip_addr/dhcp/DHCP}" network
# The supervisor opens port 23 when it reads this line.
if [ "$installer_telnet" != none ]; then echo "Printing console to telnet output started."; fi
pace 15

reachable() { (exec 3<> "/dev/tcp/$lab_gateway/8077") 2> /dev/null; }
step "Checking the mirror" reachable
if [ -n "$mirror_cache" ]; then
  cache_listens() { (exec 3<> "/dev/tcp/${mirror_cache%:*}/${mirror_cache##*:}") 2> /dev/null; }
  step "Checking the cache $mirror_cache" cache_listens
fi

echo "Partitioning the disk..."
# From here on there is no way back: the old system is gone, and the new one isn't there yet.
touch /card/wiped
rm -rf /card/upper /card/work
mkdir -p /card/upper /card/work /rootfs
find /boot -mindepth 1 -delete
mount -t overlay overlay -o lowerdir=/base,upperdir=/card/upper,workdir=/card/work /rootfs || fail
mount --bind /boot /rootfs/boot
for each in proc sys dev; do mount --rbind "/$each" "/rootfs/$each"; done
echo "OK"
pace 30

echo "Starting install process..."
cp -r "$tmp_bootfs/." /rootfs/boot/ || fail
rm -f /rootfs/boot/tryboot.txt
printf 'deb [trusted=yes] http://%s:8077/ ./\n' "$lab_gateway" > /rootfs/etc/apt/sources.list
printf 'nameserver %s\nsearch lab\n' "$lab_gateway" > /rootfs/etc/resolv.conf
printf 'DebianBanner no\nVersionAddendum Raspbian-%s\n' "$lab_revision" > /rootfs/etc/ssh/sshd_config.d/10-machine.conf
chroot /rootfs userdel --remove pi 2> /dev/null
rm -f /rootfs/etc/sudoers.d/010_pi-nopasswd
pace 60

echo "Configuring installed system:"
echo "$hostname" > /rootfs/etc/hostname
printf '127.0.0.1\tlocalhost\n::1\t\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t%s\n' \
  "${domainname:+$hostname.$domainname }$hostname" > /rootfs/etc/hosts
if [ -e "/rootfs/usr/share/zoneinfo/$timezone" ]; then
  echo "$timezone" > /rootfs/etc/timezone
  ln -sf "/usr/share/zoneinfo/$timezone" /rootfs/etc/localtime
else
  echo "  Timezone $timezone INVALID !"
fi

echo -n "  Setting root password... "
printf 'root:%s\n' "$rootpw" | chroot /rootfs chpasswd && echo "OK"
authorize() { # HOME OWNER KEY-OR-FILE
  local keys=$3 file=/rootfs/boot/raspberrypi-ua-netinst/config/files/$3
  if [ -f "$file" ]; then keys=$(cat "$file"); fi
  mkdir -p "/rootfs$1/.ssh" && chmod 700 "/rootfs$1/.ssh"
  printf '%s\n' "$keys" > "/rootfs$1/.ssh/authorized_keys"
  chmod 600 "/rootfs$1/.ssh/authorized_keys"
  chroot /rootfs chown -R "$2" "$1/.ssh"
}
if [ -n "$root_ssh_pubkey" ]; then authorize /root root:root "$root_ssh_pubkey"; fi
sshd=/rootfs/etc/ssh/sshd_config.d/20-installer.conf
: > "$sshd"
if [ "$root_ssh_pwlogin" = 1 ]; then echo "PermitRootLogin yes" >> "$sshd"; fi
if [ "$ssh_pwlogin" = 0 ]; then echo "PasswordAuthentication no" >> "$sshd"; fi
if [ -n "$username" ]; then
  echo -n "  Adding user '$username'... "
  if chroot /rootfs useradd --create-home --shell /bin/bash "$username"; then echo "OK"; else echo "FAILED !"; fail; fi
  if [ -n "$userpw" ]; then printf '%s:%s\n' "$username" "$userpw" | chroot /rootfs chpasswd; fi
  if [ -n "$user_ssh_pubkey" ]; then authorize "/home/$username" "$username:$username" "$user_ssh_pubkey"; fi
  for group in ${usergroups//,/ } ${usersysgroups//,/ }; do
    chroot /rootfs groupadd --force "$group"
    chroot /rootfs usermod --append --groups "$group" "$username"
  done
  if [ "$userperms_admin" = 1 ]; then
    chroot /rootfs usermod --append --groups sudo "$username"
    if [ -z "$userpw" ]; then
      echo "$username ALL=(ALL) NOPASSWD: ALL" > /rootfs/etc/sudoers.d/010_installer
      chmod 440 /rootfs/etc/sudoers.d/010_installer
    fi
  fi
fi
if [ "$preset" = base ]; then rm -f /rootfs/etc/systemd/system/multi-user.target.wants/ssh.service; fi
if [ "$ip_addr" != dhcp ]; then
  printf '[Match]\nName=eth0\n\n[Network]\nAddress=%s/24\nGateway=%s\n' "$ip_addr" "$ip_gateway" \
    > /rootfs/etc/systemd/network/05-static.network
fi

# For the installation only: the new system does not keep it.
apt_cache=/rootfs/etc/apt/apt.conf.d/50apt-cache
if [ -n "$mirror_cache" ]; then printf 'Acquire::http { Proxy "http://%s"; };\n' "$mirror_cache" > "$apt_cache"; fi
if [ -n "$packages" ]; then
  echo "Updating package lists..."
  chroot /rootfs apt-get update > /dev/null || fail
  export DEBIAN_FRONTEND=noninteractive
  echo "Downloading packages..."
  eval chroot /rootfs apt-get -y -d install "${packages//,/ }" | sed 's/^/  /'
  if [ "${PIPESTATUS[0]}" -ne 0 ]; then fail; fi
  echo "Installing packages: $packages"
  eval chroot /rootfs apt-get -y install "${packages//,/ }" | sed 's/^/  /'
  if [ "${PIPESTATUS[0]}" -eq 0 ]; then echo "OK"; else echo "FAILED !"; fi
fi
rm -f "$apt_cache"
pace 80

echo "Configuring bootloader to start the installed system..."
mkdir -p /rootfs/boot/raspberrypi-ua-netinst/reinstall
cp /rootfs/boot/config.txt /rootfs/boot/raspberrypi-ua-netinst/reinstall/config.txt
if [ -e /rootfs/boot/raspberrypi-ua-netinst/config/boot/config.txt ]; then
  cp /rootfs/boot/raspberrypi-ua-netinst/config/boot/config.txt /rootfs/boot/config.txt
else
  printf 'arm_64bit=1\ndtparam=audio=on\n' > /rootfs/boot/config.txt
fi
for overlay in ${dt_overlays//,/ }; do echo "dtoverlay=$overlay" >> /rootfs/boot/config.txt; done
echo "$cmdline root=/dev/mmcblk0p2 rootfstype=${rootfstype:-ext4} rootwait" > /rootfs/boot/cmdline.txt

for list in /rootfs/boot/raspberrypi-ua-netinst/config/files/*.list; do
  if [ -e "$list" ]; then install_files "$(basename "$list")"; fi
done

if [ -e /rootfs/boot/raspberrypi-ua-netinst/config/post-install.txt ]; then
  echo "================================================="
  echo "=== Start executing post-install.txt. ==="
  sanitize /rootfs/boot/raspberrypi-ua-netinst/config/post-install.txt
  # shellcheck disable=SC1091
  source /rootfs/boot/raspberrypi-ua-netinst/config/post-install.txt
  echo "=== Finished executing post-install.txt. ==="
  echo "================================================="
fi
pace 100

echo "Installation finished at $(date --utc) and took $((SECONDS - lab_started)) seconds"
sed '/rootpw/d;/userpw/d' "$logfile" > /rootfs/var/log/raspberrypi-ua-netinst.log
chmod 0640 /rootfs/var/log/raspberrypi-ua-netinst.log
if [ "$cleanup_logfiles" = 1 ]; then rm -f /rootfs/boot/raspberrypi-ua-netinst/error-*.log; fi
rm -f /rootfs/boot/raspberrypi-ua-netinst/installer-retries.txt
if [ "$cleanup" = 1 ]; then rm -rf /rootfs/boot/raspberrypi-ua-netinst; fi
touch /card/installed
rm -f /card/wiped
sync
case $final_action in
  console) echo "Finished!" && sleep infinity ;;
  poweroff | halt) echo "Finished! Powering off." && poweroff ;;
  *) echo "Finished! Rebooting to installed system." && reboot ;;
esac
