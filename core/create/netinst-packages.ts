/**
 * What raspberrypi-ua-netinst downloads, and from where, by its install.sh (v2.5.0): first a base
 * from the mirror alone, then kernel, firmware and what the settings name, by apt.
 */
import { installerOption } from '../data/installer-options.ts';
import { parseSources, withSlash, type AptSource } from '../debian/source.ts';
import type { NetinstSettings } from '../install/backends/netinst/settings.ts';
import type { RenderedFile } from './host-files.ts';

/** An archive under the name that people know it by. */
export type NamedSource = AptSource & { readonly label: string };

export type NetinstDownloads = {
  readonly architecture: string;
  /** The mirror as the first step reads it. */
  readonly mirror: NamedSource;
  /** All that apt reads, the mirror among them. */
  readonly sources: readonly NamedSource[];
  /** For the first step; besides what every system has. */
  readonly base: readonly string[];
  readonly afterwards: readonly string[];
  /** Those of `packages`, as they are written there. */
  readonly asked: readonly string[];
  /** `host:port` of the apt cache that it goes through. */
  readonly cache: string | undefined;
};

/** How install.sh weighs archive.raspberrypi.org against others. */
const RASPBERRY_PI_PRIORITY = 600;
const RASPBERRY_PI_LIST = 'deb http://archive.raspberrypi.org/debian __RELEASE__ main';

/** Settings that decide; where the shell computes one of them, nobody can say what is installed. */
const DECISIVE = [
  ...['arch', 'release', 'mirror', 'mirror_cache', 'preset', 'packages', 'cdebootstrap_cmdline'],
  ...['firmware_packages', 'locales', 'system_default_locale', 'keyboard_layout', 'hwrng_support'],
  ...['watchdog_enable', 'sound_usb_enable', 'use_systemd_services', 'rtc', 'ifname', 'ip_addr'],
  'userperms_admin',
];

/** Names of settings that have to be plain for the rest to be known, and are not. */
export function computedSettings({ get }: NetinstSettings): string[] {
  return DECISIVE.filter((name) => get(name) === undefined);
}

/** Undefined where a setting is computed, and where `cdebootstrap_cmdline` replaces it all. */
export function netinstDownloads(
  settings: NetinstSettings,
  files: readonly RenderedFile[],
): NetinstDownloads | undefined {
  if (computedSettings(settings).length > 0) return undefined;
  const get = (name: string): string => settings.get(name) ?? '';
  if (get('cdebootstrap_cmdline') !== '') return undefined;
  const { base, afterwards } = packagesOf(get, ownLists(files).length > 0);
  const cache = get('mirror_cache');
  return {
    architecture: get('arch'),
    mirror: { ...mirrorOf(get), label: 'mirror', components: ['main'], trusted: false },
    sources: sourcesOf(get, files),
    base,
    afterwards,
    asked: words(get('packages')),
    cache: cache === '' ? undefined : cache,
  };
}

type Get = (name: string) => string;

function mirrorOf(get: Get): Pick<AptSource, 'url' | 'suite' | 'priority'> {
  const option = installerOption('mirror');
  const other = option?.defaultWith;
  const isOther = other?.value === get('arch') && get('mirror') === option?.default;
  const url = isOther ? other.default : get('mirror');
  return { url: withSlash(url), suite: get('release'), priority: 500 };
}

