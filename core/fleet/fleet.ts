/** The fleet: what the inventory says, what is on the network, and what the last runs told of it. */
import type { ErrorReport } from '../errors.ts';
import type { Evidence, Vitals } from '../runs/event.ts';

/**
 * `unknown`: nothing was heard of it yet. `reachable`: it let us in when we last tried.
 * `locked`: it is there and refuses us (no key or password fits, or its host key has changed).
 * `needs-key`: it lets us in, but not yet by the project's key (adopted and not enrolled).
 * `failing`: it did not answer, or the last run that was to change it failed on it (a run that only
 * looks mends nothing). `installing`: a live run installs it.
 */
export type PiState = 'unknown' | 'reachable' | 'locked' | 'needs-key' | 'failing' | 'installing';

/** A host of the inventory. Times are ISO 8601, UTC. */
export type FleetPi = {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string | undefined;
  /** Groups that list it directly. */
  readonly groups: readonly string[];
  readonly macs: readonly string[];
  readonly serial: string | undefined;
  readonly model: string | undefined;
  readonly os: string | undefined;
  readonly state: PiState;
  /** Why it is in this state, a sentence; the remedy is in `error`. */
  readonly reason: string | undefined;
  readonly error: ErrorReport | undefined;
  /** When it was last detected or let us in. */
  readonly lastSeen: string | undefined;
  readonly vitals: Vitals | undefined;
  readonly vitalsAt: string | undefined;
  /** What is not as it should be (hot, disk full …), from the last vitals and the policy. */
  readonly warnings: readonly string[];
  /** The run that works on it now, or the last one that did. */
  readonly run:
    { readonly id: string; readonly command: string; readonly isLive: boolean } | undefined;
};

/** A Pi on the network that is in no inventory. */
export type DiscoveredPi = {
  /** Its MAC, else its address: what `rpi inventory add` takes. */
  readonly key: string;
  readonly address: string;
  readonly mac: string | undefined;
  readonly name: string | undefined;
  readonly banner: string | undefined;
  readonly evidence: readonly Evidence[];
  readonly firstSeen: string;
  readonly lastSeen: string;
};

export type FleetGroup = {
  readonly name: string;
  /** Names of the hosts that stand directly in it. */
  readonly hosts: readonly string[];
  /** Names of the groups below it. */
  readonly children: readonly string[];
};

/** A source of the fleet that could not be read; the rest is shown all the same. */
export type FleetFault = {
  readonly source: 'config' | 'inventory' | 'sightings' | 'runs';
  readonly error: ErrorReport;
  /** The file at fault, where there is one; lines and columns count from 1. */
  readonly path: string | undefined;
  readonly line: number | undefined;
  readonly column: number | undefined;
};

export type Fleet = {
  /** Groups of the top: in no other group; `ungrouped` only with hosts in it. Names are unique. */
  readonly roots: readonly string[];
  readonly groups: ReadonlyMap<string, FleetGroup>;
  readonly pis: ReadonlyMap<string, FleetPi>;
  readonly discovered: readonly DiscoveredPi[];
  readonly faults: readonly FleetFault[];
};
