/**
 * The control socket of a project's monitor: a line of JSON each way. Question and answer carry
 * the protocol's version, so that an editor and a monitor of different versions tell so.
 */
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import * as z from 'zod';
import { RpiError, systemCode } from '../../errors.ts';
import { REMEDIES } from '../../project/monitor-policy.ts';
import type { Project } from '../../project/project.ts';
import { askLine, serveLines } from '../../runs/line-socket.ts';
import { isKept } from '../history/signals.ts';
import { observation, selfObservation } from '../watch/observation.ts';

export const PROTOCOL = 2;

const YEAR = 31_536_000;

const head = z.object({ protocol: z.number() });

const request = z.discriminatedUnion('verb', [
  z.object({ ...head.shape, verb: z.literal('status') }),
  z.object({ ...head.shape, verb: z.literal('proposals') }),
  z.object({
    ...head.shape,
    verb: z.literal('chart'),
    host: z.string(),
    signal: z.string().refine(isKept),
    /** Seconds since the epoch. */
    from: z.number(),
    to: z.number(),
    points: z.number().int().min(1).max(10_000),
  }),
  z.object({
    ...head.shape,
    verb: z.literal('answer'),
    /** The id of a proposal, or the Pi that the only one is for. */
    proposal: z.string(),
    answer: z.enum(['approve', 'refuse', 'snooze']),
    /** Of snooze: seconds. */
    for: z.number().positive().max(YEAR).optional(),
    /** Who answers. */
    by: z.string().min(1).max(200),
    /** To approve what erases a Pi: its name, as a person typed it. */
    yesWipe: z.string().optional(),
  }),
  z.object({
    ...head.shape,
    verb: z.literal('release'),
    host: z.string(),
    by: z.string().min(1).max(200),
  }),
]);
export type MonitorRequest = z.infer<typeof request>;

const openProposal = z.object({
  id: z.string(),
  host: z.string(),
  remedy: z.enum(REMEDIES),
  /** ISO 8601, UTC. */
  made: z.string(),
  expires: z.string(),
  /** Sentences that speak for it. */
  evidence: z.array(z.string()),
});
export type OpenProposal = z.infer<typeof openProposal>;

const status = z.object({
  version: z.string(),
  pid: z.number(),
  /** Of the first look and the last one; ISO 8601, UTC. */
  since: z.string(),
  lookedAt: z.string().optional(),
  /** Seconds. */
  interval: z.number(),
  self: selfObservation.optional(),
  hosts: z.array(observation),
  /** What waits for somebody's answer, the oldest first. */
  proposals: z.array(openProposal),
  /** What keeps it from doing all it should, a sentence each. */
  faults: z.array(z.string()),
});
export type MonitorStatus = z.infer<typeof status>;

const answered = z.object({
  id: z.string(),
  host: z.string(),
  remedy: z.enum(REMEDIES),
  answer: z.enum(['approve', 'refuse', 'snooze']),
});
export type Answered = z.infer<typeof answered>;

const released = z.object({ host: z.string() });
type Released = z.infer<typeof released>;

const points = z.array(
  z.object({ at: z.number(), mean: z.number(), low: z.number(), high: z.number() }),
);

const refusal = z.object({
  ok: z.literal(false),
  message: z.string(),
  remedy: z.string().optional(),
  ...head.shape,
});

const reply = z.union([
  refusal,
  z.object({ ok: z.literal(true), value: z.unknown(), ...head.shape }),
]);

export type MonitorAnswers = {
  readonly status: () => MonitorStatus;
  readonly proposals: () => OpenProposal[];
  /** May throw an RpiError. */
  readonly chart: (
    request: Extract<MonitorRequest, { verb: 'chart' }>,
  ) => z.infer<typeof points> | Promise<z.infer<typeof points>>;
  /** May throw an RpiError. */
  readonly answer: (request: Extract<MonitorRequest, { verb: 'answer' }>) => Answered;
  /** May throw an RpiError. */
  readonly release: (request: Extract<MonitorRequest, { verb: 'release' }>) => Released;
};

/** Listens until disposed. */
export async function serveMonitor(
  folder: string,
  project: Pick<Project, 'root'>,
  answers: MonitorAnswers,
): Promise<AsyncDisposable> {
  return serveLines(folder, await nameOf(project), async (line) =>
    JSON.stringify(await respond(line, answers)),
  );
}

/** How the project's monitor stands. Throws `monitor.not-running` and `monitor.version`. */
export async function monitorStatus(
  folder: string,
  project: Pick<Project, 'root'>,
): Promise<MonitorStatus> {
  return ask(folder, project, { protocol: PROTOCOL, verb: 'status' }, status);
}

