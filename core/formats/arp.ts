/**
 * Neighbour tables as systems print them: Linux's `/proc/net/arp` and the `arp -a` of macOS, the
 * BSDs, Linux and Windows. Only the shape of addresses is read, never words: Windows prints its
 * headings and types in the language of the person.
 */
import { isGroupMac, normalizeMac } from './mac.ts';

/** A resolved neighbour. The MAC is normalized. */
export type Neighbour = { readonly address: string; readonly mac: string };

const IPV4 = String.raw`(\d{1,3}(?:\.\d{1,3}){3})`;
const MAC = String.raw`([0-9A-Fa-f]{1,2}(?:[:-][0-9A-Fa-f]{1,2}){5})`;

/** `10.0.0.7  0x1  0x2  b8:27:eb:01:02:03  *  eth0`; bit 1 of the flags: resolved. */
const PROC_LINE = new RegExp(String.raw`^${IPV4}\s+0x[0-9a-f]+\s+0x([0-9a-f]+)\s+${MAC}\s`);
const RESOLVED = 0x2;

/** The resolved entries of `/proc/net/arp`; those still being asked for are left out. */
export function parseProcNetArp(text: string): Neighbour[] {
  return text.split('\n').flatMap((line) => {
    const [, address, flags, mac] = PROC_LINE.exec(line) ?? [];
    if (flags === undefined || (Number.parseInt(flags, 16) & RESOLVED) === 0) return [];
    return neighbour(address, mac);
  });
}

/** Every address that `/proc/net/arp` has an entry for, resolved or not. */
export function addressesInProcNetArp(text: string): string[] {
  return text.split('\n').flatMap((line) => PROC_LINE.exec(line)?.[1] ?? []);
}

/** `? (10.0.0.7) at b8:27:eb:1:2:3 on en0 …` */
const BSD_LINE = new RegExp(String.raw`\(${IPV4}\) \S+ ${MAC}\s`);
/** `  10.0.0.7   b8-27-eb-01-02-03   dynamic` */
const WINDOWS_LINE = new RegExp(String.raw`^\s+${IPV4}\s+${MAC}\s`);

/** The resolved entries of `arp -a`, whichever system printed it. */
export function parseArpTable(text: string): Neighbour[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, address, mac] = BSD_LINE.exec(`${line} `) ?? WINDOWS_LINE.exec(`${line} `) ?? [];
    return neighbour(address, mac);
  });
}

function neighbour(address: string | undefined, text: string | undefined): Neighbour[] {
  const mac = text === undefined ? undefined : normalizeMac(text);
  return address === undefined || mac === undefined || isGroupMac(mac) ? [] : [{ address, mac }];
}
