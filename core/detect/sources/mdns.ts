/**
 * Names by multicast DNS. Raspberry Pi OS announces no service, so browsing shows nothing, but
 * every Pi answers when asked for the name of its own address. The questions are one-shot (RFC
 * 6762, 6.7): answers come to us alone. They are a second chance, too: a device that answers here
 * and whose MAC is not known has missed the kernel's question, and is waited for.
 */
import { randomInt } from 'node:crypto';
import type { Socket } from 'node:dgram';
import {
  addressOfReverseName,
  decodePtrAnswers,
  encodePtrQuery,
  reverseName,
} from '../../formats/dns-message.ts';
import { formatAddress, hostsOf, sizeOf } from '../../formats/ipv4.ts';
import type { TargetNetwork } from '../networks.ts';
import type { Device, Scan, Source } from '../source.ts';
import { openSocket } from './nudge.ts';

/** RFC 6762, 3. */
export const MDNS_GROUP = '224.0.0.251';
export const MDNS_PORT = 5353;

/** avahi leaves packets with 60 questions unanswered; 40 are fine. */
const QUESTIONS_PER_PACKET = 40;

/** Networks up to this size are asked address by address, before anything is found there. */
const SWEPT_ADDRESSES = 1024;

/** Milliseconds after which those who have not answered are asked once more. */
const ASK_AGAIN = 150;
/** Milliseconds in which questions about found devices gather into one packet. */
const GATHER = 10;

type Asker = { readonly ask: (addresses: readonly string[]) => void };

export const mdns: Source = {
  name: 'mdns',
  title: 'mDNS, asked for the name of each address',
  onRequest: false,
  sweep: async (scan) => {
    const named = new Set<string>();
    const linked = scan.networks.filter((target) => target.reach === 'link');
    await Promise.all([
      ...linked.map((target) => askNetwork(scan, target, named)),
      askOthers(scan, linked.length < scan.networks.length || scan.hosts.length > 0, named),
    ]);
  },
};

async function askNetwork(
  scan: Scan,
  target: Extract<TargetNetwork, { reach: 'link' }>,
  named: Set<string>,
): Promise<void> {
  const asker = await multicastAsker(scan, target.from, named);
  if (asker === undefined) return;
  const { network } = target;
  if (sizeOf(network) > SWEPT_ADDRESSES) {
    askAboutDevices(scan, asker, named, (device) => scan.isTarget(device.address));
    return;
  }
  const addresses = [...hostsOf(network)].map(formatAddress);
  asker.ask(addresses);
  const again = async (): Promise<void> => {
    await scan.clock.sleep(ASK_AGAIN, scan.signal);
    asker.ask(addresses.filter((address) => !named.has(address)));
  };
  again().catch(() => undefined); // the scan has ended
}

/** Devices beyond routers are asked directly; many don't answer strangers. */
async function askOthers(scan: Scan, any: boolean, named: Set<string>): Promise<void> {
  if (!any) return;
  const socket = await bound(scan, named, undefined);
  if (socket === undefined) return;
  const asker: Asker = {
    ask: (addresses) => {
      for (const address of addresses) send(scan, socket, [address], address);
    },
  };
  const listed = new Set(scan.hosts);
  const routed = scan.networks.some((target) => target.reach === 'routed');
  askAboutDevices(scan, asker, named, (device) => routed || listed.has(device.address));
}

/** Asks about each device once, when it is found; those found together, in one packet. */
function askAboutDevices(
  scan: Scan,
  asker: Asker,
  named: ReadonlySet<string>,
  wanted: (device: Device) => boolean,
): void {
  const asked = new Set<string>();
  const waiting: string[] = [];
  scan.onDevice((device) => {
    if (asked.has(device.address) || named.has(device.address) || !wanted(device)) return;
    asked.add(device.address);
    if (waiting.push(device.address) > 1) return;
    scan.clock
      .sleep(GATHER, scan.signal)
      .then(() => asker.ask(waiting.splice(0)))
      .catch(() => undefined); // the scan has ended
  });
}

async function multicastAsker(
  scan: Scan,
  from: string,
  named: Set<string>,
): Promise<Asker | undefined> {
  const socket = await bound(scan, named, from);
  if (socket === undefined) return undefined;
  return {
    ask: (addresses) => {
      for (let i = 0; i < addresses.length; i += QUESTIONS_PER_PACKET) {
        send(scan, socket, addresses.slice(i, i + QUESTIONS_PER_PACKET), MDNS_GROUP);
      }
    },
  };
}

/** A socket whose answers are reported. Undefined where there is none: names are a bonus. */
async function bound(
  scan: Scan,
  named: Set<string>,
  from: string | undefined,
): Promise<Socket | undefined> {
  if (scan.signal.aborted) return undefined;
  const socket = openSocket();
  socket.on('message', (message, sender) => {
    for (const { question, name } of decodePtrAnswers(message)?.records ?? []) {
      const address = addressOfReverseName(question);
      // A device speaks for its own address only.
      if (address !== sender.address || !scan.isTarget(address)) continue;
      named.add(address);
      scan.report({ address, name: name.replace(/\.local\.?$/i, ''), answered: true });
    }
  });
  scan.signal.addEventListener('abort', () => void socket.close(), { once: true });
  const ready = await new Promise<boolean>((resolve) => {
    socket.on('error', () => resolve(false)); // later errors are lost packets
    socket.on('close', () => resolve(false));
    socket.bind({ port: 0, ...(from === undefined ? {} : { address: from }) }, () => {
      try {
        if (from !== undefined) socket.setMulticastInterface(from);
        resolve(true);
      } catch {
        resolve(false); // the address has gone meanwhile
      }
    });
  });
  return ready ? socket : undefined;
}

function send(scan: Scan, socket: Socket, addresses: readonly string[], to: string): void {
  if (scan.signal.aborted) return; // the socket is closed
  const query = encodePtrQuery(randomInt(1, 0x10000), addresses.map(reverseName));
  socket.send(query, MDNS_PORT, to, () => undefined); // a packet that can't be sent is a lost packet
}
