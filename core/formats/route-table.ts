/**
 * IPv4 routing tables as systems print them: Linux's `/proc/net/route`, `netstat -rn -f inet` of
 * macOS and the BSDs, `route print -4` of Windows.
 */
import { networkOf, parseAddress, prefixOfMask, type Network } from './ipv4.ts';

export type Route = {
  readonly destination: Network;
  /** True when hosts of the destination are reached directly, not through a router. */
  readonly direct: boolean;
  /** The interface's name; on Windows, its address. */
  readonly via: string;
  /** The lower, the better. 0 where the system has none. */
  readonly metric: number;
};

const UP = 0x1;
const GATEWAY = 0x2;
const REJECT = 0x200;

/** `/proc/net/route`: addresses are hexadecimal in the machine's (little-endian) byte order. */
export function parseProcNetRoute(text: string): Route[] {
  return text.split('\n').flatMap((line) => {
    const [via, destination, , flags, , , metric, mask] = line.trim().split(/\s+/);
    if (via === undefined || flags === undefined || !/^[0-9A-F]{8}$/.test(mask ?? '')) return [];
    const bits = Number.parseInt(flags, 16);
    const prefix = prefixOfMask(swapBytes(mask ?? ''));
    if ((bits & UP) === 0 || (bits & REJECT) !== 0 || prefix === undefined) return [];
    return [
      {
        destination: networkOf(swapBytes(destination ?? ''), prefix),
        direct: (bits & GATEWAY) === 0,
        via,
        metric: Number(metric),
      },
    ];
  });
}

function swapBytes(hex: string): number {
  const value = Number.parseInt(hex, 16);
  const bytes = [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** `netstat -rn -f inet`: `default  192.168.1.1  UGScg  en0`, destinations shortened (`192.168.1`). */
export function parseNetstatRoutes(text: string): Route[] {
  return text.split('\n').flatMap((line) => {
    const [shown, gateway, flags, via] = line.trim().split(/\s+/);
    if (shown === undefined || via === undefined || flags?.startsWith('U') !== true) return [];
    const destination = shortNetwork(shown);
    if (destination === undefined) return [];
    return [{ destination, direct: gateway?.startsWith('link#') === true, via, metric: 0 }];
  });
}

/** `default`, `10.8/16`, `192.168.1` (a class C without its zeros) or a full address. */
function shortNetwork(text: string): Network | undefined {
  if (text === 'default') return { base: 0, prefix: 0 };
  const [address = '', bits] = text.split('/');
  const octets = address.split('.');
  const value = parseAddress([...octets, '0', '0', '0'].slice(0, 4).join('.'));
  if (value === undefined) return undefined;
  const prefix = bits === undefined ? octets.length * 8 : Number(bits);
  return prefix >= 0 && prefix <= 32 ? networkOf(value, prefix) : undefined;
}

/** `route print -4`: five columns; the gateway of a direct route is a word in some language. */
export function parseRoutePrint(text: string): Route[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const fields = line.trim().split(/\s{2,}|\s(?=\d)/);
    if (fields.length !== 5) return [];
    const [destination = '', mask = '', gateway = '', via = '', metric = ''] = fields;
    const base = parseAddress(destination);
    const maskValue = parseAddress(mask);
    const prefix = maskValue === undefined ? undefined : prefixOfMask(maskValue);
    if (base === undefined || prefix === undefined || parseAddress(via) === undefined) return [];
    return [
      {
        destination: networkOf(base, prefix),
        direct: parseAddress(gateway) === undefined,
        via,
        metric: Number(metric),
      },
    ];
  });
}
