import { describe, expect, it } from 'vitest';
import { encryptedPassphrase } from '../../../../core/formats/wifi.ts';
import { findingsOf, fixed, told } from './findings.ts';

/** What the shell makes of a text; each with what it says of it. */
const READING: readonly (readonly [text: string, ...told: readonly string[]])[] = [
  [
    "hostname=pi\ntimezone='Europe\n# rootpw\n",
    '1 warning root-password “hostname=pi”',
    "2 error syntax-error “'Europe”",
  ],
  [
    "hostname=pi\ntimezone='Europe\n",
    "2 error syntax-error “'Europe”",
    "3 warning never-read “rootpw='a long one'”",
  ],
  [
    'timezone="Europe\r\nhostname=pi\r\nlocales="en_GB"\r\n# rootpw',
    '1 warning root-password “timezone="Europe”',
    '1 error syntax-error “"Europe”',
    '2 warning never-read “hostname=pi\r\nlocales="en_GB"\r\n# rootpw”',
  ],
  [
    "domainname='a\ncmdline='b # rootpw\n",
    "1 warning root-password “domainname='a”",
    "1 error quote-over-lines “'a”",
    "1 warning host-name “'a\ncmdline='b”",
  ],
  ['hostname=(a b)\n', '1 error not-a-setting “(a”'],
  [
    'userpw=pa(ss\nhostname=a\n',
    '1 error syntax-error “(”',
    "2 warning never-read “hostname=a\nrootpw='a long one'”",
  ],
  ['hostname=a timezone=UTC echo x\n', '1 error unquoted-value “timezone=UTC echo x”'],
  ['exit 0; rootpw=own\n', '1 error installer-ends “exit 0”', '1 warning never-read “rootpw=own”'],
  ['hostname = kitchen\n', '1 error spaces-around-equals “hostname = kitchen”'],
  ['hostname =kitchen\n', '1 error spaces-around-equals “hostname =kitchen”'],
  ['hostname= kitchen\n', '1 error spaces-around-equals “hostname= kitchen”'],
  ['hostname=kitchen\n'],
  ['hostname=kitchen # = kitchen\n'],
  ['cmdline=console=tty1 quiet\n', '1 error unquoted-value “cmdline=console=tty1 quiet”'],
  [
    'root_ssh_pubkey=ssh-ed25519 AAAA me\n',
    '1 error unquoted-value “root_ssh_pubkey=ssh-ed25519 AAAA me”',
  ],
  ['timezone=a&b\n', '1 error unquoted-value “timezone=a&b”'],
  ["cmdline='console=tty1 quiet'\n"],
  ['echo hello\n', '1 error not-a-setting “echo hello”'],
  ['if true; then hostname=x; fi\n', '1 error not-a-setting “if”'],
  ['exit 0\n', '1 error installer-ends “exit 0”', "2 warning never-read “rootpw='a long one'”"],
  ['exec sh\n', '1 error installer-ends “exec sh”', "2 warning never-read “rootpw='a long one'”"],
  ['hostname=pi$x\n', '1 error shell-expansion “$x”'],
  ['hostname="pi$$"\n', '1 error shell-expansion “$$”'],
  ['hostname=`date`\n', '1 error shell-expansion “`date`”'],
  ["hostname='pi'\n"],
  ["cmdline='quiet $x'\n", "1 error expanded-twice “'quiet $x'”"],
  ['domainname=a;b\n', '1 error unquoted-value “domainname=a;b”'],
  ['domainname=a;bb=1\n', '1 error unquoted-value “domainname=a;bb=1”'],
  ['domainname=a; bb=1\n', '1 warning unknown-option “bb”'],
  ['domainname=a;timezon=UTC\n', '1 warning unknown-option “timezon”'],
  ['hostname=a; hostname = b\n', '1 error spaces-around-equals “hostname = b”'],
  ['timezone=UTC; domainname=b\n'],
  ['hostname: kitchen\n', '1 error not-a-setting “hostname: kitchen”'],
  ['wlan-country=GB\n', '1 error not-a-setting “wlan-country=GB”'],
  ['userpw=pa\\ss\nusername=a\n', '1 error lost-backslash “\\s”'],
  ["userpw='pa\\ss'\nusername=a\n"],
  ['cmdline=a\\ b\n'],
  [
    'domainname=a\\\nhostname=b\n',
    '1 warning host-name “a\\\nhostname=b”',
    '1 error lost-backslash “\\”',
  ],
  ['domainname=a\\\n.c hostname=a \\\ntimezone=UTC\n'],
  ['packages="vim,\\\ngit"\n'],
  [
    'hostname=“kitchen”\n',
    '1 error typographic-quotes ““kitchen””',
    '1 warning host-name ““kitchen””',
  ],
  ['\uFEFFhostname=a\ntimezone=UTC\n', '1 error byte-order-mark “\uFEFF”'],
  ['hostname=a\nhostname=b\n', '1 warning overwritten “hostname=a”'],
  ['hostname=a\nhostname+=b\n'],
  ['export hostname=pi\n', '1 hint needless-export “export”'],
  ['export hostname=pi timezone=UTC\n', '1 hint needless-export “export”'],
  ['hostname=pi\r\ntimezone=Etc/UTC\r\n'],
];

