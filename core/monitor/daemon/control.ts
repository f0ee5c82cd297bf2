/**
 * The control socket of a project's monitor: a line of JSON each way. Question and answer carry
 * the protocol's version, so that an editor and a monitor of different versions tell so.
 */
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import * as z from 'zod';
import { RpiError, systemCode } from '../../errors.ts';
import type { Project } from '../../project/project.ts';
import { askLine, serveLines } from '../../runs/line-socket.ts';
import { isKept } from '../history/signals.ts';
import { observation, selfObservation } from '../watch/observation.ts';

export const PROTOCOL = 1;

const head = z.object({ protocol: z.number() });

const request = z.discriminatedUnion('verb', [
  z.object({ ...head.shape, verb: z.literal('status') }),
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
]);
export type MonitorRequest = z.infer<typeof request>;

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
  /** What keeps it from doing all it should, a sentence each. */
  faults: z.array(z.string()),
});
export type MonitorStatus = z.infer<typeof status>;

const points = z.array(
  z.object({ at: z.number(), mean: z.number(), low: z.number(), high: z.number() }),
);

const refusal = z.object({ ok: z.literal(false), message: z.string(), ...head.shape });

export type MonitorAnswers = {
  readonly status: () => MonitorStatus;
  /** May throw an RpiError. */
  readonly chart: (request: Extract<MonitorRequest, { verb: 'chart' }>) => z.infer<typeof points>;
};

/** Listens until disposed. */
export async function serveMonitor(
  folder: string,
  project: Pick<Project, 'root'>,
  answers: MonitorAnswers,
): Promise<AsyncDisposable> {
  return serveLines(folder, await nameOf(project), (line) =>
    JSON.stringify(respond(line, answers)),
  );
}

/** How the project's monitor stands. Throws `monitor.not-running`, and for another version `input.invalid`. */
export async function monitorStatus(
  folder: string,
  project: Pick<Project, 'root'>,
): Promise<MonitorStatus> {
  return status.parse(await ask(folder, project, { protocol: PROTOCOL, verb: 'status' }));
}

/** The points of a chart, from the running monitor. Throws as monitorStatus. */
export async function monitorChart(
  folder: string,
  project: Pick<Project, 'root'>,
  chart: Omit<Extract<MonitorRequest, { verb: 'chart' }>, 'protocol' | 'verb'>,
): Promise<z.infer<typeof points>> {
  return points.parse(await ask(folder, project, { protocol: PROTOCOL, verb: 'chart', ...chart }));
}

async function ask(
  folder: string,
  project: Pick<Project, 'root'>,
  message: MonitorRequest,
): Promise<unknown> {
  let line: string;
  try {
    line = await askLine(folder, await nameOf(project), JSON.stringify(message));
  } catch (error) {
    throw new RpiError('monitor.not-running', 'No monitor watches this project.', {
      remedy: 'Start one with: rpi monitor — or measure once: rpi monitor --once',
      cause: error,
    });
  }
  const answer = z
    .union([refusal, z.object({ ok: z.literal(true), value: z.unknown(), ...head.shape })])
    .parse(JSON.parse(line));
  if (answer.ok) return answer.value;
  throw new RpiError('input.invalid', answer.message, {
    ...(answer.protocol === PROTOCOL
      ? {}
      : { remedy: 'The monitor is of another version of rpi: end it and start it again.' }),
  });
}

function respond(line: string, answers: MonitorAnswers): object {
  const refuse = (message: string): object => ({ ok: false, protocol: PROTOCOL, message });
  try {
    const value: unknown = JSON.parse(line);
    const given = head.safeParse(value).data?.protocol;
    if (given !== PROTOCOL) {
      return refuse(`this monitor speaks version ${PROTOCOL}, not ${String(given ?? 'none')}`);
    }
    const message = request.parse(value);
    const result = message.verb === 'status' ? answers.status() : answers.chart(message);
    return { ok: true, protocol: PROTOCOL, value: result };
  } catch (error) {
    return refuse(RpiError.is(error) ? error.message : 'not a request');
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
