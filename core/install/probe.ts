/** What every check before an installation looks like. */
import type { Suite } from '../debian/release.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { Vitals } from '../runs/event.ts';
import type { Finding, NamedFinding } from '../runs/finding.ts';
import type { Surroundings } from './surroundings.ts';
import type { Reach, TargetFacts } from './target-facts.ts';

/** Which file makes the Pi start the installer: one that counts once, or the one that stays. */
export type Arming = 'tryboot' | 'config.txt';

/** What is known of a Pi itself. */
export type MachineInput = {
  readonly host: InventoryHost;
  readonly facts: TargetFacts;
  /** Undefined where measuring gave no answer. */
  readonly vitals: Vitals | undefined;
  readonly here: Surroundings;
};

/** What an installation reads from a server. */
export type SourceInput = {
  readonly url: string;
  /** Seen from the Pi; undefined where asking gave no answer. */
  readonly fromPi: Reach | undefined;
  /** Addresses that its host name has here. */
  readonly addresses: readonly string[];
  /** Seen from here. */
  readonly fromHere:
    | { readonly type: 'release'; readonly release: Suite }
    | { readonly type: 'status'; readonly status: number }
    | { readonly type: 'not-a-release' }
    | { readonly type: 'failed'; readonly why: string };
};

/** A check: pure, on what was gathered before. */
export type Probe<Input> = {
  readonly name: string;
  /** What happens to a Pi that is installed although this is wrong. */
  readonly why: string;
  readonly find: (input: Input) => Finding;
};

export function look<Input>(probes: readonly Probe<Input>[], input: Input): NamedFinding[] {
  return probes.map(({ name, why, find }) => ({ name, why, ...find(input) }));
}