const VALUES: readonly (readonly [text: string, ...told: readonly string[]])[] = [
  ['hostnmae=pi\n', '1 warning unknown-option “hostnmae”'],
  ['root_ssh_pubkey=/home/ada/ada.pub\n', '1 error public-key “/home/ada/ada.pub”'],
  ["user_ssh_pubkey='~/ada.pub'\nusername=ada\n", "1 error public-key “'~/ada.pub'”"],
  ['mine=1\nhostname=pi$mine\n', '2 information shell-expansion “$mine”'],
  ['ip4_addr=dhcp\n', '1 warning other-dialect “ip4_addr”'],
  ['enable_watchdog=1\n', '1 warning deprecated-option “enable_watchdog”'],
  [
    'root_ssh_allow=0\n',
    '1 warning deprecated-option “root_ssh_allow”',
    '1 error no-login “root_ssh_allow=0”',
  ],
  ['ip_broadcast=192.168.1.255\n', '1 warning deprecated-option “ip_broadcast”'],
  ['installer_telnet=1\n', '1 warning deprecated-option “1”'],
  ['rootdev=/dev/sda\n', '1 information internal-option “rootdev”'],
  ['timezone=\n', '1 warning empty-value “timezone=”'],
  ['spi_enable=\nmirror_cache=\n'],
  ['spi_enable=yes\n', '1 warning invalid-value “yes”'],
  ['preset=tiny\n', '1 warning invalid-value “tiny”'],
  ['rootfstype=xfs\n', '1 error invalid-value “xfs”'],
  ['bootsize=512M\n', '1 error invalid-value “512M”'],
  ['bootsize=+512\n', '1 error invalid-value “+512”'],
  ['bootsize=+512MiB\n', '1 hint invalid-value “+512MiB”'],
  ['rootsize=8G\n', '1 error invalid-value “8G”'],
  ['rootsize=+8G\nbootsize=+512M\n'],
  ['boot_volume_label=twelve_chars\n', '1 error invalid-value “twelve_chars”'],
  ['boot_volume_label=eleven_char\n'],
  ['packages=vim,git:armhf,foo/bullseye\n'],
  ['packages="vim git"\n'],
  ['packages=Vim!\n', '1 error invalid-value “Vim!”'],
  ['hostname=my_pi\n', '1 warning host-name “my_pi”'],
  ['hostname=kitchen.example.org\n', '1 warning host-name “kitchen.example.org”'],
  ['username=Ada\nuser_ssh_pubkey=ada\n', '1 error user-name “Ada”'],
  ['username=www-data\nuser_ssh_pubkey=ada\n', '1 error user-name “www-data”'],
  ['timezone=Berlin\n', '1 warning unknown-timezone “Berlin”'],
  ['timezone=Europe/Berlin\n'],
  ['timezone=US/Pacific\n'],
  ['locales=en_GB,xx_YY.UTF-8\n', '1 warning unknown-locale “xx_YY.UTF-8”'],
  ['locales="de_DE.UTF-8 en_GB sr_RS@latin"\nsystem_default_locale=C.UTF-8\n'],
  ['system_default_locale=en_GB.utf8\n', '1 warning unknown-locale “en_GB.utf8”'],
  ['keyboard_layout=uk\n', '1 warning unknown-keyboard-layout “uk”'],
  ['keyboard_layout=gb\n'],
  ['wlan_country=UK\n', '1 warning unknown-country “UK”'],
  ['wlan_country=GB\n'],
  ['release=bulseye\n', '1 warning unknown-release “bulseye”'],
  ['release=bullseye\n'],
  ['root_ssh_pubkey="ssh-ed25519 AAAA"\n', '1 error public-key “"ssh-ed25519 AAAA"”'],
  ['dt_overlays=w1-gpio,gpiopin=4\n', '1 warning overlay-parameters “w1-gpio,gpiopin=4”'],
  ['dt_overlays="w1-gpio i2c-rtc"\n'],
];

