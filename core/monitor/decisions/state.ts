/** The engine's memory. What is durable follows from the journal alone; the rest is seen anew. */
import * as z from 'zod';
import { REMEDIES } from '../../project/monitor-policy.ts';
import type { Look, Tick } from './tick.ts';
import { HOST_STATES, KINDS } from './words.ts';

/** A remedy that was decided on. */
const act = z.object({
  id: z.string(),
  host: z.string(),
  remedy: z.enum(REMEDIES),
  /** The engine's times, milliseconds. */
  decided: z.number(),
  started: z.number().optional(),
  ended: z.number().optional(),
  status: z.enum(['ok', 'failed', 'interrupted', 'refused', 'dropped']).optional(),
  /** The proposal that a person approved. */
  proposal: z.string().optional(),
  /** The run that does it; its journal tells what became of it. */
  run: z.string().optional(),
});
export type Act = z.infer<typeof act>;

export const proposal = z.object({
  id: z.string(),
  host: z.string(),
  remedy: z.enum(REMEDIES),
  /** How the Pi was failing: a no holds for as long as it fails in this way. */
  what: z.enum(KINDS).optional(),
  made: z.number(),
  expires: z.number(),
  /** Sentences that speak for it. */
  evidence: z.array(z.string()),
  status: z.enum(['open', 'approved', 'refused', 'snoozed', 'expired', 'withdrawn', 'done']),
  /** Who answered. */
  by: z.string().optional(),
  /** Of a snoozed one. */
  until: z.number().optional(),
});
export type Proposal = z.infer<typeof proposal>;

const hostMemory = z.object({
  state: z.enum(HOST_STATES),
  what: z.enum(KINDS).optional(),
  why: z.string(),
  /** When it failed, the engine's times; the last 20. */
  failures: z.array(z.number()),
  /** A case is open from the first failure until it has been healthy for a while. */
  open: z.boolean(),
  /** Tries of each remedy in this case. */
  tries: z.record(z.string(), z.number()),
  quarantined: z.boolean(),
  /** The last decision, to write only what is new. */
  lastDecision: z.string(),
});
export type HostMemory = z.infer<typeof hostMemory>;

export const durable = z.object({
  time: z.number(),
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** The number of the last id given. */
  ids: z.number(),
  self: z.object({ ok: z.boolean(), why: z.string() }),
  hosts: z.record(z.string(), hostMemory),
  /** Those of the last two days, and those that have not ended. */
  acts: z.array(act),
  /** Those that can still matter. */
  proposals: z.array(proposal),
  /** The Pi that was reinstalled last, until it has proved healthy. */
  canary: z.string().optional(),
});
export type Durable = z.infer<typeof durable>;

/** What a new process sees anew; waiting begins again, which is the careful side. */
export type HostSight = {
  /** The last looks, the newest last. */
  readonly window: readonly ('good' | 'bad' | 'unclear')[];
  /** Milliseconds it was seen failing since it was last healthy. */
  readonly failedFor: number;
  /** Of these, milliseconds in which it let us in and was not well. */
  readonly illFor: number;
  /** Milliseconds it was seen healthy without a break. */
  readonly healthyFor: number;
  /** Milliseconds of settling left after planned work. */
  readonly settling: number;
};

export type EngineState = {
  readonly durable: Durable;
  readonly sight: Readonly<Record<string, HostSight>>;
  /** The last interval, to measure time by; undefined in a new process. */
  readonly last: Pick<Tick, 'at' | 'monotonic'> | undefined;
  /** What was written of the last looks. */
  readonly written: {
    readonly self: string;
    readonly hosts: Readonly<Record<string, Look>>;
    /** The engine's time. */
    readonly time: number;
  };
};

export const NEW_HOST: HostMemory = {
  state: 'unknown',
  what: undefined,
  why: '',
  failures: [],
  open: false,
  tries: {},
  quarantined: false,
  lastDecision: '',
};
export const NEW_SIGHT: HostSight = {
  window: [],
  failedFor: 0,
  illFor: 0,
  healthyFor: 0,
  settling: 0,
};

export const NOTHING_WRITTEN: EngineState['written'] = {
  self: '',
  hosts: {},
  time: Number.NEGATIVE_INFINITY,
};

/** A fresh engine; its time starts at the wall clock's. */
export function newEngine(at: number): EngineState {
  return around({
    time: at,
    at,
    ids: 0,
    self: { ok: true, why: '' },
    hosts: {},
    acts: [],
    proposals: [],
  });
}

/** The state of a new process that knows only what is durable. */
export function around(known: Durable): EngineState {
  return {
    durable: known,
    sight: {},
    last: undefined,
    written: NOTHING_WRITTEN,
  };
}

export function memoryOf({ hosts }: Durable, host: string): HostMemory {
  return (Object.hasOwn(hosts, host) ? hosts[host] : undefined) ?? NEW_HOST;
}
