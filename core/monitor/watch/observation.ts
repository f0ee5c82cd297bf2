/** What one look at one Pi found: the input of the history, of the page and of failure detection. */
import * as z from 'zod';
import { errorReport, vitals } from '../../runs/event.ts';

/** `unknown`: not asked, or this machine can't tell. It speaks neither for the Pi nor against it. */
export const answer = z.enum(['yes', 'no', 'unknown']);
export type Answer = z.infer<typeof answer>;

/** One of the project's own checks, `monitor.checks` of rpi.yml. */
export const checkResult = z.object({ name: z.string(), ok: z.boolean(), detail: z.string() });
export type CheckResult = z.infer<typeof checkResult>;

/** Packages that could be upgraded, by the lists that the Pi has. */
const pendingUpdates = z.object({
  pending: z.number(),
  /** Of these, from an archive for security. */
  security: z.number(),
});
export type PendingUpdates = z.infer<typeof pendingUpdates>;

/** What the watching loop measures beside the vitals of a round. What could not be read is absent. */
export const signs = z.object({
  /** The kernel's id of this boot: another one is a reboot. */
  bootId: z.string().optional(),
  /** systemd units that have failed, the first 20 of them. */
  failedUnits: z.array(z.string()).optional(),
  /** What the kernel counted of read and write errors of the root file system, over its life. */
  cardErrors: z.number().optional(),
  /** Seconds that the Pi's clock is ahead of this machine's. */
  clockOffset: z.number().optional(),
  /** Bytes. */
  swapTotal: z.number().optional(),
  swapFree: z.number().optional(),
  /** Of the root file system. */
  inodesTotal: z.number().optional(),
  inodesFree: z.number().optional(),
  updates: pendingUpdates.optional(),
});
export type Signs = z.infer<typeof signs>;

/** As people are told it; the same words as those of one round. */
export const seenState = z.enum(['healthy', 'warning', 'unreachable', 'locked']);
export type SeenState = z.infer<typeof seenState>;

export const observation = z.object({
  host: z.string(),
  address: z.string(),
  /** Groups of the inventory that it is in. */
  groups: z.array(z.string()).default([]),
  /** Milliseconds since the epoch, by this machine's clock, which may jump. */
  at: z.number(),
  /** Milliseconds of a clock that never jumps; compared only within one process. */
  monotonic: z.number(),
  state: seenState,
  /** Why it is not healthy; empty otherwise. */
  reasons: z.array(z.string()),
  signals: z.object({
    /** The Pi itself answers on the network: it is in the neighbour table, or refuses a connection. */
    neighbour: answer,
    /** Its ssh port accepts connections. */
    tcp22: answer,
    /** It lets us in, or the kept connection lives. */
    ssh: answer,
    /** The line of measurements came in time. */
    vitals: answer,
    /** Every check of the project is fine; `unknown` where there is none. */
    checks: answer,
  }),
  /** Why it could not be measured. */
  error: errorReport.optional(),
  vitals: vitals.optional(),
  signs: signs.optional(),
  checks: z.array(checkResult).default([]),
  /** What a run of ours does with it now, in words; it counts as no failure. */
  planned: z.string().optional(),
  /** Others that were asked whether they see it. */
  witnesses: z.array(z.object({ host: z.string(), sees: z.boolean() })).optional(),
});
export type Observation = z.infer<typeof observation>;

/** What this machine knows of itself, before anybody else is judged. */
export const selfObservation = z.object({
  at: z.number(),
  monotonic: z.number(),
  /** An interface other than the loopback is up and has an address. */
  link: answer,
  /** The gateway of the default route answers; `no` only where it did before. */
  gateway: answer,
  /** Whoever measures the Pis for it answers; absent where it does so itself. */
  source: answer.optional(),
});
export type SelfObservation = z.infer<typeof selfObservation>;

/** One interval of the watching loop: every watched Pi once. */
export const interval = z.object({ self: selfObservation, hosts: z.array(observation) });
export type Interval = z.infer<typeof interval>;
