/** Whether other Pis see one that this machine does not: it may be gone, or only the way from here. */
import { shellWord } from '../../command/command.ts';
import { RpiError } from '../../errors.ts';
import type { SshSession } from '../../ssh/session.ts';
import type { Observation } from './observation.ts';

export type Witness = { readonly host: string; readonly session: SshSession };
export type Missing = { readonly host: string; readonly address: string };
export type Testimony = NonNullable<Observation['witnesses']>[number];

/** Pis that are asked in one interval, and how many others each is asked about at once. */
export const WITNESSES = 2;
const MOST = 32;

/** Its port did not open here: the others are asked in time for the next look. */
export function isSilent({ signals }: Observation): boolean {
  return signals.tcp22 === 'no' && signals.ssh !== 'yes';
}

/** Nothing of it answered here. One that refuses a connection, or is in the table, is there. */
export function isMissing(seen: Observation): boolean {
  return isSilent(seen) && seen.signals.neighbour !== 'yes';
}

/**
 * What each of `witnesses` says of each of `missing`, by host; a Pi that knows no `ping`, or does
 * not answer within `timeout` milliseconds, says nothing. Of more than 32 nobody is asked: that is
 * no matter of single Pis. Rejects for faults of the program alone.
 */
export async function askWitnesses(
  missing: readonly Missing[],
  witnesses: readonly Witness[],
  options: { readonly signal: AbortSignal; readonly timeout: number },
): Promise<ReadonlyMap<string, readonly Testimony[]>> {
  const heard = new Map<string, Testimony[]>();
  if (missing.length === 0 || missing.length > MOST) return heard;
  const command = pingAll(missing.map(({ address }) => address));
  await Promise.all(
    witnesses.map(async ({ host, session }) => {
      for (const [index, sees] of parseAnswers(await ask(session, command, options))) {
        const about = missing[index]?.host;
        if (about === undefined) continue;
        heard.set(about, [...(heard.get(about) ?? []), { host, sees }]);
      }
    }),
  );
  return heard;
}

/**
 * Where one look decides, there is no next one to be in time for: those of it that were not found,
 * and that nobody was asked about, are asked for before it counts. As askWitnesses.
 */
export async function askBefore(
  looked: readonly Observation[],
  witnesses: readonly Witness[],
  options: { readonly signal: AbortSignal; readonly timeout: number },
): Promise<Observation[]> {
  const missing = looked.filter(
    (each) => isMissing(each) && each.planned === undefined && each.witnesses === undefined,
  );
  const heard = await askWitnesses(missing, witnesses, options);
  return looked.map((each) => withWitnesses(each, heard.get(each.host) ?? []));
}

/** The look as it is, with who else was asked, and what they say in words. */
export function withWitnesses(seen: Observation, witnesses: readonly Testimony[]): Observation {
  if (witnesses.length === 0 || !isMissing(seen)) return seen;
  return { ...seen, witnesses: [...witnesses], reasons: [...seen.reasons, saying(witnesses)] };
}

function saying(witnesses: readonly Testimony[]): string {
  const sees = witnesses.filter((each) => each.sees).map(({ host }) => host);
  if (sees.length > 0) return `${sees.join(' and ')} can reach it: the way from here is broken.`;
  return `From ${witnesses.map(({ host }) => host).join(' and ')} it does not answer either.`;
}

/** One line an address: its place in the list, and ping's exit code: 0 an answer, 1 none. */
export function pingAll(addresses: readonly string[]): string {
  const each = addresses.map(
    (address, index) =>
      `(ping -n -c 1 -W 1 -- ${shellWord(address)} >/dev/null 2>&1; echo "${index} $?") &`,
  );
  return `${each.join(' ')} wait`;
}

export function parseAnswers(text: string): [index: number, sees: boolean][] {
  return text.split('\n').flatMap((line): [number, boolean][] => {
    const [, index, code] = /^(\d{1,3}) ([01])\r?$/.exec(line) ?? [];
    return index === undefined ? [] : [[Number(index), code === '0']];
  });
}

async function ask(
  session: SshSession,
  command: string,
  options: { readonly signal: AbortSignal; readonly timeout: number },
): Promise<string> {
  try {
    return (await session.exec(command, options)).stdout;
  } catch (error) {
    if (RpiError.is(error) && !RpiError.is(error, 'run.internal')) return '';
    throw error;
  }
}
