/** What makes a plain Debian root look and behave like Raspberry Pi OS: the recipe of the base, as data. */

export const suite = 'bookworm';

/** What the base root has, beside the essential packages. */
export const basePackages = [
  'avahi-daemon',
  'ca-certificates',
  'dbus',
  'iproute2',
  'iputils-ping',
  'kmod',
  'openssh-server',
  'procps',
  'python3',
  'python3-apt',
  'sudo',
  'systemd',
  'systemd-sysv',
  'udev',
] as const;

/** What the bridge's apt repository offers beyond the base, with everything these depend on. */
export const repositoryPackages = [
  'acl',
  'apache2',
  'curl',
  'git',
  'prometheus-node-exporter',
  'python3-venv',
  'rsync',
  'sqlite3',
] as const;

/** A package of the lab's own: 1.0 in the base and 1.1 in the repository, so that an upgrade upgrades. */
export const notice = { name: 'rpi-lab-notice', installed: '1.0', offered: '1.1' } as const;

export const enabledUnits = [
  'avahi-daemon.service',
  'regenerate_ssh_host_keys.service',
  'rpi-lab-hardware.service',
  'ssh.service',
  'systemd-networkd.service',
] as const;

/** Units that only cost time or noise in a container. logind stays: masking it hinders ssh logins. */
export const maskedUnits = [
  'apt-daily-upgrade.timer',
  'apt-daily.timer',
  'console-getty.service',
  'dpkg-db-backup.timer',
  'e2scrub_reap.service',
  'getty@tty1.service',
  'systemd-networkd-wait-online.service',
] as const;

/** Where a machine sees its hardware files; and the one folder in which it can leave word for its firmware. */
export const guest = {
  hardware: '/usr/lib/rpi-lab/hardware',
  firmware: '/usr/lib/rpi-lab/firmware',
} as const;

const network = `[Match]
Name=eth0 wlan0

[Network]
DHCP=ipv4
IPv6AcceptRA=no
LinkLocalAddressing=ipv6
MulticastDNS=no

[DHCPv4]
ClientIdentifier=mac
UseHostname=no
UseDNS=no
`;

// As Raspberry Pi OS does it: keys are made at the first boot, never shipped in an image.
const hostKeys = `[Unit]
Description=Regenerate SSH host keys
Before=ssh.service
ConditionPathExists=!/etc/ssh/ssh_host_ed25519_key

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A -v

[Install]
WantedBy=multi-user.target
`;

// /sys/class, /sys/bus and /sys/devices/platform get the fakes as an overlay, because sysfs lets nobody make a
// folder in it; the binds on top hide the host's own thermal zones and show later changes of a file.
const hardware = `[Unit]
Description=Hardware files of a Raspberry Pi
DefaultDependencies=no
Before=sysinit.target avahi-daemon.service ssh.service
ConditionPathExists=${guest.hardware}/cpuinfo

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/mount --bind ${guest.hardware}/cpuinfo /proc/cpuinfo
ExecStart=/bin/mount --bind ${guest.hardware}/firmware /sys/firmware
ExecStart=/bin/mount -t overlay rpi-lab -o lowerdir=${guest.hardware}/class:/sys/class /sys/class
ExecStart=/bin/mount --bind ${guest.hardware}/class/thermal /sys/class/thermal
ExecStart=/bin/mount --bind ${guest.hardware}/class/hwmon /sys/class/hwmon
ExecStart=/bin/mount -t overlay rpi-lab -o lowerdir=${guest.hardware}/platform:/sys/devices/platform /sys/devices/platform
ExecStart=/bin/mount -t overlay rpi-lab -o lowerdir=${guest.hardware}/bus:/sys/bus /sys/bus
ExecStart=-/bin/mount --bind ${guest.hardware}/bus/w1 /sys/bus/w1

[Install]
WantedBy=sysinit.target
`;

/** Where dpkg keeps the real /sbin/reboot; systemctl goes by the name that it is called by. */
export const divertedReboot = '/usr/sbin/reboot.systemd';

