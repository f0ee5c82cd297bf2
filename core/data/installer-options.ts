/**
 * The options of installer-config.txt as raspberrypi-ua-netinst reads them (v2.5.0 of 2023;
 * source: scripts/opt/raspberrypi-ua-netinst/install.sh and doc/INSTALL_CUSTOM.md of
 * github.com/FooDeas/raspberrypi-ua-netinst). Its internal variables, which a config could set
 * because it is sourced, are left out on purpose.
 */

export type OptionType =
  | 'boolean'
  | 'enum'
  | 'host'
  | 'hostport'
  | 'integer'
  | 'ipv4'
  | 'ipv4|dhcp'
  | 'list'
  | 'size'
  | 'sshkey-or-file'
  | 'string'
  | 'tz'
  | 'url';

export type InstallerOption = {
  readonly name: string;
  readonly group: string;
  readonly type: OptionType;
  /** What an unset *or empty* option becomes; without it, it stays empty. */
  readonly default?: string;
  /** A password: never shown, never journaled. */
  readonly secret?: true;
  /**
   * The installer passes the value through `eval`, so the shell reads it a second time: between
   * double quotes (`quoted`) or as bare words of a command line (`bare`).
   */
  readonly evaluated?: 'quoted' | 'bare';
  readonly values?: readonly string[];
  readonly pattern?: RegExp;
  readonly separator?: ',' | ' ';
  readonly min?: number;
  readonly max?: number;
  readonly maxLength?: number;
  /** Conditions: `a=b`, `a!=b`, `a~b` (contains), a bare name (is set). */
  readonly requires?: readonly string[];
  readonly requiredIf?: string;
  readonly conflicts?: readonly string[];
  readonly deprecated?: true;
  /** The new name of a deprecated option. */
  readonly replacement?: string;
};

const words = (text: string): readonly string[] => text.split(' ');

/** Users and groups that the new system has by itself: adduser refuses them, after the wipe. */
const TAKEN_NAMES =
  'root|daemon|bin|sys|sync|games|man|lp|mail|news|uucp|proxy|www-data|backup|list|irc|nobody|sshd|adm|tty|disk|sudo|audio|video|staff|users|gpio|i2c|spi|input|netdev|plugdev';

