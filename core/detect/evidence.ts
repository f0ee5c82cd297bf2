/** Is it a Raspberry Pi? Decided from what was observed, with every reason given. */
import type { Evidence } from '../runs/event.ts';
import { raspberryPiPrefix } from '../data/mac-prefixes.ts';
import { isLocallyAdministered } from '../formats/mac.ts';

/** What is known of a device, from any source. The MAC is normalized. */
export type Observed = {
  readonly mac?: string | undefined;
  readonly name?: string | undefined;
  readonly banner?: string | undefined;
};

export type Judgement = {
  readonly isPi: boolean;
  /** False where something learnt later (a MAC) could still turn the judgement. */
  readonly isCertain: boolean;
  readonly evidence: readonly Evidence[];
};

/** A clue is evidence and how much it counts: a strong one decides, a weak one only undisputed. */
type Clue = Evidence & { readonly strong: boolean };

/**
 * A Raspberry Pi MAC prefix or a Raspbian ssh banner makes it a Pi. A name such as `raspberrypi`
 * does so only where the MAC does not belong to somebody else: anybody may choose a name. A made-up
 * MAC says nothing. It stays a judgement: Pico W boards share some prefixes.
 */
export function judge(observed: Observed): Judgement {
  const clues = [
    ...macClues(observed.mac),
    ...bannerClues(observed.banner),
    ...nameClues(observed.name),
  ];
  const disputed = clues.some((clue) => clue.weight === 'against');
  const isCertain = clues.some((clue) => clue.weight === 'for' && clue.strong);
  return {
    isPi: isCertain || (!disputed && clues.some((clue) => clue.weight === 'for')),
    isCertain,
    evidence: clues.map(({ source, says, weight }) => ({ source, says, weight })),
  };
}

/** True where nothing was found yet that speaks for or against. */
export function isUndecided(judgement: Judgement): boolean {
  return judgement.evidence.every((piece) => piece.weight === 'neutral');
}

function macClues(mac: string | undefined): Clue[] {
  if (mac === undefined) return [];
  const prefix = raspberryPiPrefix(mac);
  if (prefix !== undefined) {
    const shared = prefix.alsoOn === undefined ? '' : `, also on ${prefix.alsoOn} boards`;
    return [clue('mac', `${mac} is from a block of ${prefix.organization}${shared}`, 'for', true)];
  }
  if (isLocallyAdministered(mac)) {
    return [clue('mac', `${mac} is a made-up address and tells no vendor`, 'neutral', false)];
  }
  return [clue('mac', `${mac} is from a block of another vendor`, 'against', true)];
}

function bannerClues(banner: string | undefined): Clue[] {
  if (banner === undefined) return [];
  // 64-bit Raspberry Pi OS has Debian's own sshd: only the 32-bit one says Raspbian.
  return / Raspbian-\S+$/.test(banner)
    ? [clue('ssh', `its ssh server is Raspbian’s (${banner})`, 'for', true)]
    : [clue('ssh', `its ssh server says ${banner}`, 'neutral', false)];
}

function nameClues(name: string | undefined): Clue[] {
  if (name === undefined) return [];
  return /^(?:raspberry-?pi|rpi)(?:$|[^a-z])/i.test(name)
    ? [clue('mdns', `it calls itself ${name}, as Pis do`, 'for', false)]
    : [clue('mdns', `it calls itself ${name}`, 'neutral', false)];
}

function clue(source: string, says: string, weight: Evidence['weight'], strong: boolean): Clue {
  return { source, says, weight, strong };
}
