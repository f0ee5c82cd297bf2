/**
 * The control socket of a live run: that it answers is the proof that the run lives. Its verbs
 * are cancel and answer, a line of JSON each, one answer line back. The folder is 0700.
 */
import * as z from 'zod';
import { RpiError } from '../errors.ts';
import { askLine, serveLines, socketPath } from './line-socket.ts';

const request = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('ping') }),
  z.object({ verb: z.literal('cancel') }),
  z.object({ verb: z.literal('answer'), id: z.string(), value: z.string() }),
]);
export type ControlRequest = z.infer<typeof request>;

const reply = z.object({ ok: z.boolean(), message: z.string() });
export type ControlReply = z.infer<typeof reply>;

export type ControlServer = AsyncDisposable;

/** Path of a run's socket; on Windows, the name of its pipe. */
export function controlPath(folder: string, runId: string): string {
  return socketPath(folder, shortName(runId));
}

/** Listens until disposed. `handle` decides; what it returns is sent back. */
export function serveControl(
  folder: string,
  runId: string,
  handle: (request: ControlRequest) => ControlReply,
): Promise<ControlServer> {
  return serveLines(folder, shortName(runId), (line) => JSON.stringify(respond(line, handle)));
}

/** Sends one request to a live run. Throws `run.not-live` where none listens. */
export async function askControl(
  folder: string,
  runId: string,
  message: ControlRequest,
): Promise<ControlReply> {
  try {
    const line = await askLine(folder, shortName(runId), JSON.stringify(message));
    return reply.parse(JSON.parse(line));
  } catch (error) {
    throw new RpiError('run.not-live', `The run ${runId} is not live.`, {
      remedy: 'rpi runs list shows which runs are.',
      cause: error,
    });
  }
}

/** A unix socket's path has room for about 100 bytes: the random end of the id is enough. */
function shortName(runId: string): string {
  return runId.slice(-6) + runId.slice(0, 16);
}

function respond(line: string, handle: (request: ControlRequest) => ControlReply): ControlReply {
  try {
    return handle(request.parse(JSON.parse(line)));
  } catch {
    return { ok: false, message: 'not a request' };
  }
}
