/**
 * The MAC prefixes assigned to Raspberry Pi, from the IEEE registration authority's public
 * listings (https://standards-oui.ieee.org: MA-L are 24-bit blocks, MA-M 28-bit, MA-S 36-bit).
 */

export type MacPrefix = {
  /** The fixed hexadecimal digits, lower case, without separators: 6, 7 or 9 of them. */
  readonly digits: string;
  readonly organization: string;
  readonly registry: 'MA-L' | 'MA-M' | 'MA-S';
  /** Boards that carry the prefix and run no Linux. */
  readonly alsoOn?: string;
};

export const RASPBERRY_PI_PREFIXES: readonly MacPrefix[] = [
  { digits: 'b827eb', organization: 'Raspberry Pi Foundation', registry: 'MA-L' },
  { digits: 'dca632', organization: 'Raspberry Pi Trading Ltd', registry: 'MA-L' },
  { digits: 'e45f01', organization: 'Raspberry Pi Trading Ltd', registry: 'MA-L' },
  {
    digits: '28cdc1',
    organization: 'Raspberry Pi Trading Ltd',
    registry: 'MA-L',
    alsoOn: 'Pico W',
  },
  {
    digits: 'd83add',
    organization: 'Raspberry Pi Trading Ltd',
    registry: 'MA-L',
    alsoOn: 'Pico W',
  },
  {
    digits: '2ccf67',
    organization: 'Raspberry Pi (Trading) Ltd',
    registry: 'MA-L',
    alsoOn: 'Pico W and Pico 2 W',
  },
  {
    digits: '88a29e',
    organization: 'Raspberry Pi (Trading) Ltd',
    registry: 'MA-L',
    alsoOn: 'Pico 2 W',
  },
  { digits: '98fe54', organization: 'Raspberry Pi (Trading) Ltd', registry: 'MA-L' },
  { digits: 'f040af9', organization: 'Raspberry Pi (Trading) Ltd', registry: 'MA-M' },
  { digits: '8c1f6434a', organization: 'Raspberry Pi (Trading) Ltd', registry: 'MA-S' },
];

/** The Raspberry Pi prefix of a normalized MAC, the longest that matches. */
export function raspberryPiPrefix(mac: string): MacPrefix | undefined {
  const digits = mac.replaceAll(':', '');
  return RASPBERRY_PI_PREFIXES.filter((prefix) => digits.startsWith(prefix.digits)).sort(
    (a, b) => b.digits.length - a.digits.length,
  )[0];
}
