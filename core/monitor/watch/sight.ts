/** Where the watching loop has its knowledge from, beside its own looks. */
import type { InventoryHost } from '../../inventory/host.ts';
import type { Answer, Observation } from './observation.ts';

/** What somebody else knows of the fleet in one interval. */
export type Survey = {
  /** Whether who was asked has answered; absent: nobody is asked. */
  readonly source?: Answer;
  /** What keeps it from its work, a sentence each by what is kept. */
  readonly troubles: ReadonlyMap<string, string | undefined>;
  /** What is known of a Pi without a look of our own; undefined: it needs one. */
  readonly seen: (host: InventoryHost) => Observation | undefined;
  /** A look of our own, with what is known beside it. */
  readonly beside: (own: Observation) => Observation;
};

/** Asked once an interval, before any Pi is. Rejects with `run.cancelled` alone. */
export type Sight = {
  readonly survey: (
    hosts: readonly InventoryHost[],
    now: { readonly at: number; readonly monotonic: number },
  ) => Promise<Survey>;
};

const NOTHING: Survey = { troubles: new Map(), seen: () => undefined, beside: (own) => own };

/** Nobody else: every Pi is looked at. */
export const OWN_SIGHT: Sight = { survey: () => Promise.resolve(NOTHING) };
