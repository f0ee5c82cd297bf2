/**
 * The events of a run: what an operation yields, what the journal holds, what renderers read.
 * docs/events.md describes each kind for people who read journals with their own programs.
 */
import * as z from 'zod';
import { ERROR_CODES, type ErrorCode } from '../errors.ts';

/** Version of the event format; a reader refuses journals of a higher one. */
export const EVENT_VERSION = 1;

const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERROR_CODES, text);

/** A code of a newer version reads as `run.internal`. */
const errorCode = z
  .string()
  .transform((code): ErrorCode => (isErrorCode(code) ? code : 'run.internal'));

export const errorReport = z.object({
  code: errorCode,
  message: z.string(),
  remedy: z.string().optional(),
});

/** How one host, step or check ended. */
export const resultStatus = z.enum(['ok', 'changed', 'failed', 'skipped', 'refused', 'cancelled']);
export type ResultStatus = z.infer<typeof resultStatus>;

/** How a whole run ended. */
export const runStatus = z.enum(['ok', 'failed', 'refused', 'cancelled']);
export type RunStatus = z.infer<typeof runStatus>;

const question = z.object({
  /** `yes-no`: answered by yes or no; `typed`: by exactly `expect`; `secret`: never journaled. */
  type: z.enum(['yes-no', 'typed', 'secret', 'choice']),
  text: z.string(),
  detail: z.string().optional(),
  expect: z.string().optional(),
  choices: z.array(z.string()).optional(),
  /** The hosts that a yes would be for. */
  hosts: z.array(z.string()).optional(),
});
/** What an operation asks a person; every answer is a string (`yes` or `no` for `yes-no`). */
export type Question = z.infer<typeof question>;

/** One reason why a device is believed to be (or not to be) a Raspberry Pi. */
export const evidence = z.object({
  source: z.string(),
  says: z.string(),
  /** For a Pi, against it, or neither. */
  weight: z.enum(['for', 'against', 'neutral']),
});
export type Evidence = z.infer<typeof evidence>;

/** A device seen on the network. MACs are lower case with colons; `at` is in the record. */
export const sighting = z.object({
  address: z.string(),
  mac: z.string().optional(),
  name: z.string().optional(),
  banner: z.string().optional(),
  isPi: z.boolean(),
  evidence: z.array(evidence),
});
export type Sighting = z.infer<typeof sighting>;

/** The state of one Pi, as measured in one round. What could not be read is absent. */
export const vitals = z.object({
  /** Seconds since boot. */
  uptime: z.number().optional(),
  /** One-minute load average. */
  load: z.number().optional(),
  cpus: z.number().optional(),
  /** Degrees Celsius. */
  temperature: z.number().optional(),
  /** Bytes. */
  memoryTotal: z.number().optional(),
  memoryAvailable: z.number().optional(),
  /** Bytes, of the root file system. */
  diskTotal: z.number().optional(),
  diskAvailable: z.number().optional(),
  rootReadOnly: z.boolean().optional(),
  /** The bits of `vcgencmd get_throttled`; 0 is fine. */
  throttled: z.number().optional(),
  underVoltage: z.boolean().optional(),
  model: z.string().optional(),
  os: z.string().optional(),
});
export type Vitals = z.infer<typeof vitals>;

const host = { host: z.string() };
const maybeHost = { host: z.string().optional() };
const maybeStep = { step: z.string().optional() };

