import {
  conditionText,
  parseCondition,
  type Condition,
} from '../../../data/installer-condition.ts';
import type { Assignment } from '../../../formats/installer-config/statement.ts';
import type { RelatedPlace } from '../../finding.ts';
import type { Draft } from '../../rule.ts';
import { removeFix } from '../edits.ts';
import type { InstallerFacts } from '../facts.ts';
import type { FileRule } from '../items.ts';

/** Options that count for nothing where the condition holds, besides what the tables say. */
const IGNORED: readonly (readonly [option: string, where: Condition])[] = [
  ['preset', parseCondition('cdebootstrap_cmdline')],
  ['packages', parseCondition('cdebootstrap_cmdline')],
  ['firmware_packages', parseCondition('cdebootstrap_cmdline')],
  ['use_systemd_services', parseCondition('packages~sysvinit-core')],
  ['rootpw', parseCondition('disable_root=1')],
  ['root_ssh_pubkey', parseCondition('disable_root=1')],
];

/** What is written, and changes nothing. */
export const noEffect: FileRule = {
  code: 'no-effect',
  *check(facts, { hasWpaSupplicant }) {
    for (const { name, requires = [], requiredIf = [], broken, ...option } of facts.dialect
      .options) {
      // usb-boot says more of it.
      const written = name === 'usbboot' ? undefined : facts.assignment(name);
      if (written === undefined || !facts.isSet(name)) continue;
      // What is off lacks nothing.
      if (option.type === 'boolean' && written.value === '0') continue;
      if (broken === true) {
        yield draft(facts, written, `${name} has no effect: a fault of the installer.`, undefined);
        continue;
      }
      const ignored = IGNORED.find(([each, where]) => each === name && facts.holds(where) === true);
      if (ignored !== undefined) {
        yield draft(
          facts,
          written,
          `${name} counts for nothing where ${conditionText(ignored[1])} is set.`,
          ignored[1],
        );
        continue;
      }
      if (hasWpaSupplicant === true && /^wlan_(?:ssid|psk)/.test(name)) {
        yield draft(
          facts,
          written,
          `${name} counts for nothing: the wpa_supplicant.conf beside this file is taken.`,
          undefined,
        );
        continue;
      }
      const needs = requires.length > 0 ? requires : requiredIf;
      const lacking = needs.find((each) => facts.holds(each) === false && !isReported(each, facts));
      if (lacking === undefined) continue;
      yield draft(
        facts,
        written,
        `${name} has no effect without ${conditionText(lacking)}.`,
        lacking,
      );
    }
  },
};

/** A Wi-Fi interface without a network’s name is an error of its own, on ifname. */
function isReported({ name }: Condition, { value }: InstallerFacts): boolean {
  return name === 'wlan_ssid' && value('ifname')?.includes('wlan') === true;
}

function draft(
  facts: InstallerFacts,
  written: Assignment,
  message: string,
  because: Condition | undefined,
): Draft {
  const other = because === undefined ? undefined : facts.assignment(because.name);
  const related: RelatedPlace[] =
    other === undefined ? [] : [{ message: `${other.name} is set here.`, ...other.range }];
  return {
    ...written.range,
    message,
    tags: ['unnecessary'],
    related,
    fixes: removeFix(facts.text, written, false),
  };
}