const STATIC = 'ip_addr=192.168.1.20\nip_gateway=192.168.1.1\nip_nameservers=9.9.9.9\n';
const WIFI = 'ifname=wlan0\nwlan_ssid=net\n';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJNphSVjRjsGXKUkP9zj8LpuLGnvmZ5LzFVPnT2O5mGO ada';

const TOGETHER: readonly (readonly [text: string, ...told: readonly string[]])[] = [
  [STATIC],
  ['ip_addr=192.168.1.20\n', '1 error missing-partner “ip_addr=192.168.1.20”'],
  [
    'ip_addr=192.168.1.20\nip_gateway=192.168.1.1\n',
    '1 error missing-partner “ip_addr=192.168.1.20”',
  ],
  [
    'ip_addr=8.8.4.4\nip_gateway=8.8.4.1\nip_nameservers=9.9.9.9\n',
    '1 error missing-partner “ip_addr=8.8.4.4”',
  ],
  [
    STATIC.replace('ip_gateway=192.168.1.1', 'ip_gateway=192.168.2.1'),
    '2 error ip-settings “192.168.2.1”',
  ],
  [
    STATIC.replace('ip_gateway=192.168.1.1', 'ip_gateway=192.168.1.20'),
    '2 error ip-settings “192.168.1.20”',
  ],
  [STATIC.replace('192.168.1.20', '192.168.1.255'), '1 error ip-settings “192.168.1.255”'],
  [STATIC.replace('192.168.1.20', '192.168.1.300'), '1 error ip-settings “192.168.1.300”'],
  [STATIC.replace('192.168.1.20', '192.168.1.20/24'), '1 error ip-settings “192.168.1.20/24”'],
  [`${STATIC}ip_netmask=255.0.255.0\n`, '4 error ip-settings “255.0.255.0”'],
  [`${STATIC}ip_netmask=255.255.255.0\n`],
  [STATIC.replace('9.9.9.9', '9.9.9.9,1.1.1.1'), '3 error ip-settings “9.9.9.9,1.1.1.1”'],
  [STATIC.replace('9.9.9.9', '"9.9.9.9 1.1.1.1"')],
  ['ip_gateway=192.168.1.1\n', '1 warning no-effect “ip_gateway=192.168.1.1”'],
  [`${WIFI}wlan_psk_encrypted=${'0a'.repeat(32)}\n`],
  ['ifname=wlan0\n', '1 error missing-partner “ifname=wlan0”'],
  [WIFI, '1 error missing-partner “ifname=wlan0”'],
  [`${WIFI}wlan_psk=hunter22\n`, '3 warning clear-wifi-password “hunter22”'],
  [
    `${WIFI}wlan_psk=short\n`,
    '3 error invalid-value “short”',
    '3 warning clear-wifi-password “short”',
  ],
  [`${WIFI}wlan_psk_encrypted=12345\n`, '3 error invalid-value “12345”'],
  ['wlan_ssid=net\n', '1 warning no-effect “wlan_ssid=net”'],
  ['installer_telnet=connect\n', '1 error missing-partner “installer_telnet=connect”'],
  ['installer_telnet=connect\ninstaller_telnet_host=10.0.0.1\n'],
  ['userpw=secret1\n', '1 warning no-effect “userpw=secret1”'],
  ['usergroups=gpio\n', '1 warning no-effect “usergroups=gpio”'],
  ['ip_addr=2001:db8::1\n', '1 error ip-settings “2001:db8::1”'],
  ['ip_addr=DHCP\n', '1 error ip-settings “DHCP”'],
  ['i2c_baudrate=400000\n', '1 warning no-effect “i2c_baudrate=400000”'],
  ['i2c_baudrate=400000\ni2c_enable=1\n'],
  ['camera_disable_led=1\n', '1 warning no-effect “camera_disable_led=1”'],
  ['hdmi_tv_res=1080p\n', '1 warning no-effect “hdmi_tv_res=1080p”'],
  ['camera_disable_led=0\n'],
  ['hdmi_type=tv\nhdmi_tv_res=720p\nhdmi_system_only=1\n'],
  ['hdmi_type=tv\n', '1 warning extra-reboot “hdmi_type=tv”'],
  ['hdmi_disable_overscan=1\n', '1 warning extra-reboot “hdmi_disable_overscan=1”'],
  ['hdmi_disable_overscan=1\nhdmi_system_only=1\n'],
  ['hdmi_disable_overscan=0\n'],
  ['rtc=ds1307\n', '1 warning extra-reboot “rtc=ds1307”'],
  [
    'sound_enable=1\nsound_usb_enable=1\nsound_usb_first=1\n',
    '3 warning no-effect “sound_usb_first=1”',
  ],
  ['mirror=http://deb.debian.org/debian\n', '1 error mirror-arch “http://deb.debian.org/debian”'],
  ['arch=arm64\nmirror=http://deb.debian.org/debian\n'],
  [
    'arch=arm64\nmirror=http://raspbian.raspberrypi.org/raspbian/\n',
    '2 error mirror-arch “http://raspbian.raspberrypi.org/raspbian/”',
  ],
  ['arch=arm64\n'],
  ['usbboot=1\n', '1 error usb-boot “usbboot=1”'],
  [
    'usbroot=1\nusbboot=1\n',
    '1 information usb-disk-wiped “usbroot=1”',
    '2 error usb-boot “usbboot=1”',
  ],
  [
    'cdebootstrap_cmdline=x\npreset=minimal\npackages=python3\n',
    '1 error no-kernel “cdebootstrap_cmdline=x”',
    '2 warning no-effect “preset=minimal”',
    '3 warning no-effect “packages=python3”',
  ],
  ['bootsize=+64M\n', '1 error boot-size “+64M”'],
  ['bootsize=+128M\n', '1 information boot-size “+128M”'],
  ['bootsize=+512M\n'],
  ['preset=base\n', '1 warning no-python “preset=base”', '1 warning no-ssh-server “preset=base”'],
  ['preset=base\npackages=openssh-server,ifupdown,python3\n'],
  ['preset=base\npackages=openssh-server,python3\nuse_systemd_services=1\n'],
  ['preset=minimal\npackages=vim\n', '2 warning no-python “packages=vim”'],
  ['preset=minimal\npackages=python3-minimal\n'],
  ['preset=server\npackages=vim\n'],
  [
    'use_systemd_services=1\npackages=sysvinit-core\n',
    '1 warning no-effect “use_systemd_services=1”',
  ],
  ['cleanup=1\n', '1 information reinstall-files “cleanup=1”'],
  ['final_action=poweroff\n', '1 information stays-off “final_action=poweroff”'],
];

