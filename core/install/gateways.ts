/** The routers in a routing table, of whatever destination. */
import { formatAddress, parseAddress } from '../formats/ipv4.ts';

/** `linux`: /proc/net/route; `bsd`: `netstat -rn -f inet`; `windows`: `route print -4`. */
export function gatewaysOf(kind: 'linux' | 'bsd' | 'windows', text: string): string[] {
  const found = text.split(/\r?\n/).flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    return READERS[kind](fields) ?? [];
  });
  return [...new Set(found)].filter((address) => address !== '0.0.0.0');
}

type Reader = (fields: readonly string[]) => string | undefined;

const READERS: Readonly<Record<'linux' | 'bsd' | 'windows', Reader>> = {
  // Hexadecimal, in the machine's (little-endian) byte order.
  linux: ([, , gateway = '', flags]) =>
    /^[0-9A-F]{8}$/.test(gateway) && flags !== undefined
      ? formatAddress(Buffer.from(gateway, 'hex').readUInt32LE())
      : undefined,
  bsd: ([, gateway = '']) => (parseAddress(gateway) === undefined ? undefined : gateway),
  windows: (fields) =>
    fields.length === 5 && parseAddress(fields[0] ?? '') !== undefined
      ? READERS.bsd([fields[1] ?? '', fields[2] ?? ''])
      : undefined,
};
