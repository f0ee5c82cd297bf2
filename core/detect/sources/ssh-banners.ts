/**
 * What a device's ssh server says before anything else: Raspbian's names itself, and it is seen
 * through routers, where a MAC is not. At most one connection a device and scan: OpenSSH 9.8 and
 * later penalises machines that connect and leave (PerSourcePenalties).
 */
import { createConnection } from 'node:net';
import { systemCode } from '../../errors.ts';
import { formatAddress, hostsOf } from '../../formats/ipv4.ts';
import { isUndecided } from '../evidence.ts';
import type { Device, Scan, Source } from '../source.ts';

const SSH_PORT = 22;
/** Connections under way at once; each holds a descriptor, of which 1024 is a usual limit. */
const CONCURRENCY = 256;
/** Milliseconds in which a device must have connected and spoken. */
const TIMEOUT = 1000;
/** Milliseconds after which a remembered Pi is asked after all, to see whether it is there. */
const SILENCE = 150;
/** A server may speak before its identification (RFC 4253, 4.2), but not for long. */
const LONGEST_GREETING = 4096;
const LONGEST_BANNER = 255;

export const sshBanners: Source = {
  name: 'ssh',
  title: 'the banner of the ssh server (TCP 22) of likely Pis',
  onRequest: false,
  sweep: async (scan) => {
    const limit = createLimit(CONCURRENCY);
    const asked = new Set<string>();
    const ask = (address: string): Promise<void> => {
      asked.add(address);
      return limit(() => askOne(scan, address));
    };

    const askInstead = async (address: string): Promise<void> => {
      await scan.clock.sleep(SILENCE, scan.signal).catch(() => undefined); // the scan has ended
      if (!asked.has(address)) await ask(address);
    };

    const silent = new Set<string>();
    scan.onDevice((device) => {
      const { address, answered, judgement } = device;
      if (asked.has(address) || !isWorthAsking(scan, device)) return;
      const known = scan.knownBanner(device);
      if (known === undefined) {
        const answer = ask(address);
        if (judgement.isPi) scan.hold(answer);
      } else if (answered) {
        asked.add(address);
        scan.report({ address, ...known, answered });
      } else if (!silent.has(address)) {
        silent.add(address);
        scan.hold(askInstead(address));
      }
    });

    // Nothing else finds devices behind routers: there, every address is asked.
    const routed = scan.networks.filter((target) => target.reach === 'routed');
    const addresses = routed.flatMap(({ network }) => [...hostsOf(network)].map(formatAddress));
    const all = [...scan.hosts, ...addresses];
    let done = 0;
    await Promise.all(
      all.map(async (address) => {
        await ask(address);
        if (++done % CONCURRENCY === 0) scan.progress(done, all.length);
      }),
    );
  },
};

/**
 * Devices of other vendors are left in peace, unless everything is wanted or a name is a Pi's. What
 * has told its name before its MAC is known is not asked yet: it may be another vendor's.
 */
function isWorthAsking(scan: Scan, device: Device): boolean {
  const { judgement, mac } = device;
  if (scan.thorough || judgement.isCertain || scan.wasPi(device)) return true;
  const inFavour = judgement.evidence.some((piece) => piece.weight === 'for');
  return mac !== undefined && (inFavour || isUndecided(judgement));
}

async function askOne(scan: Scan, address: string): Promise<void> {
  if (scan.signal.aborted) return;
  const reply = await greet(address, scan.signal);
  if (reply === 'nothing') return;
  const bannerAt = new Date(scan.clock.now()).toISOString();
  const said = reply === 'refused' || reply.banner === undefined ? {} : { ...reply, bannerAt };
  scan.report({ address, answered: true, ...said });
}

type Reply = 'nothing' | 'refused' | { readonly banner: string | undefined };

/** Connects, waits for the identification line and leaves. Never rejects. */
function greet(address: string, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: address, port: SSH_PORT });
    let text = '';
    let connected = false;
    const finish = (reply: Reply): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve(reply);
    };
    const giveUp = (): void => finish(connected ? { banner: undefined } : 'nothing');
    const timer = setTimeout(giveUp, TIMEOUT);
    signal.addEventListener('abort', giveUp, { once: true });
    socket.setEncoding('latin1');
    socket.on('connect', () => (connected = true));
    socket.on('data', (chunk: string) => {
      text += chunk;
      const banner = identification(text);
      if (banner !== undefined) finish({ banner });
      else if (text.length > LONGEST_GREETING) giveUp();
    });
    socket.on('close', giveUp);
    socket.on('error', (error) => {
      if (systemCode(error) === 'ECONNREFUSED') finish('refused');
      else giveUp();
    });
  });
}

/** The identification line of a greeting, once it is complete. */
export function identification(text: string): string | undefined {
  const line = /^(SSH-[^\r\n]*)\r?\n/m.exec(text)?.[1];
  return line?.slice(0, LONGEST_BANNER).trimEnd();
}

/** Runs at most `size` pieces of work at once, in the order they came. */
function createLimit(size: number): (work: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= size) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
