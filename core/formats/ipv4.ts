/** IPv4 addresses and networks as numbers and as text. */

/** A network: `base` is its lowest address as an unsigned 32-bit number. */
export type Network = { readonly base: number; readonly prefix: number };

const OCTET = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ADDRESS = new RegExp(`^${OCTET}\\.${OCTET}\\.${OCTET}\\.${OCTET}$`);

/** A dotted address as a number; undefined for anything else (also for octal-looking 010.0.0.1). */
export function parseAddress(text: string): number | undefined {
  const match = ADDRESS.exec(text);
  if (match === null) return undefined;
  return match.slice(1).reduce((sum, octet) => sum * 256 + Number(octet), 0);
}

export function formatAddress(value: number): string {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}

/** `192.168.1.0/24`; host bits may be set, as in `192.168.1.17/24`. */
export function parseNetwork(text: string): Network | undefined {
  const [address, bits, ...rest] = text.split('/');
  const value = parseAddress(address ?? '');
  if (value === undefined || bits === undefined || rest.length > 0) return undefined;
  if (!/^\d{1,2}$/.test(bits) || Number(bits) > 32) return undefined;
  return networkOf(value, Number(bits));
}

export function networkOf(address: number, prefix: number): Network {
  return { base: (address & maskOf(prefix)) >>> 0, prefix };
}

export function formatNetwork({ base, prefix }: Network): string {
  return `${formatAddress(base)}/${prefix}`;
}

/** True when all of `inner` lies in `outer`. */
export function contains(outer: Network, inner: Network): boolean {
  return inner.prefix >= outer.prefix && includes(outer, inner.base);
}

export function includes(network: Network, address: number): boolean {
  return (address & maskOf(network.prefix)) >>> 0 === network.base;
}

/** How many addresses the network has, with those of the network itself and of broadcast. */
export function sizeOf(network: Network): number {
  return 2 ** (32 - network.prefix);
}

/** The addresses that hosts may have: without the first and last, save in /31 and /32. */
export function* hostsOf(network: Network): Generator<number> {
  const edge = network.prefix >= 31 ? 0 : 1;
  for (let i = edge; i < sizeOf(network) - edge; i++) yield network.base + i;
}

const PRIVATE = [
  { base: 0x0a000000, prefix: 8 },
  { base: 0xac100000, prefix: 12 },
  { base: 0xc0a80000, prefix: 16 },
] as const;

/** True for the networks of RFC 1918. */
export function isPrivate(network: Network): boolean {
  return PRIVATE.some((range) => contains(range, network));
}

/** The prefix length of a mask as a number; undefined for a mask with holes. */
export function prefixOfMask(mask: number): number | undefined {
  for (let prefix = 0; prefix <= 32; prefix++) {
    if (maskOf(prefix) >>> 0 === mask >>> 0) return prefix;
  }
  return undefined;
}

function maskOf(prefix: number): number {
  return prefix === 0 ? 0 : -1 << (32 - prefix);
}