const ACCESS: readonly (readonly [text: string, ...told: readonly string[]])[] = [
  ['hostname=pi # no rootpw\n', '1 warning root-password “hostname=pi # no rootpw”'],
  ['rootpw=\n', '1 warning root-password “rootpw=”'],
  ['rootpw=raspbian\n', '1 warning root-password “raspbian”'],
  ['rootpw=own\n'],
  ['root_ssh_pwlogin=1\n', '1 warning root-password-login “root_ssh_pwlogin=1”'],
  [`root_ssh_pwlogin=0\nroot_ssh_pubkey="${KEY}"\n`],
  ['root_ssh_pwlogin=0\n', '1 error no-login “root_ssh_pwlogin=0”'],
  ['hostname=pi\nssh_pwlogin=0\n', '1 error no-login “hostname=pi”'],
  [`ssh_pwlogin=0\nusername=ada\nuser_ssh_pubkey="${KEY}"\n`],
  ['username=ada\n', '1 warning user-without-login “username=ada”'],
  [
    `username=ada\nuser_ssh_pubkey="${KEY}"\nuserperms_admin=1\n`,
    '3 information passwordless-sudo “userperms_admin=1”',
  ],
];

describe('what the shell makes of a text', () => {
  it.each(READING)('%j', (text, ...expected) => expect(told(text)).toEqual(expected));
});
describe('names and values', () => {
  it.each(VALUES)('%j', (text, ...expected) => expect(told(text)).toEqual(expected));
});
describe('options that belong together', () => {
  it.each(TOGETHER)('%j', (text, ...expected) => expect(told(text)).toEqual(expected));
});
describe('who gets in', () => {
  it.each(ACCESS)('%j', (text, ...expected) => expect(told(text)).toEqual(expected));

  it('says that passwords stay on the medium, unless something removes them', () => {
    const text = "rootpw='own'\nusername=ada\nuserpw=secret1\n";
    const project = { scrubsPasswords: false };
    expect(told(text, project)).toEqual([
      "1 information clear-password “'own'”",
      '3 warning clear-password “secret1”',
    ]);
    expect(told(`${text}cleanup=1\n`, project).join()).not.toContain('clear-password');
    expect(told(text, { scrubsPasswords: true })).toEqual([]);
  });

  it('never repeats a password', () => {
    const text =
      "rootpw= hunter2hunter2\nuserpw=hunter2hunter2 hunter2hunter2\nwlan_psk=hunter2hunter2&hunter2hunter2\nwlan_psk='hunter2hunter2'\nrootpw='hunter2hunter2\n";
    const messages = findingsOf(text).map(({ message }) => message);
    expect(messages.length).toBeGreaterThan(3);
    expect(messages.join('\n')).not.toContain('hunter2');
  });
});