// logind refuses a reboot parameter in a container, and a container's reboot carries none out of it: so the
// command leaves it where the machine's firmware looks.
const reboot = `#!/bin/sh
if [ $# -eq 1 ]; then
  case $1 in
    -*) ;;
    *) printf '%s\\n' "$1" > ${guest.firmware}/reboot-param && shift ;;
  esac
fi
exec ${divertedReboot} "$@"
`;

const config = `# For more options and information see
# http://rptl.io/configtxt
# Some settings may impact device functionality. See link above for details

# Uncomment some or all of these to enable the optional hardware interfaces
#dtparam=i2c_arm=on
#dtparam=i2s=on
#dtparam=spi=on

# Enable audio (loads snd_bcm2835)
dtparam=audio=on

# Automatically load overlays for detected cameras
camera_auto_detect=1

# Automatically load overlays for detected DSI displays
display_auto_detect=1

# Automatically load initramfs files, if found
auto_initramfs=1

# Enable DRM VC4 V3D driver
dtoverlay=vc4-kms-v3d
max_framebuffers=2

# Don't have the firmware create an initial video= setting in cmdline.txt.
# Use the kernel's default instead.
disable_fw_kms_setup=1

# Run in 64-bit mode
arm_64bit=1

# Disable compensation for displays with overscan
disable_overscan=1

# Run as fast as firmware / board allows
arm_boost=1

[cm4]
# Enable host mode on the 2711 built-in XHCI USB controller.
otg_mode=1

[cm5]
dtoverlay=dwc2,dr_mode=host

[all]
`;

const cmdline =
  'console=serial0,115200 console=tty1 root=PARTUUID=4e639091-02 rootfstype=ext4 fsck.repair=yes rootwait\n';

export type BaseFile = { path: string; content: string; mode: number };

/** Files of the base root. */
export const baseFiles: readonly BaseFile[] = [
  { path: '/etc/systemd/network/10-lab.network', content: network, mode: 0o644 },
  { path: '/etc/systemd/system/regenerate_ssh_host_keys.service', content: hostKeys, mode: 0o644 },
  { path: '/etc/systemd/system/rpi-lab-hardware.service', content: hardware, mode: 0o644 },
  { path: '/usr/sbin/reboot', content: reboot, mode: 0o755 },
  {
    path: '/etc/systemd/journald.conf.d/lab.conf',
    content: '[Journal]\nStorage=persistent\nSystemMaxUse=16M\nSystemMaxFileSize=4M\n',
    mode: 0o644,
  },
  { path: '/etc/ssh/sshd_config.d/lab.conf', content: 'UseDNS no\n', mode: 0o644 },
  { path: '/etc/sudoers.d/010_pi-nopasswd', content: 'pi ALL=(ALL) NOPASSWD: ALL\n', mode: 0o440 },
  {
    path: '/etc/rpi-issue',
    content: 'Raspberry Pi reference 2025-05-13\nGenerated using pi-gen\n',
    mode: 0o644,
  },
  { path: '/etc/machine-id', content: '', mode: 0o444 },
  { path: '/etc/fstab', content: 'proc /proc proc defaults 0 0\n', mode: 0o644 },
];

/** What the boot partition of a new Pi holds. Kernels are only names here: the lab's firmware loads none. */
export const bootFiles: readonly BaseFile[] = [
  { path: 'config.txt', content: config, mode: 0o755 },
  { path: 'cmdline.txt', content: cmdline, mode: 0o755 },
  { path: 'issue.txt', content: 'Raspberry Pi reference 2025-05-13\n', mode: 0o755 },
  { path: 'bootcode.bin', content: 'the lab boots without it\n', mode: 0o755 },
  { path: 'start4.elf', content: 'the lab boots without it\n', mode: 0o755 },
  { path: 'fixup4.dat', content: 'the lab boots without it\n', mode: 0o755 },
  { path: 'kernel8.img', content: 'the lab boots without it\n', mode: 0o755 },
];
