/** What the engine writes to the monitor's journal: every judgement, decision, remedy and answer. */
import * as z from 'zod';
import { REMEDIES } from '../../project/monitor-policy.ts';
import { look, selfCheck } from './tick.ts';
import { durable } from './state.ts';
import { HOST_STATES, KINDS, reason } from './words.ts';

const base = {
  v: z.literal(1),
  /** ISO 8601, UTC, by the wall clock. */
  at: z.string(),
  /** The engine's own time, milliseconds: goes on over restarts, never jumps within one process. */
  time: z.number(),
};
const host = z.string();
const remedy = z.enum(REMEDIES);

/** What a decision was made from. */
export const inputs = z.object({
  state: z.enum(HOST_STATES),
  what: z.enum(KINDS).optional(),
  /** Seconds. */
  failedFor: z.number(),
  mode: z.enum(['off', 'propose', 'auto']),
  /** Pis that are watched, how many of them are unhealthy, and how many may be. */
  fleet: z.number(),
  unhealthy: z.number(),
  allowed: z.number(),
  /** Remedies now under way, in the last hour, in the last day, of this Pi in the last day. */
  running: z.number(),
  hour: z.number(),
  day: z.number(),
  hostDay: z.number(),
  reinstallsDay: z.number(),
  /** Tries of each remedy in this case. */
  tries: z.record(z.string(), z.number()),
  notes: z.array(z.string()),
});

export const record = z.discriminatedUnion('kind', [
  z.object({
    ...base,
    kind: z.literal('decision.seen'),
    self: selfCheck,
    imageReady: z.boolean(),
    /** All Pis are in it: what was written before says nothing any more. */
    full: z.boolean(),
    /** Those that differ from what was written last, and those no longer watched. */
    hosts: z.array(look),
    gone: z.array(host),
  }),
  z.object({ ...base, kind: z.literal('decision.self'), ok: z.boolean(), why: z.string() }),
  z.object({
    ...base,
    kind: z.literal('decision.clock'),
    /** Milliseconds that the wall clock jumped; negative: back. */
    by: z.number(),
  }),
  z.object({
    ...base,
    kind: z.literal('decision.state'),
    host,
    from: z.enum(HOST_STATES),
    to: z.enum(HOST_STATES),
    what: z.enum(KINDS).optional(),
    why: z.string(),
    flapping: z.boolean(),
  }),
  z.object({
    ...base,
    kind: z.literal('decision.made'),
    id: z.string(),
    host,
    remedy,
    verdict: z.enum(['act', 'propose', 'wait', 'refuse']),
    reasons: z.array(reason),
    inputs,
    /** Of a proposal: the engine's time when it no longer stands. */
    expires: z.number().optional(),
    /** Of an act: the proposal that a person approved. */
    proposal: z.string().optional(),
  }),
  z.object({ ...base, kind: z.literal('decision.closed'), host, why: z.string() }),
  z.object({ ...base, kind: z.literal('decision.quarantined'), host, why: z.string() }),
  z.object({ ...base, kind: z.literal('decision.released'), host, by: z.string() }),
  z.object({ ...base, kind: z.literal('decision.snapshot'), state: durable }),
  z.object({
    ...base,
    kind: z.literal('remedy.started'),
    id: z.string(),
    host,
    remedy,
    /** The run that will do it: written before it begins. */
    run: z.string().optional(),
  }),
  z.object({
    ...base,
    kind: z.literal('remedy.finished'),
    id: z.string(),
    host,
    remedy,
    /**
     * `interrupted`: the monitor ended meanwhile; `refused`: somebody else was at work on the Pi, so
     * its run did nothing; `dropped`: it was never begun.
     */
    status: z.enum(['ok', 'failed', 'interrupted', 'refused', 'dropped']),
    summary: z.string(),
    /** The run that did it. */
    run: z.string().optional(),
  }),
  z.object({
    ...base,
    kind: z.literal('proposal.answered'),
    id: z.string(),
    host,
    answer: z.enum(['approve', 'refuse', 'snooze']),
    by: z.string(),
    /** Of snooze: the engine's time until which it is not shown. */
    until: z.number().optional(),
  }),
  z.object({
    ...base,
    kind: z.literal('proposal.ended'),
    id: z.string(),
    host,
    why: z.enum(['expired', 'withdrawn']),
  }),
]);
export type MonitorRecord = z.infer<typeof record>;
export type RecordOf<K extends MonitorRecord['kind']> = Extract<MonitorRecord, { kind: K }>;
export type Inputs = z.infer<typeof inputs>;

/** One line of the journal; undefined for what is not the engine's, torn or not understood. */
export function parseRecord(value: unknown): MonitorRecord | undefined {
  const parsed = record.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}