function sourcesOf(get: Get, files: readonly RenderedFile[]): NamedSource[] {
  const release = get('release');
  const listed = (text: string, label: string, priority = 500): NamedSource[] =>
    parseSources(text.replaceAll('__RELEASE__', release)).map((source, index) => ({
      ...source,
      priority,
      label: index === 0 ? label : `${label}, ${source.suite}`,
    }));
  const own = (name: string): string | undefined =>
    files.find(({ path }) => path === `config/apt/${name}`)?.content;
  const { url } = mirrorOf(get);
  const usual =
    get('arch') === 'arm64'
      ? [
          `deb ${url} ${release} main contrib non-free`,
          `deb http://security.debian.org/debian-security ${release}-security main contrib non-free`,
          `deb ${url} ${release}-updates main contrib non-free`,
        ].join('\n')
      : `deb ${url} ${release} main contrib non-free firmware`;
  const raspberryPi = own('raspberrypi.org.list') ?? RASPBERRY_PI_LIST;
  return [
    ...listed(own('sources.list') ?? usual, own('sources.list') ? 'sources.list' : 'mirror'),
    ...listed(raspberryPi, 'archive of Raspberry Pi', RASPBERRY_PI_PRIORITY),
    ...ownLists(files)
      .filter(({ path }) => !/\/(?:sources|raspberrypi\.org)\.list$/.test(path))
      .flatMap(({ path, content }) => listed(content, path.replace(/^.*\//, ''))),
  ];
}

function ownLists(files: readonly RenderedFile[]): RenderedFile[] {
  return files.filter(({ path }) => /^config\/apt\/[^/]+\.list$/.test(path));
}

function packagesOf(
  get: Get,
  hasLists: boolean,
): { readonly base: string[]; readonly afterwards: string[] } {
  const asked = words(get('packages'));
  const sysvinit = asked.includes('sysvinit-core');
  const networkd = get('use_systemd_services') !== '0' && !sysvinit;
  const when = (condition: boolean, ...names: string[]): string[] => (condition ? names : []);
  const isOn = (name: string): boolean => get(name) === '1';
  const [minimal, server] = [get('preset') !== 'base', !/^(?:base|minimal)$/.test(get('preset'))];

  const base = [
    ...['apt', 'kmod', 'gnupg'],
    ...when(!sysvinit, 'libpam-systemd'),
    ...when(isOn('hwrng_support'), 'rng-tools'),
    ...when(hasLists, 'apt-transport-https'),
    ...when(get('locales') !== '' || get('system_default_locale') !== '', 'locales'),
    ...when(!['', 'us'].includes(get('keyboard_layout')), 'console-setup'),
    ...when(isOn('watchdog_enable') && sysvinit, 'watchdog'),
    ...when(minimal, 'cpufrequtils', 'openssh-server', 'dosfstools'),
    ...(networkd
      ? when(minimal, 'iproute2')
      : when(minimal, 'ntp', 'ifupdown', 'net-tools', ...when(get('rtc') === '', 'fake-hwclock'))),
    ...when(server, ...SERVER),
    ...when(server && !sysvinit, 'systemd-sysv'),
    ...['console-setup', 'keyboard-configuration', 'tzdata'].filter((name) => asked.includes(name)),
    ...when(get('ifname') !== 'eth0', 'wpasupplicant', 'crda'),
    ...when(isOn('userperms_admin'), 'sudo'),
  ];
  const afterwards = [
    ...asked,
    ...when(isOn('firmware_packages'), ...FIRMWARE),
    ...when(isOn('sound_usb_enable'), 'alsa-utils', 'jackd', 'oss-compat', 'pulseaudio'),
    ...['raspberrypi-bootloader', 'raspberrypi-kernel'],
    ...when(minimal, 'raspberrypi-sys-mods'),
    ...when(minimal && get('ifname').includes('wlan'), 'firmware-brcm80211'),
    ...when(server, 'libraspberrypi-bin'),
    ...when(server && get('arch') !== 'arm64', 'raspi-copies-and-fills'),
  ];
  const isByDhcp = get('ip_addr') === 'dhcp' && [...base, ...afterwards].includes('ifupdown');
  return {
    base: [...new Set([...base, ...when(isByDhcp, 'isc-dhcp-client')])],
    afterwards: [...new Set(afterwards)],
  };
}

const SERVER = [
  ...['vim-tiny', 'iputils-ping', 'wget', 'ca-certificates', 'rsyslog', 'cron', 'dialog'],
  ...['locales', 'tzdata', 'less', 'man-db', 'logrotate', 'bash-completion', 'console-setup'],
  'apt-utils',
];
const FIRMWARE = [
  ...['firmware-atheros', 'firmware-brcm80211', 'firmware-libertas', 'firmware-misc-nonfree'],
  'firmware-realtek',
];

function words(list: string): string[] {
  return list.split(/[ ,]+/).filter((word) => word !== '');
}