it.each([
  ['hostname=a\nhostname=b\n', 'overwritten', 'hostname=b'],
  [STATIC.replace('.1.1', '.2.1'), 'ip-settings', 'ip_addr=192.168.1.20'],
  ['arch=arm64\nmirror=http://archive.raspbian.org/raspbian\n', 'mirror-arch', 'arch=arm64'],
  ['usbroot=0\nusbboot=1\n', 'usb-boot', 'usbroot=0'],
  ['ssh_pwlogin=0\n', 'no-login', 'ssh_pwlogin=0'],
  ['exit\nhostname=a\n', 'never-read', 'exit'],
])('in %j %s shows the other place', (text, code, other) => {
  const found = findingsOf(text).find((each) => each.code === code);
  expect(found?.related?.map(({ start, end }) => text.slice(start, end))).toEqual([other]);
});

it('what counts for nothing is marked as unnecessary, what is old as deprecated', () => {
  const tagsIn = (text: string): unknown => findingsOf(text).map(({ tags }) => tags);
  expect(tagsIn('hostname=a\nhostname=b\n')).toEqual([['unnecessary']]);
  expect(tagsIn('usergroups=gpio\n')).toEqual([['unnecessary']]);
  expect(tagsIn('exit\nhostname=a\n')).toEqual([undefined, ['unnecessary']]);
  expect(tagsIn('enable_watchdog=1\n')).toEqual([['deprecated']]);
});

