/** Asks a Pi, and the servers it would be installed from, for what the probes judge. */
import { systemCode, RpiError } from '../errors.ts';
import { fingerprint } from '../formats/ssh-key.ts';
import { parseVitals } from '../monitor/parse-vitals.ts';
import { PROBE_COMMAND, PROBE_SCRIPT } from '../monitor/probe.ts';
import type { Vitals } from '../runs/event.ts';
import type { SshSession } from '../ssh/session.ts';
import { parseReleaseFile } from '../debian/release.ts';
import { FACTS_COMMAND, FACTS_SCRIPT, reachScript } from './facts-script.ts';
import type { SourceInput } from './probe.ts';
import { addressesOf } from './surroundings.ts';
import { parseReach, parseTargetFacts, type TargetFacts } from './target-facts.ts';

/** Milliseconds for one script; an old card takes its time. */
const TIMEOUT = 60_000;
/** Milliseconds for a server, from here. */
const FETCH_TIMEOUT = 15_000;
/** Characters of a Release file that are read; the fields stand before the checksums. */
const RELEASE_HEAD = 65_536;

export type Machine = {
  readonly facts: TargetFacts;
  readonly vitals: Vitals | undefined;
  /** Of the host key that was verified. */
  readonly hostKey: string;
};

/** What a Pi tells of itself. Throws `install.no-answer`, and what a session's exec throws. */
export async function gatherMachine(session: SshSession, signal: AbortSignal): Promise<Machine> {
  const options = { signal, timeout: TIMEOUT };
  const answer = await session.exec(FACTS_COMMAND, { ...options, stdin: FACTS_SCRIPT });
  const facts = parseTargetFacts(answer.stdout);
  if (facts === undefined) {
    const { host } = session.target;
    throw new RpiError('install.no-answer', `${host} lets us in, but runs no commands.`, {
      remedy: `Check the shell of the user that the inventory names: rpi ssh ${host}`,
    });
  }
  const measured = await session.exec(PROBE_COMMAND, { ...options, stdin: PROBE_SCRIPT });
  return {
    facts,
    vitals: parseVitals(measured.stdout),
    hostKey: fingerprint(session.hostKey),
  };
}

/** Seen from here; asked once a run for each URL, however many Pis need it. */
export type Sources = (url: string) => Promise<Pick<SourceInput, 'addresses' | 'fromHere'>>;

export function sourcesSeenFromHere(signal: AbortSignal): Sources {
  const asked = new Map<string, ReturnType<Sources>>();
  return (url) => {
    const known = asked.get(url) ?? seeFromHere(url, signal);
    asked.set(url, known);
    return known;
  };
}

/** Every source as the Pi and as this machine see it. */
export async function gatherSources(
  session: SshSession,
  urls: readonly string[],
  sources: Sources,
  signal: AbortSignal,
): Promise<SourceInput[]> {
  if (urls.length === 0) return [];
  const [{ stdout }, seen] = await Promise.all([
    session.exec('sh -s', { signal, timeout: TIMEOUT, stdin: reachScript(urls) }),
    Promise.all(urls.map(sources)),
  ]);
  return urls.flatMap((url, index) => {
    const here = seen[index];
    return here === undefined ? [] : [{ url, fromPi: parseReach(stdout, index), ...here }];
  });
}

async function seeFromHere(url: string, signal: AbortSignal): ReturnType<Sources> {
  const [addresses, fromHere] = await Promise.all([
    addressesOf(new URL(url).hostname),
    fetchRelease(url, signal),
  ]);
  return { addresses, fromHere };
}

async function fetchRelease(url: string, signal: AbortSignal): Promise<SourceInput['fromHere']> {
  try {
    const either = AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT)]);
    const response = await fetch(url, { signal: either });
    if (!response.ok) {
      await response.body?.cancel();
      return { type: 'status', status: response.status };
    }
    const release = parseReleaseFile(await headOf(response));
    return release === undefined ? { type: 'not-a-release' } : { type: 'release', release };
  } catch (error) {
    // fetch says only that it failed; why is in the cause.
    const cause = error instanceof Error ? error.cause : undefined;
    const late = error instanceof DOMException && error.name === 'TimeoutError';
    return { type: 'failed', why: late ? 'no answer in time' : (systemCode(cause) ?? 'no answer') };
  }
}

/** The beginning of a body, however long it is. */
async function headOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  const body: AsyncIterable<Uint8Array> = response.body;
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= RELEASE_HEAD) break;
  }
  return text;
}
