/** What the choices of options mean, in a few words; for both installers, by option and value. */

type Meanings = Readonly<Record<string, string>>;

const MEANINGS: Readonly<Record<string, Meanings>> = {
  preset: {
    base: 'the system alone: no ssh server, no network',
    minimal: 'with ssh server and network',
    server: 'with the tools of a server, too',
  },
  release: {
    bullseye: 'Debian 11, what this installer finishes',
    bookworm: 'Debian 12: is not finished',
    trixie: 'Debian 13: is not finished',
    stable: 'the newest release: is not finished',
    oldstable: 'the release before: is not finished',
  },
  arch: {
    armhf: '32 bits, for every model',
    arm64: '64 bits, for Pi 3, Zero 2 W and newer',
  },
  init_system: {
    systemd: 'as Debian does it',
    sysvinit: 'scripts in /etc/init.d',
    runit: 'small, with supervised services',
  },
  rtc: {
    ds1307: 'Dallas, 5 V, common and not exact',
    ds1339: 'Dallas, with alarm',
    ds3231: 'Dallas, temperature compensated: exact',
    mcp7940x: 'Microchip, with battery switch',
    mcp7941x: 'Microchip, with an EEPROM',
    pcf2127: 'NXP, temperature compensated: exact',
    pcf8523: 'NXP, low power',
    pcf8563: 'NXP, low power, older',
    abx80x: 'Abracon, very low power',
  },
  hdmi_type: {
    tv: 'a television: the modes of hdmi_tv_res',
    monitor: 'a computer’s screen: the modes of hdmi_monitor_res',
  },
  hdmi_tv_res: {
    '720p': '1280 × 720',
    '1080i': '1920 × 1080, interlaced',
    '1080p': '1920 × 1080',
  },
  hdmi_monitor_res: {
    '640x480': 'VGA, 4:3',
    '800x600': 'SVGA, 4:3',
    '1024x768': 'XGA, 4:3',
    '1280x1024': 'SXGA, 5:4',
  },
  rootfstype: {
    ext4: 'well tried, and what most tools know',
    f2fs: 'made for flash memory',
    btrfs: 'with snapshots and checksums',
  },
  final_action: {
    reboot: 'starts the new system',
    poweroff: 'switches off until somebody comes',
    halt: 'stops, with power on, until somebody comes',
    console: 'stays in the installer until somebody comes',
  },
  fail_action: {
    poweroff: 'switches off until somebody comes',
    reboot: 'tries again',
    halt: 'stops, with power on, until somebody comes',
    shell: 'opens a shell on the screen',
  },
  installer_telnet: {
    none: 'progress on the screen only',
    listen: 'progress on TCP port 23 for whoever connects',
    connect: 'progress to installer_telnet_host',
  },
  hardware_versions: {
    detect: 'the kernel of the model it runs on',
    '0': 'the kernel of Zero',
    '1': 'the kernel of Pi 1',
    '2': 'the kernel of Pi 2',
    '3': 'the kernel of Pi 3',
    '4': 'the kernel of Pi 4',
  },
  keyboard_layout: { 'nec_vndr/jp': 'Japanese (PC-98)' },
  ip_addr: { dhcp: 'asks the router' },
  ip4_addr: { dhcp: 'asks the router', disable: 'no IPv4' },
  ip6_addr: { auto: 'from what the router announces', disable: 'no IPv6' },
  ip6_gateway: { auto: 'from what the router announces' },
  ip6_nameservers: { auto: 'from what the router announces', disable: 'those of IPv4 only' },
};

/** '' where nobody has to be told. */
export function meaningOf(option: string, value: string): string {
  return MEANINGS[option]?.[value] ?? '';
}
