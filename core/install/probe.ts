/** What every check before an installation looks like. */
import type { InventoryHost } from '../inventory/host.ts';
import type { Vitals } from '../runs/event.ts';
import type { Suite } from '../debian/release.ts';
import type { Medium } from './backend.ts';
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

/** What is known of a Pi and of what would be installed on it. */
export type InstallInput = MachineInput & {
  readonly medium: Medium;
  readonly sources: readonly SourceInput[];
  readonly arming: Arming;
  /** Ansible is to work on the new system in the same run. */
  readonly needsPython?: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

export type Finding = {
  /** `failed` refuses the installation. `skipped`: it can't be known; `detail` says why. */
  readonly status: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly detail: string;
  /** What to do about it. */
  readonly remedy?: string;
};

/** A check: pure, on what was gathered before. */
export type Probe<Input> = {
  readonly name: string;
  /** What happens to a Pi that is installed although this is wrong. */
  readonly why: string;
  readonly find: (input: Input) => Finding;
};

/** A finding with the name and the reason of its probe, as the `check` event has them. */
export type NamedFinding = Finding & { readonly name: string; readonly why: string };

export function look<Input>(probes: readonly Probe<Input>[], input: Input): NamedFinding[] {
  return probes.map(({ name, why, find }) => ({ name, why, ...find(input) }));
}

/** Bytes as people write them: `64 MB`, `7.4 GB`. Decimal, as on the label of a card. */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  if (bytes < 1_000_000_000) return `${(bytes / 1_000_000).toFixed(1)} MB`;
  return `${(bytes / 1_000_000_000).toFixed(1)} GB`;
}