describe('a fix leaves nothing of its fault', () => {
  it.each([
    ['hostname = kitchen\n', 'spaces-around-equals', 'hostname=kitchen\n'],
    ['cmdline= console=tty1 quiet\n', 'spaces-around-equals', "cmdline='console=tty1 quiet'\n"],
    ['cmdline=a b  c # why\n', 'unquoted-value', "cmdline='a b  c' # why\n"],
    ['domainname=a;b\n', 'unquoted-value', "domainname='a;b'\n"],
    ['domainname=a;bb=1 # why\n', 'unquoted-value', "domainname='a;bb=1' # why\n"],
    ['userpw=pa(ss) # why\nhostname=a\n', 'syntax-error', "userpw='pa(ss)' # why\nhostname=a\n"],
    ['domainname=Cafe (5 GHz)\n', 'syntax-error', "domainname='Cafe (5 GHz)'\n"],
    ['userpw=a${x\n', 'not-a-setting', "userpw='a${x'\n"],
    ['domainname=a\\\nhostname=b\n', 'lost-backslash', 'domainname=a\nhostname=b\n'],
    ['userpw=)\n', 'syntax-error', "userpw=')'\n"],
    ['userpw=(it)\n', 'not-a-setting', "userpw='(it)'\n"],
    ['hostname=a userpw=pass)\r\n', 'syntax-error', "hostname=a userpw='pass)'\r\n"],
    ['export hostname=a timezone=UTC\n', 'needless-export', 'hostname=a timezone=UTC\n'],
    ['hostname: kitchen\n', 'not-a-setting', 'hostname=kitchen\n'],
    ['wlan-country="GB"\n', 'not-a-setting', 'wlan_country="GB"\n'],
    ['userpw=pa\\ss\n', 'lost-backslash', "userpw='pa\\ss'\n"],
    ['domainname=“a.c”\n', 'typographic-quotes', "domainname='a.c'\n"],
    ['\uFEFFhostname=a\n', 'byte-order-mark', 'hostname=a\n'],
    ['domainname=a&b\n', 'unquoted-value', "domainname='a&b'\n"],
    ['userpw=pa$word\n', 'shell-expansion', "userpw='pa$word'\n"],
    ['userpw="it\'s $5"\n', 'shell-expansion', "userpw='it'\\''s $5'\n"],
    ['hostname=a # old\nhostname=b\n', 'overwritten', 'hostname=b\n'],
    ['  export hostname=b\n', 'needless-export', '  hostname=b\n'],
    ['hostnmae=a\n', 'unknown-option', 'hostname=a\n'],
    ['ip4_addr=dhcp\n', 'other-dialect', 'ip_addr=dhcp\n'],
    ['enable_watchdog=1\n', 'deprecated-option', 'watchdog_enable=1\n'],
    ['watchdog_enable=0\nenable_watchdog=1\n', 'deprecated-option', 'watchdog_enable=0\n'],
    ['ip_broadcast=1.2.3.4\nhostname=a\n', 'deprecated-option', 'hostname=a\n'],
    ['installer_telnet=0\n', 'deprecated-option', 'installer_telnet=none\n'],
    ['timezone=""\n', 'empty-value', 'timezone=Etc/UTC\n'],
    ['bootsize=512MB\n', 'invalid-value', 'bootsize=+512M\n'],
    ['spi_enable=true\n', 'invalid-value', 'spi_enable=1\n'],
    ['mirror_cache=http://cache:3142/\n', 'invalid-value', 'mirror_cache=cache:3142\n'],
    ['hostname=kitchen.example.org\n', 'host-name', 'hostname=kitchen domainname=example.org\n'],
    ['username=Ada\nuser_ssh_pubkey=f\n', 'user-name', 'username=ada\nuser_ssh_pubkey=f\n'],
    ['timezone="europe/berlin"\n', 'unknown-timezone', 'timezone=Europe/Berlin\n'],
    ['locales="en_GB de_DE.utf8"\n', 'unknown-locale', 'locales="en_GB de_DE.UTF-8"\n'],
    ['system_default_locale=en\n', 'unknown-locale', 'system_default_locale=en_GB.UTF-8\n'],
    ['wlan_country=de\n', 'unknown-country', 'wlan_country=DE\n'],
    [
      STATIC.replace('9.9.9.9', '9.9.9.9,1.1.1.1'),
      'ip-settings',
      STATIC.replace('9.9.9.9', "'9.9.9.9 1.1.1.1'"),
    ],
    [
      STATIC.replace('.20', '.20/24'),
      'ip-settings',
      STATIC.replace('.20', '.20 ip_netmask=255.255.255.0'),
    ],
    [
      'hdmi_type=tv # TV\nhostname=a\n',
      'extra-reboot',
      'hdmi_type=tv # TV\nhdmi_system_only=1\nhostname=a\n',
    ],
    [
      'preset=minimal\r\nhostname=a\r\n',
      'no-python',
      'preset=minimal\r\npackages=python3\r\nhostname=a\r\n',
    ],
    ['bootsize=+64M\n', 'boot-size', 'bootsize=+512M\n'],
  ])('%j: %s', (text, code, expected) => {
    const after = fixed(text, code);
    expect(after).toBe(expected);
    expect(findingsOf(after).map((each) => each.code)).not.toContain(code);
  });
});

