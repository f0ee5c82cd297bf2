import { encryptedPassphrase, isNetworkName, isPassphrase } from '../../../formats/wifi.ts';
import type { Fix } from '../../finding.ts';
import { removeFix, writeName, writeValue } from '../edits.ts';
import type { InstallerFacts } from '../facts.ts';
import type { FileRule } from '../items.ts';
import type { Assignment } from '../../../formats/installer-config/statement.ts';

/** The passphrase is printed to console and log; its encrypted form does as well. */
export const clearWifiPassword: FileRule = {
  code: 'clear-wifi-password',
  *check(facts) {
    const written = facts.assignment('wlan_psk');
    if (written === undefined || facts.dialect.option('wlan_psk') === undefined) return;
    if (!facts.isSet('wlan_psk')) return;
    const encrypted = facts.isSet('wlan_psk_encrypted');
    yield {
      ...written.valueRange,
      message: encrypted
        ? 'The passphrase stands here in clear for nothing: wlan_psk_encrypted is taken.'
        : 'The passphrase of the Wi-Fi stands here in clear, and in the error log: write wlan_psk_encrypted.',
      fixes: encrypted ? removeFix(facts.text, written) : encrypt(facts, written),
    };
  },
};

function encrypt({ value }: InstallerFacts, written: Assignment): readonly Fix[] {
  const title = 'Write wlan_psk_encrypted instead';
  const passphrase = written.append ? undefined : written.value;
  if (passphrase !== undefined && /^[0-9A-Fa-f]{64}$/.test(passphrase)) {
    // It is encrypted already, and only has the wrong name.
    return [{ title, edits: [writeName(written, 'wlan_psk_encrypted')], preferred: true }];
  }
  const network = value('wlan_ssid');
  if (passphrase === undefined || network === undefined) return [];
  if (!isPassphrase(passphrase) || !isNetworkName(network)) return [];
  // Not preferred, and so no part of "fix all": an installer of before would find no passphrase.
  return [
    {
      title: `${title} (installers since 19 August 2023)`,
      edits: [
        writeName(written, 'wlan_psk_encrypted'),
        writeValue(written, encryptedPassphrase(network, passphrase)),
      ],
    },
  ];
}
