/** What was seen of the fleet in one interval, with what is known beside it: the engine's input. */
import * as z from 'zod';
import { answer, type Interval } from '../watch/observation.ts';

/**
 * The ways to look at a Pi, from the wire to the app: it stands in the neighbour table, its port 22
 * opens, it lets us in, it could be measured, the project's own checks pass.
 */
export const SIGNALS = ['neighbour', 'tcp22', 'ssh', 'vitals', 'checks'] as const;

export const look = z.object({
  host: z.string().min(1),
  /** The inventory groups that it is in; they decide what may be done to it. */
  groups: z.array(z.string()).default([]),
  /** One that is left out is `unknown`. */
  signals: z.partialRecord(z.enum(SIGNALS), answer),
  /** What other Pis say that were asked whether they see it. */
  witnesses: z.array(z.object({ host: z.string(), sees: z.boolean() })).default([]),
  /** What it is short of: never a reason to wipe it. */
  pressure: z.array(z.enum(['disk', 'memory'])).default([]),
  /** Whether it is the Pi of the inventory, by its serial and MAC. */
  identity: z.enum(['same', 'unknown', 'changed']).default('unknown'),
  /** Whether all checks before an installation of it pass; where it was not asked, the tick's. */
  imageReady: z.boolean().optional(),
  /** Work that somebody does on it now, in words: “provision”, “maintenance: new case”. */
  planned: z.string().optional(),
  /** What is wrong, in words: “http://10.0.0.7:8080 answers 500”. */
  notes: z.array(z.string()).default([]),
});
export type Look = z.infer<typeof look>;

export const selfCheck = z.object({
  link: answer,
  gateway: answer,
  /** Whoever measures the Pis for this machine; absent where it does so itself. */
  source: answer.optional(),
});

export const tick = z.object({
  /** Wall clock, milliseconds since the epoch; may jump. */
  at: z.number(),
  /** Milliseconds of a clock that never jumps; compared only within one process. */
  monotonic: z.number(),
  self: selfCheck,
  /** What Pis are reinstalled with is at hand, and its checksums are right. */
  imageReady: z.boolean().default(false),
  hosts: z.array(look),
});
export type Tick = z.infer<typeof tick>;

/** What is known of a host beside what was just seen. */
export type HostFacts = Partial<Omit<Look, 'host' | 'signals' | 'notes'>>;

/** An interval of the watching loop as input of the engine. */
export function tickOf(
  { self, hosts }: Interval,
  facts: { readonly imageReady: boolean; readonly hosts: ReadonlyMap<string, HostFacts> },
): Tick {
  return {
    at: self.at,
    monotonic: self.monotonic,
    self: {
      link: self.link,
      gateway: self.gateway,
      ...(self.source === undefined ? {} : { source: self.source }),
    },
    imageReady: facts.imageReady,
    hosts: hosts.map((seen) =>
      look.parse({
        host: seen.host,
        signals: seen.signals,
        ...(seen.planned === undefined ? {} : { planned: seen.planned }),
        ...(seen.witnesses === undefined ? {} : { witnesses: seen.witnesses }),
        notes: [
          ...(seen.error === undefined ? [] : [seen.error.message]),
          ...seen.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`),
        ],
        ...facts.hosts.get(seen.host),
      }),
    ),
  };
}
