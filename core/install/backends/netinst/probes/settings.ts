import type { Arming } from '../../../probe.ts';
import type { NetinstProbe } from '../probe.ts';
import type { NetinstSettings } from '../settings.ts';

/** What is fine on a card that a person puts in, and not on a Pi that nobody stands beside. */
export const settingsProbe: NetinstProbe = {
  name: 'settings',
  why: 'Nobody stands beside the Pi: what waits, or starts the old system, ends the installation.',
  find: ({ settings }, { arming }) => {
    if (!settings.certain) {
      return {
        status: 'failed',
        detail:
          'a command in installer-config.txt may set anything: what would be installed can’t be told',
        remedy: 'Take it out, or do it in post-install.txt.',
      };
    }
    const faults = RULES.flatMap((rule) => rule(settings, arming) ?? []);
    if (faults.length > 0) {
      return {
        status: 'failed',
        detail: faults.map(({ detail }) => detail).join('; '),
        remedy: faults.map(({ remedy }) => remedy).join(' '),
      };
    }
    return settings.get('online_config') === ''
      ? { status: 'ok', detail: 'nothing waits for a person' }
      : {
          status: 'warning',
          detail: 'online_config is read on the Pi, after these checks',
          remedy: 'Write its settings into installer-config.txt.',
        };
  },
};

type Fault = { readonly detail: string; readonly remedy: string };
type Rule = (settings: NetinstSettings, arming: Arming) => Fault | undefined;

/** To add one, add an entry. */
const RULES: readonly Rule[] = [
  ({ get }) =>
    get('usbboot') === '1'
      ? {
          detail:
            'usbboot=1 restarts first, or powers the Pi off at the end until its card is taken out',
          remedy: 'Take usbboot out.',
        }
      : undefined,
  ({ get }) => {
    const action = get('final_action');
    return action === 'reboot'
      ? undefined
      : {
          detail: `final_action=${action ?? '(computed)'} leaves it switched off or waiting`,
          remedy: 'Set final_action=reboot.',
        };
  },
  (settings, arming) => {
    const restarting = arming === 'tryboot' ? restartFirst(settings) : [];
    return restarting.length > 0
      ? {
          detail: `${restarting.join(' and ')} ${restarting.length === 1 ? 'makes' : 'make'} the installer change config.txt and restart before it installs; that start is one of the old system`,
          remedy: restarting.includes(RTC)
            ? 'Take it out (post-install.txt can write it), or use --arm config.txt.'
            : 'Set hdmi_system_only=1, or use --arm config.txt.',
        }
      : undefined;
  },
];

const RTC = 'rtc';

/**
 * What the installer writes into the medium's config.txt before it restarts, ahead of everything
 * else. Source: install.sh of raspberrypi-ua-netinst, `preinstall_reboot`; usbboot, the third, is
 * refused in any case. Where the old system's config.txt has it already there would be no restart:
 * that is not looked at.
 */
function restartFirst({ get }: NetinstSettings): string[] {
  // Only 0 makes it touch the medium's; what the shell computes may be that.
  const isForMedium = ['0', undefined].includes(get('hdmi_system_only'));
  const screen = isForMedium
    ? [
        ...(get('hdmi_type') === '' ? [] : ['hdmi_type']),
        ...(['1', undefined].includes(get('hdmi_disable_overscan'))
          ? ['hdmi_disable_overscan']
          : []),
      ]
    : [];
  const without = screen.length === 0 ? [] : [`${screen.join(' and ')} without hdmi_system_only=1`];
  return [...(get('rtc') === '' ? [] : [RTC]), ...without];
}