it.each([
  ['keyboard_layout=de\nkeyboard_layuot=x\n', 'unknown-option'],
  ['usbroot=yes\n', 'invalid-value'],
  ['usbboot=true\n', 'invalid-value'],
])('in %j %s is not mended without a look, which would lose or wipe something', (text, code) => {
  const [found] = findingsOf(text).filter((each) => each.code === code);
  expect(found?.fixes).toHaveLength(1);
  expect(found?.fixes?.[0]?.preferred).toBeUndefined();
});

it('“export” stays where a name behind it would become a command', () => {
  const [found] = findingsOf('export hostname=a PATH\n');
  expect(found).toMatchObject({ code: 'needless-export', fixes: [] });
});

it('an expansion that never ends is not called a command', () => {
  const [found] = findingsOf('userpw=a$(x\n');
  expect(found?.message).toContain('single quotes');
  expect(found?.message).not.toContain('post-install');
});

it('quotes are not offered around another setting', () => {
  const [found] = findingsOf('hostname=a(b) timezone=UTC\n');
  expect(found).toMatchObject({ code: 'syntax-error', fixes: [] });
});

describe('the passphrase of a Wi-Fi', () => {
  // The test vectors of IEEE 802.11i, H.4.3.
  it.each([
    ['IEEE', 'password', 'f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e'],
    [
      'ThisIsASSID',
      'ThisIsAPassword',
      '0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af',
    ],
    [
      'Z'.repeat(32),
      'a'.repeat(32),
      'becb93866bb8c3832cb777c2f559807c8c59afcb6eae734885001300a981cc62',
    ],
  ])('for %s is encrypted as the standard says', (network, passphrase, key) => {
    expect(encryptedPassphrase(network, passphrase)).toBe(key);
    const text = `ifname=wlan0\nwlan_ssid=${network}\nwlan_psk=${passphrase}\n`;
    const after = fixed(text, 'clear-wifi-password');
    expect(after).toBe(`ifname=wlan0\nwlan_ssid=${network}\nwlan_psk_encrypted=${key}\n`);
    expect(told(after)).toEqual([]);
  });

  it('that is a key already only gets its right name', () => {
    const key = '0a'.repeat(32);
    expect(fixed(`${WIFI}wlan_psk=${key}\n`, 'clear-wifi-password')).toBe(
      `${WIFI}wlan_psk_encrypted=${key}\n`,
    );
  });

  it('beside an encrypted one can go', () => {
    const encrypted = `${WIFI}wlan_psk_encrypted=${'0a'.repeat(32)}\n`;
    expect(fixed(`${encrypted}wlan_psk=hunter22\n`, 'clear-wifi-password')).toBe(encrypted);
  });
});