/** One schema a kind. To add a kind: a line here, a renderer in cli/, a line in docs/events.md. */
const kinds = {
  'run.started': z.object({
    command: z.string(),
    args: z.array(z.string()),
    pid: z.number(),
    /** The machine's boot and the process's start: a pid alone may be another process today. */
    bootId: z.string().optional(),
    processStart: z.string().optional(),
    project: z.string().optional(),
    version: z.string(),
    dryRun: z.boolean(),
  }),
  'run.finished': z.object({
    status: runStatus,
    summary: z.string(),
    /** What a cancelled or failed run leaves undone, a sentence each. */
    undone: z.array(z.string()),
    error: errorReport.optional(),
  }),
  plan: z.object({
    title: z.string(),
    /** Tells this plan from any other of its kind: what was read is what is done. */
    digest: z.string().optional(),
    items: z.array(
      z.object({ action: z.string(), target: z.string(), detail: z.string().optional() }),
    ),
  }),
  'host.started': z.object({ ...host }),
  'host.finished': z.object({
    ...host,
    status: resultStatus,
    summary: z.string(),
    error: errorReport.optional(),
  }),
  'step.started': z.object({ ...maybeHost, step: z.string(), title: z.string() }),
  'step.progress': z.object({
    ...maybeHost,
    step: z.string(),
    done: z.number(),
    total: z.number().optional(),
    detail: z.string().optional(),
  }),
  /** About to do what can't be undone; on disk before it is done. */
  'step.intended': z.object({ ...maybeHost, step: z.string(), what: z.string() }),
  'step.finished': z.object({
    ...maybeHost,
    step: z.string(),
    status: resultStatus,
    detail: z.string().optional(),
    error: errorReport.optional(),
  }),
  log: z.object({
    ...maybeHost,
    ...maybeStep,
    level: z.enum(['debug', 'info', 'warn', 'error']),
    text: z.string(),
  }),
  /** What a program we run printed, as it came; of a host, in whole lines. */
  output: z.object({
    ...maybeHost,
    ...maybeStep,
    stream: z.enum(['stdout', 'stderr']),
    text: z.string(),
  }),
  question: z.object({ id: z.string(), question }),
  /** `value` is absent for secrets. */
  answer: z.object({ id: z.string(), by: z.string(), value: z.string().optional() }),
  /** A port of a host is open on this machine, at 127.0.0.1. */
  forward: z.object({ ...host, port: z.number(), local: z.number(), url: z.string() }),
  'file.changed': z.object({
    path: z.string(),
    action: z.enum(['created', 'updated', 'left', 'removed']),
    /** True in a dry run: it would be changed. */
    planned: z.boolean(),
    /** Unified diff. */
    diff: z.string().optional(),
    detail: z.string().optional(),
  }),
  sighting: z.object({ sighting }),
  /** One thing looked at: by doctor, access check, preflight, verification. */
  check: z.object({
    ...maybeHost,
    name: z.string(),
    status: z.enum(['ok', 'warning', 'failed', 'skipped']),
    detail: z.string(),
    why: z.string().optional(),
    remedy: z.string().optional(),
    /** Of the error behind it, where there is one: what programs tell reasons apart by. */
    code: errorCode.optional(),
  }),
  vitals: z.object({ ...host, vitals }),
  'ansible.play': z.object({ ...maybeStep, play: z.string(), hosts: z.array(z.string()) }),
  'ansible.task': z.object({
    ...maybeStep,
    task: z.string(),
    action: z.string(),
    path: z.string().optional(),
    line: z.number().optional(),
  }),
  'ansible.result': z.object({
    ...maybeStep,
    ...host,
    task: z.string(),
    status: z.enum(['ok', 'changed', 'failed', 'unreachable', 'skipped']),
    ignored: z.boolean(),
    /** Failed, and a rescue block took care of it. */
    rescued: z.boolean(),
    message: z.string().optional(),
    item: z.string().optional(),
    path: z.string().optional(),
    line: z.number().optional(),
  }),
  'ansible.stats': z.object({
    ...maybeStep,
    hosts: z.record(
      z.string(),
      z.object({
        ok: z.number(),
        changed: z.number(),
        unreachable: z.number(),
        failed: z.number(),
        skipped: z.number(),
        rescued: z.number(),
        ignored: z.number(),
      }),
    ),
  }),
} as const;

type Kinds = typeof kinds;
export type EventKind = keyof Kinds;

/** What an operation yields; the runner stamps it into an Event. */
export type EventBody = {
  [K in EventKind]: { readonly kind: K } & z.infer<Kinds[K]>;
}[EventKind];

export type EventOf<K extends EventKind> = Extract<EventBody, { kind: K }>;

const stamp = z.object({
  v: z.number(),
  run: z.string(),
  /** 0, 1, 2 … within the run. */
  seq: z.number().int().nonnegative(),
  /** ISO 8601, UTC, milliseconds. */
  at: z.string(),
  kind: z.string(),
});
export type EventStamp = {
  readonly v: number;
  readonly run: string;
  readonly seq: number;
  readonly at: string;
};

/** One record of a journal. */
export type Event = EventStamp & EventBody;

const isKind = (kind: string): kind is EventKind => Object.hasOwn(kinds, kind);

/** How a body is read back once its kind is known. */
function parseBody(kind: EventKind, value: unknown): EventBody | undefined {
  const parsed = kinds[kind].safeParse(value);
  // The table ties each kind to its own schema, which the compiler can't follow through the lookup.
  return parsed.success ? ({ kind, ...parsed.data } as EventBody) : undefined;
}

/**
 * One line of a journal as an event. Undefined for what is not one: a torn last line, a kind of a
 * newer version. Never throws.
 */
export function parseEvent(line: string): Event | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const head = stamp.safeParse(value);
  if (!head.success || head.data.v > EVENT_VERSION || !isKind(head.data.kind)) return undefined;
  const body = parseBody(head.data.kind, value);
  if (body === undefined) return undefined;
  const { v, run, seq, at } = head.data;
  return { v, run, seq, at, ...body };
}
