import type { DialectName } from '../../../data/installer-dialects.ts';
import { removeFix } from '../edits.ts';
import { isOnlineConfig } from '../online.ts';
import { assignmentsOf, type FileRule } from '../items.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

type Late = {
  /** Nothing reads them when the second configuration is there. */
  readonly never: ReadonlySet<string>;
  /** The installer goes on without them; they are read once more, for the new system. */
  readonly systemOnly: ReadonlySet<string>;
};

/**
 * What is read before the download, and what again after it. Sources: install.sh of
 * raspberrypi-ua-netinst (downloads in line 1126), rcS of raspbian-ua-netinst (in line 741).
 */
const LATE: Readonly<Record<DialectName, Late>> = {
  'raspberrypi-ua-netinst': {
    never: words(
      'wlan_ssid wlan_psk wlan_psk_encrypted installer_telnet installer_telnet_host installer_telnet_port installer_networktimeout drivers_to_load timeserver_http hdmi_system_only online_config',
    ),
    systemOnly: words(
      'ifname ip_addr ip_netmask ip_gateway ip_nameservers ip_ipv6 wlan_country rtc hdmi_type hdmi_tv_res hdmi_monitor_res hdmi_disable_overscan usbboot timeserver',
    ),
  },
  'raspbian-ua-netinst': {
    // The old names are translated before.
    never: words(
      'ip_addr ip_netmask ip_gateway ip_nameservers drivers_to_load timeserver online_config',
    ),
    systemOnly: words(
      'ifname ip4_addr ip4_prefixlength ip4_gateway ip4_nameservers ip6_addr ip6_prefixlength ip6_gateway ip6_nameservers',
    ),
  },
};

/** In a configuration that is downloaded: what the installer needed to get that far. */
export const tooLate: FileRule = {
  code: 'too-late',
  *check(facts, project) {
    if (!isOnlineConfig(facts, project)) return;
    const { text, dialect, statements, end, value } = facts;
    const { never, systemOnly } = LATE[dialect.name];
    const wifiIsMade = dialect.option('wlan_ssid') !== undefined;
    for (const assignment of assignmentsOf(statements)) {
      const { name, range } = assignment;
      if (range.start >= (end?.at ?? Infinity)) return;
      if (never.has(name)) {
        yield {
          ...range,
          message: `${name} comes too late here: the installer has read it before it downloads this file. Set it in the installer-config.txt on the boot partition.`,
          tags: ['unnecessary'],
          fixes: removeFix(text, assignment, false),
        };
      } else if (wifiIsMade && name === 'ifname' && value('ifname')?.includes('wlan') === true) {
        yield {
          ...range,
          message:
            'ifname comes too late here: the installer makes no wpa_supplicant.conf any more, and the new system has no network. Set it, and the network’s name and key, in the installer-config.txt on the boot partition.',
        };
      } else if (systemOnly.has(name)) {
        yield {
          ...range,
          severity: name === 'usbboot' ? 'warning' : 'information',
          message: `${name} comes too late for the installer here; only the new system takes it.`,
        };
      }
    }
  },
};