/** What waits for an answer, the oldest first. Throws as monitorStatus. */
export async function monitorProposals(
  folder: string,
  project: Pick<Project, 'root'>,
): Promise<OpenProposal[]> {
  const message = { protocol: PROTOCOL, verb: 'proposals' } as const;
  return ask(folder, project, message, z.array(openProposal));
}

/** The points of a chart, from the running monitor. Throws as monitorStatus. */
export async function monitorChart(
  folder: string,
  project: Pick<Project, 'root'>,
  chart: Omit<Extract<MonitorRequest, { verb: 'chart' }>, 'protocol' | 'verb'>,
): Promise<z.infer<typeof points>> {
  return ask(folder, project, { protocol: PROTOCOL, verb: 'chart', ...chart }, points);
}

/**
 * Answers a proposal; it is in the journal when this resolves. Throws as monitorStatus, and
 * `input.invalid` where nothing of this name waits for an answer.
 */
export async function monitorAnswer(
  folder: string,
  project: Pick<Project, 'root'>,
  given: Omit<Extract<MonitorRequest, { verb: 'answer' }>, 'protocol' | 'verb'>,
): Promise<Answered> {
  return ask(folder, project, { protocol: PROTOCOL, verb: 'answer', ...given }, answered);
}

/** Takes a Pi out of quarantine. Throws as monitorAnswer. */
export async function monitorRelease(
  folder: string,
  project: Pick<Project, 'root'>,
  given: Omit<Extract<MonitorRequest, { verb: 'release' }>, 'protocol' | 'verb'>,
): Promise<Released> {
  const message = { protocol: PROTOCOL, verb: 'release', ...given } as const;
  return ask(folder, project, message, released);
}

async function ask<T>(
  folder: string,
  project: Pick<Project, 'root'>,
  message: MonitorRequest,
  schema: z.ZodType<T>,
): Promise<T> {
  let line: string;
  try {
    line = await askLine(folder, await nameOf(project), JSON.stringify(message));
  } catch (error) {
    throw new RpiError('monitor.not-running', 'No monitor watches this project.', {
      remedy:
        'Start one with: rpi monitor — or measure once: rpi monitor --once. Where it is a service: rpi monitor service status',
      cause: error,
    });
  }
  const answer = reply.safeParse(valueOf(line)).data;
  if (answer === undefined) throw otherVersion('what it says is not understood');
  if (answer.ok) {
    const value = schema.safeParse(answer.value);
    if (value.success) return value.data;
    throw otherVersion('what it says is not understood', value.error);
  }
  const { message: said, remedy } = answer;
  if (answer.protocol !== PROTOCOL) throw otherVersion(said);
  throw new RpiError('input.invalid', said, remedy === undefined ? {} : { remedy });
}

function otherVersion(why: string, cause?: unknown): RpiError {
  return new RpiError('monitor.version', `The monitor is of another version of rpi: ${why}.`, {
    remedy: 'End it and start it again; where it is a service: rpi monitor service install',
    cause,
  });
}

function valueOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function respond(line: string, answers: MonitorAnswers): Promise<object> {
  const refuse = (message: string): object => ({ ok: false, protocol: PROTOCOL, message });
  try {
    const value: unknown = JSON.parse(line);
    const given = head.safeParse(value).data?.protocol;
    if (given !== PROTOCOL) {
      return refuse(`this monitor speaks version ${PROTOCOL}, not ${String(given ?? 'none')}`);
    }
    const message = request.parse(value);
    return { ok: true, protocol: PROTOCOL, value: await resultOf(message, answers) };
  } catch (error) {
    if (!RpiError.is(error)) return refuse('not a request');
    const { message, remedy } = error;
    return { ok: false, protocol: PROTOCOL, message, ...(remedy === undefined ? {} : { remedy }) };
  }
}

function resultOf(message: MonitorRequest, answers: MonitorAnswers): unknown {
  switch (message.verb) {
    case 'status':
      return answers.status();
    case 'proposals':
      return answers.proposals();
    case 'chart':
      return answers.chart(message);
    case 'answer':
      return answers.answer(message);
    case 'release':
      return answers.release(message);
  }
}

/** One name a project, by whichever path it was opened. */
async function nameOf({ root }: Pick<Project, 'root'>): Promise<string> {
  const real = await realpath(root).catch((error: unknown) => {
    if (systemCode(error) === undefined) throw error;
    return root;
  });
  return `monitor-${createHash('sha256').update(real).digest('hex').slice(0, 16)}`;
}