describe('what surrounds the file', () => {
  it('a wpa_supplicant.conf stands for ssid and psk, and makes written ones useless', () => {
    expect(told('ifname=wlan0\n', { hasWpaSupplicant: true })).toEqual([]);
    expect(told(WIFI, { hasWpaSupplicant: true })).toEqual(['2 warning no-effect “wlan_ssid=net”']);
  });

  it('a key may be a file beside it', () => {
    const text = 'root_ssh_pubkey=ada.pub\n';
    expect(told(text)).toEqual([]);
    expect(told(text, { files: new Set(['ada.pub']) })).toEqual([]);
    expect(told(text, { files: new Set() })).toEqual(['1 error public-key “ada.pub”']);
  });

  it('the boot partition must hold what is copied back', () => {
    const bootBytes = 300 * 1024 * 1024;
    expect(told('bootsize=+256M\n', { bootBytes })).toEqual(['1 error boot-size “+256M”']);
    expect(told('bootsize=+512M\n', { bootBytes })).toEqual([]);
  });

  it('a model that it can’t install is an error, and a warning where others can be installed', () => {
    const five = { name: 'attic', model: 'Raspberry Pi 5 Model B Rev 1.0' };
    const four = { name: 'kitchen', model: 'Raspberry Pi 4 Model B Rev 1.4' };
    const zero = { name: 'shed', model: 'Raspberry Pi Zero W Rev 1.1' };
    expect(told('hostname=a\n', { hosts: [five] })).toEqual([
      '1 error unsupported-model “hostname=a”',
    ]);
    expect(told('hostname=a\n', { hosts: [four, five] })).toEqual([
      '1 warning unsupported-model “hostname=a”',
    ]);
    expect(told('hostname=a\n', { hosts: [four, zero] })).toEqual([]);
    expect(told('arch=arm64\n', { hosts: [zero] })).toEqual(['1 error unsupported-model “arm64”']);
    expect(told('arch=arm64\n', { hosts: [four] })).toEqual([]);
  });

  it('where rpi makes the accounts, a file without any is right', () => {
    const text = '# nothing of rootpw\nroot_ssh_pwlogin=0\nssh_pwlogin=0\n';
    expect(told(text, { managesAccounts: true })).toEqual([
      '1 information root-password “# nothing of rootpw”',
    ]);
  });

  it('a second configuration from the network may set what is missing here', () => {
    expect(told('online_config=http://10.0.0.1/x # rootpw\n')).toEqual([]);
  });

  it('a second configuration can’t bring what the installer needs to download it', () => {
    const text = 'ifname=wlan0\nonline_config=http://10.0.0.1/x\n';
    const [finding] = findingsOf(text);
    expect(finding).toMatchObject({
      code: 'missing-partner',
      message: expect.stringContaining('downloaded too late') as string,
    });
    const [without] = findingsOf('ifname=wlan0\n');
    expect(without?.message).not.toContain('online_config');
  });

  it('a second configuration comes too late for what was read before it, and for nothing else', () => {
    const text =
      'installer_telnet=none\nip_addr=dhcp\nusbboot=0\nifname=wlan0\ntimezone=Europe/Berlin\nusergroups=gpio\n';
    const late = [
      '2 warning too-late “installer_telnet=none”',
      '3 information too-late “ip_addr=dhcp”',
      '4 warning too-late “usbboot=0”',
      '5 warning too-late “ifname=wlan0”',
    ];
    expect(told(`# online config\n${text}# no rootpw\n`)).toEqual(late);
    expect(told(`# kitchen\n${text}# no rootpw\n`, { isOnline: true })).toEqual(late);
    const first = told(`# kitchen\n${text}# no rootpw\n`);
    expect(first.join()).not.toContain('too-late');
    expect(first.join()).toContain('root-password');
    expect(told('# online config\n# raspbian-ua-netinst\nifname=eth0\nip_addr=dhcp\n')).toContain(
      '3 information too-late “ifname=eth0”',
    );
  });
});

describe('raspbian-ua-netinst', () => {
  const older = (text: string): string[] => told(`# raspbian-ua-netinst\n${text}`);
  it.each([
    ['ip4_addr=dhcp\n'],
    ['ip_addr=dhcp\n', '2 warning deprecated-option “ip_addr”'],
    ['userperms_admin=1\n', '2 warning other-dialect “userperms_admin”'],
    ['ip4_addr=192.168.1.20\n', '2 error missing-partner “ip4_addr=192.168.1.20”'],
    ['ip4_addr=192.168.1.20\nip4_prefixlength=24\nip4_gateway=192.168.1.1\n'],
    [
      'ip4_addr=192.168.1.20\nip4_prefixlength=24\nip4_gateway=192.168.2.1\n',
      '4 error ip-settings “192.168.2.1”',
    ],
    [
      'ip4_prefixlength=255.255.255.0\nip4_addr=192.168.1.20\nip4_gateway=192.168.1.1\n',
      '2 error ip-settings “255.255.255.0”',
    ],
    ['ifname=wlan0\n', '2 error missing-partner “ifname=wlan0”'],
    ['locales=en_GB,de_DE\n', '2 warning unknown-locale “en_GB,de_DE”'],
    ['bootsize=\n', '2 warning empty-value “bootsize=”'],
    ['rootpw=\n', '1 error no-login “# raspbian-ua-netinst”', '2 warning root-password “rootpw=”'],
    ['disable_root=1 # rootpw\n', '1 error no-login “# raspbian-ua-netinst”'],
  ])('%j', (text, ...expected) => expect(older(text)).toEqual(expected));
});