export const INSTALLER_OPTIONS: readonly InstallerOption[] = [
  {
    name: 'preset',
    group: 'package',
    type: 'enum',
    default: 'server',
    values: ['base', 'minimal', 'server'],
    conflicts: ['cdebootstrap_cmdline'],
  },
  {
    name: 'packages',
    group: 'package',
    type: 'list',
    evaluated: 'bare',
    pattern:
      /^[ ,]*(?:[a-z0-9][a-z0-9+.-]*(?::[a-z0-9]+)?(?:[=\/][A-Za-z0-9.+:~_-]+)?(?:[ ,]+|$))*$/,
    separator: ',',
    conflicts: ['cdebootstrap_cmdline'],
  },
  { name: 'firmware_packages', group: 'package', type: 'boolean' },
  {
    name: 'mirror',
    group: 'package',
    type: 'url',
    default: 'http://mirrordirector.raspbian.org/raspbian/',
    evaluated: 'bare',
    pattern: /^https?:\/\/\S+$/,
  },
  {
    name: 'mirror_cache',
    group: 'package',
    type: 'hostport',
    evaluated: 'bare',
    pattern: /^[A-Za-z0-9.-]+:\d{1,5}$/,
  },
  {
    name: 'release',
    group: 'package',
    type: 'string',
    default: 'bullseye',
    evaluated: 'bare',
    pattern: /^[a-z]+$/,
  },
  {
    name: 'arch',
    group: 'package',
    type: 'enum',
    default: 'armhf',
    evaluated: 'bare',
    values: ['armhf', 'arm64'],
  },
  { name: 'spi_enable', group: 'device', type: 'boolean', default: '0' },
  { name: 'i2c_enable', group: 'device', type: 'boolean', default: '0' },
  { name: 'i2c_baudrate', group: 'device', type: 'integer', min: 1, requires: ['i2c_enable=1'] },
  { name: 'sound_enable', group: 'device', type: 'boolean', default: '0' },
  { name: 'sound_usb_enable', group: 'device', type: 'boolean', default: '0' },
  {
    name: 'sound_usb_first',
    group: 'device',
    type: 'boolean',
    default: '0',
    requires: ['sound_enable=1', 'sound_usb_enable=1'],
  },
  { name: 'camera_enable', group: 'device', type: 'boolean', default: '0' },
  {
    name: 'camera_disable_led',
    group: 'device',
    type: 'boolean',
    default: '0',
    requires: ['camera_enable=1'],
  },
  {
    name: 'rtc',
    group: 'device',
    type: 'enum',
    values: words('ds1307 ds1339 ds3231 mcp7940x mcp7941x pcf2127 pcf8523 pcf8563 abx80x'),
  },
  { name: 'dt_overlays', group: 'device', type: 'list', evaluated: 'quoted', separator: ',' },
  { name: 'user_ssh_pubkey', group: 'ssh', type: 'sshkey-or-file', requires: ['username'] },
  { name: 'root_ssh_pubkey', group: 'ssh', type: 'sshkey-or-file' },
  { name: 'root_ssh_pwlogin', group: 'ssh', type: 'boolean', default: '1' },
  { name: 'ssh_pwlogin', group: 'ssh', type: 'boolean' },
  {
    name: 'username',
    group: 'user',
    type: 'string',
    pattern: new RegExp(`^(?!(?:${TAKEN_NAMES})$)[a-z][-a-z0-9_]*$`),
    maxLength: 32,
  },
  { name: 'userpw', group: 'user', type: 'string', secret: true, requires: ['username'] },
  { name: 'usergpio', group: 'user', type: 'boolean', requires: ['username'] },
  { name: 'usergpu', group: 'user', type: 'boolean', requires: ['username'] },
  {
    name: 'usergroups',
    group: 'user',
    type: 'list',
    evaluated: 'quoted',
    pattern: /^[a-z_][a-z0-9_-]*([ ,]+[a-z_][a-z0-9_-]*)*$/,
    separator: ',',
    requires: ['username'],
  },
  {
    name: 'usersysgroups',
    group: 'user',
    type: 'list',
    evaluated: 'quoted',
    pattern: /^[a-z_][a-z0-9_-]*([ ,]+[a-z_][a-z0-9_-]*)*$/,
    separator: ',',
    requires: ['username'],
  },
  { name: 'userperms_admin', group: 'user', type: 'boolean', default: '0', requires: ['username'] },
  { name: 'userperms_sound', group: 'user', type: 'boolean', default: '0', requires: ['username'] },
  { name: 'rootpw', group: 'user', type: 'string', default: 'raspbian', secret: true },
  {
    name: 'hostname',
    group: 'network',
    type: 'string',
    default: 'pi',
    pattern: /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/,
  },
  { name: 'domainname', group: 'network', type: 'string', pattern: /^[A-Za-z0-9.-]*$/ },
  {
    name: 'ifname',
    group: 'network',
    type: 'string',
    default: 'eth0',
    pattern: /^(eth|wlan|en|usb)[a-z0-9]*$/,
  },
  { name: 'wlan_country', group: 'network', type: 'string', pattern: /^[A-Z]{2}$/ },
  {
    name: 'wlan_ssid',
    group: 'network',
    type: 'string',
    pattern: /^[^"]*$/,
    maxLength: 32,
    requires: ['ifname~wlan'],
  },
  {
    name: 'wlan_psk',
    group: 'network',
    type: 'string',
    secret: true,
    pattern: /^.{8,63}$/,
    requires: ['ifname~wlan', 'wlan_ssid'],
  },
  {
    name: 'wlan_psk_encrypted',
    group: 'network',
    type: 'string',
    secret: true,
    pattern: /^[0-9A-Fa-f]{64}$/,
    requires: ['ifname~wlan', 'wlan_ssid'],
  },
  {
    name: 'ip_addr',
    group: 'network',
    type: 'ipv4|dhcp',
    default: 'dhcp',
    pattern: /^(dhcp|\d{1,3}(\.\d{1,3}){3})$/,
  },
  {
    name: 'ip_netmask',
    group: 'network',
    type: 'ipv4',
    pattern: /^\d{1,3}(\.\d{1,3}){3}$/,
    requires: ['ip_addr!=dhcp'],
  },
  { name: 'ip_broadcast', group: 'network', type: 'ipv4', deprecated: true },
  {
    name: 'ip_gateway',
    group: 'network',
    type: 'ipv4',
    requires: ['ip_addr!=dhcp'],
    requiredIf: 'ip_addr!=dhcp',
  },
  {
    name: 'ip_nameservers',
    group: 'network',
    type: 'list',
    separator: ' ',
    requires: ['ip_addr!=dhcp'],
    requiredIf: 'ip_addr!=dhcp',
  },
  { name: 'ip_ipv6', group: 'network', type: 'boolean', default: '1' },
  {
    name: 'timezone',
    group: 'localization',
    type: 'tz',
    default: 'Etc/UTC',
    pattern: /^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/,
  },
  {
    name: 'keyboard_layout',
    group: 'localization',
    type: 'enum',
    values: words(
      'af al am ara at az ba bd be bg br brai bt bw by ca cd ch cm cn cz de dk ee epo es et fi fo fr gb ge gh gn gr hr hu ie il in iq ir is it jp ke kg kh kr kz la latam lk lt lv ma mao md me mk ml mm mn mt mv nec_vndr/jp ng nl no np ph pk pl pt ro rs ru se si sk sn sy th tj tm tr tw tz ua us uz vn za',
    ),
  },
  { name: 'locales', group: 'localization', type: 'list', evaluated: 'quoted', separator: ',' },
  {
    name: 'system_default_locale',
    group: 'localization',
    type: 'string',
    evaluated: 'quoted',
    pattern: /^(C|[a-z]{2,3}(_[A-Z]{2})?)(\.[A-Za-z0-9-]+)?(@[a-z]+)?(\.[A-Za-z0-9-]+)?$/,
  },
  { name: 'gpu_mem', group: 'graphics', type: 'integer', min: 16, max: 1024 },
  { name: 'console_blank', group: 'graphics', type: 'integer', evaluated: 'quoted', min: 0 },
  { name: 'hdmi_type', group: 'graphics', type: 'enum', values: ['tv', 'monitor'] },
  {
    name: 'hdmi_tv_res',
    group: 'graphics',
    type: 'enum',
    default: '1080p',
    values: ['720p', '1080i', '1080p'],
    requires: ['hdmi_type=tv'],
  },
  {
    name: 'hdmi_monitor_res',
    group: 'graphics',
    type: 'enum',
    default: '1024x768',
    values: ['640x480', '800x600', '1024x768', '1280x1024'],
    requires: ['hdmi_type=monitor'],
  },
  { name: 'hdmi_disable_overscan', group: 'graphics', type: 'boolean', default: '0' },
  { name: 'hdmi_system_only', group: 'graphics', type: 'boolean', default: '0' },
  { name: 'usbroot', group: 'partition', type: 'boolean', default: '0' },
  { name: 'usbboot', group: 'partition', type: 'boolean', default: '0', requires: ['usbroot=1'] },
  {
    name: 'rootfstype',
    group: 'partition',
    type: 'enum',
    default: 'f2fs',
    evaluated: 'bare',
    values: ['ext4', 'f2fs', 'btrfs'],
  },
  {
    name: 'boot_volume_label',
    group: 'partition',
    type: 'string',
    pattern: /^(?! )(?:(?![*?.,;:\/\\|+=<>\[\]"])[ -~]){0,11}$/,
    maxLength: 11,
  },
  {
    name: 'root_volume_label',
    group: 'partition',
    type: 'string',
    evaluated: 'bare',
    pattern: /^[A-Za-z0-9_-]{0,16}$/,
    maxLength: 16,
  },
  { name: 'bootsize', group: 'partition', type: 'size', default: '+128M', pattern: /^\+\d+[MG]$/ },
  { name: 'bootoffset', group: 'partition', type: 'integer', default: '8192', min: 2048 },
  { name: 'rootsize', group: 'partition', type: 'size', pattern: /^(\+\d+[MG])?$/ },
  { name: 'quiet_boot', group: 'advanced', type: 'boolean', default: '0' },
  { name: 'disable_raspberries', group: 'advanced', type: 'boolean', default: '0' },
  { name: 'disable_splash', group: 'advanced', type: 'boolean', default: '0' },
  { name: 'cleanup', group: 'advanced', type: 'boolean', default: '0' },
  { name: 'cleanup_logfiles', group: 'advanced', type: 'boolean', default: '0' },
  {
    name: 'cmdline',
    group: 'advanced',
    type: 'string',
    default: 'console=serial0,115200 console=tty1 fsck.repair=yes',
    evaluated: 'quoted',
  },
  {
    name: 'final_action',
    group: 'advanced',
    type: 'enum',
    default: 'reboot',
    values: ['reboot', 'poweroff', 'halt', 'console'],
  },
  {
    name: 'installer_telnet',
    group: 'advanced',
    type: 'enum',
    default: 'listen',
    values: words('none listen connect 0 1'),
  },
  {
    name: 'installer_telnet_host',
    group: 'advanced',
    type: 'host',
    requiredIf: 'installer_telnet=connect',
  },
  {
    name: 'installer_telnet_port',
    group: 'advanced',
    type: 'integer',
    default: '9923',
    min: 1,
    max: 65535,
    requires: ['installer_telnet=connect'],
  },
  { name: 'installer_retries', group: 'advanced', type: 'integer', default: '3', min: 0 },
  { name: 'installer_networktimeout', group: 'advanced', type: 'integer', default: '15', min: 1 },
  { name: 'installer_pkg_updateretries', group: 'advanced', type: 'integer', default: '3', min: 1 },
  {
    name: 'installer_pkg_downloadretries',
    group: 'advanced',
    type: 'integer',
    default: '5',
    min: 1,
  },
  { name: 'hwrng_support', group: 'advanced', type: 'boolean', default: '1' },
  { name: 'watchdog_enable', group: 'advanced', type: 'boolean', default: '0' },
  {
    name: 'cdebootstrap_cmdline',
    group: 'advanced',
    type: 'string',
    evaluated: 'bare',
    conflicts: ['preset', 'packages', 'firmware_packages'],
  },
  { name: 'rootfs_mkfs_options', group: 'advanced', type: 'string', evaluated: 'bare' },
  { name: 'timeserver', group: 'advanced', type: 'host', default: 'time.nist.gov' },
  { name: 'timeserver_http', group: 'advanced', type: 'url' },
  { name: 'disable_predictable_nin', group: 'advanced', type: 'boolean', default: '1' },
  { name: 'drivers_to_load', group: 'advanced', type: 'list', evaluated: 'quoted', separator: ',' },
  { name: 'online_config', group: 'advanced', type: 'url', pattern: /^https?:\/\/\S+$/ },
  {
    name: 'use_systemd_services',
    group: 'advanced',
    type: 'boolean',
    default: '0',
    conflicts: ['packages~sysvinit-core'],
  },
  { name: 'enable_watchdog', group: 'deprecated', type: 'boolean', replacement: 'watchdog_enable' },
  { name: 'root_ssh_allow', group: 'deprecated', type: 'boolean', replacement: 'root_ssh_pwlogin' },
  { name: 'user_is_admin', group: 'deprecated', type: 'boolean', replacement: 'userperms_admin' },
];

const byName = new Map(INSTALLER_OPTIONS.map((option) => [option.name, option]));

/** The option called `name`, or undefined where the installer knows none. */
export function installerOption(name: string): InstallerOption | undefined {
  return byName.get(name);
}
