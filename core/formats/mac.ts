/** MAC addresses as text. */

/**
 * A MAC in the product's one spelling (lower case, two digits, colons), from any usual one:
 * colons, dashes, dots, or zeros left out (`b8:27:eb:1:2:3`). Undefined for what is no MAC, and
 * for the all-zero and broadcast addresses that stand in neighbour tables for "none".
 */
export function normalizeMac(text: string): string | undefined {
  const digits = macDigits(text.trim().toLowerCase());
  if (digits === undefined || /^(?:0{12}|f{12})$/.test(digits)) return undefined;
  return digits.replace(/(..)(?=.)/g, '$1:');
}

function macDigits(text: string): string | undefined {
  if (/^[0-9a-f]{1,2}([:-])[0-9a-f]{1,2}(?:\1[0-9a-f]{1,2}){4}$/.test(text)) {
    return text
      .split(/[:-]/)
      .map((part) => part.padStart(2, '0'))
      .join('');
  }
  const digits = text.replaceAll('.', '');
  return /^[0-9a-f]{12}$/.test(digits) ? digits : undefined;
}

/** True for addresses that a system made up (private Wi-Fi addresses, virtual interfaces). */
export function isLocallyAdministered(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 0b10) !== 0;
}

/** True for addresses of no single device: multicast and broadcast. */
export function isGroupMac(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 0b1) !== 0;
}
