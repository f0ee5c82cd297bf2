/** The key of a Wi-Fi network, as WPA computes it from a passphrase (IEEE 802.11i, H.4.1). */
import { pbkdf2Sync } from 'node:crypto';

const ITERATIONS = 4096;
const KEY_BYTES = 32;
const REMEMBERED = 8;

/** A passphrase has 8 to 63 bytes. */
export function isPassphrase(text: string): boolean {
  const { length } = Buffer.from(text, 'utf8');
  return length >= 8 && length <= 63;
}

/** A network’s name has 1 to 32 bytes. */
export function isNetworkName(text: string): boolean {
  const { length } = Buffer.from(text, 'utf8');
  return length >= 1 && length <= 32;
}

const remembered = new Map<string, string>();

/**
 * What `wpa_passphrase` prints as `psk`: 64 hexadecimal digits. It takes milliseconds on purpose,
 * so the last few results are kept: an editor asks at every keystroke.
 */
export function encryptedPassphrase(networkName: string, passphrase: string): string {
  const question = `${networkName}\0${passphrase}`;
  const known = remembered.get(question);
  if (known !== undefined) return known;
  const key = pbkdf2Sync(passphrase, networkName, ITERATIONS, KEY_BYTES, 'sha1').toString('hex');
  remembered.set(question, key);
  if (remembered.size > REMEMBERED) {
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest);
      break;
    }
  }
  return key;
}
