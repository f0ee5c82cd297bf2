/** The supervisor's control socket: one JSON request a connection, one JSON answer. */
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import * as z from 'zod';
import { isSystemError, LabError, messageOf } from './errors.ts';
import type { SupervisorRecord } from './state.ts';

export const requestSchema = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('status') }),
  z.object({ verb: z.literal('cut'), machine: z.string() }),
  z.object({ verb: z.literal('plug'), machine: z.string() }),
  /** Powers every machine off and keeps the lab: for a snapshot. Answers with those that had power. */
  z.object({ verb: z.literal('rest') }),
  z.object({ verb: z.literal('wake'), machines: z.array(z.string()) }),
  z.object({ verb: z.literal('down') }),
]);

export type Request = z.output<typeof requestSchema>;

const report = z.object({
  name: z.string(),
  state: z.enum(['off', 'booting', 'on', 'installing', 'dead', 'failed']),
  address: z.string().optional(),
  banner: z.string().optional(),
  boots: z.int(),
  pid: z.int().optional(),
  problem: z.string().optional(),
  /** Pid 1 of the machine, as the supervisor's namespace numbers it. */
  leader: z.int().optional(),
});

const answerSchema = z.object({
  machines: z.array(report).default([]),
  /** Names: what `rest` powered off. */
  rested: z.array(z.string()).default([]),
  error: z.string().optional(),
});

export type LiveReport = z.output<typeof report>;
export type Answer = z.input<typeof answerSchema>;

/** Inside the supervisor's own /run, so that it vanishes with the lab and its path is short. */
export const socketPath = '/run/rpi-lab.sock';

/** The same socket as seen from outside. */
export function outerSocketPath(record: SupervisorRecord): string {
  return `/proc/${record.pid}/root${socketPath}`;
}

export function isListening(record: SupervisorRecord): boolean {
  return existsSync(outerSocketPath(record));
}

/** Serves requests; a handler's failure becomes the answer's `error`. */
export async function serveControl(handle: (request: Request) => Promise<Answer>): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = '';
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (!text.includes('\n')) return;
      const line = text.slice(0, text.indexOf('\n'));
      text = '';
      void (async () => {
        const answer = await handle(requestSchema.parse(JSON.parse(line))).catch(
          (error: unknown) => ({
            error: messageOf(error),
          }),
        );
        socket.end(`${JSON.stringify(answer)}\n`);
      })().catch((error: unknown) =>
        socket.end(`${JSON.stringify({ error: messageOf(error) })}\n`),
      );
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, resolve);
  });
  return server;
}

/**
 * Asks a running supervisor.
 * @throws LabError `not-running` when nobody answers, `wrong-state` with what it said otherwise
 */
export async function ask(
  record: SupervisorRecord,
  request: Request,
): Promise<z.output<typeof answerSchema>> {
  const text = await new Promise<string>((resolve, reject) => {
    const socket = connect(outerSocketPath(record));
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.write(`${JSON.stringify(request)}\n`);
  }).catch((error: unknown) => {
    if (isSystemError(error, 'EACCES')) {
      throw new LabError('not-root', 'The lab belongs to root.', 'Run it as root.', {
        cause: error,
      });
    }
    throw new LabError(
      'not-running',
      `The lab's supervisor (process ${record.pid}) does not answer: ${messageOf(error)}`,
      'If it stays so: npm run lab -- down',
      { cause: error },
    );
  });
  if (text === '') {
    throw new LabError('not-running', 'The lab ended while it was asked.', 'npm run lab -- up');
  }
  const answer = answerSchema.parse(JSON.parse(text));
  if (answer.error !== undefined) {
    throw new LabError('wrong-state', answer.error, 'See: npm run lab -- status');
  }
  return answer;
}
