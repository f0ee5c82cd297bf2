/** What our callback plugin (ansible/plugins/callback/rpi_events.py) writes, as events. */
import * as z from 'zod';
import type { EventBody } from '../runs/event.ts';

const count = z.number().default(0);
const message = z.discriminatedUnion('event', [
  z.object({ event: z.literal('play_start'), play: z.string(), hosts: z.array(z.string()) }),
  z.object({
    event: z.literal('task_start'),
    task: z.string(),
    action: z.string(),
    path: z.string().nullish(),
    line: z.number().nullish(),
  }),
  z.object({
    event: z.literal('result'),
    host: z.string(),
    task: z.string(),
    status: z.enum(['ok', 'changed', 'failed', 'unreachable', 'skipped']),
    ignored: z.boolean().default(false),
    rescued: z.boolean().default(false),
    msg: z.string().nullish(),
    item: z.string().nullish(),
    path: z.string().nullish(),
    line: z.number().nullish(),
  }),
  z.object({
    event: z.literal('stats'),
    hosts: z.record(
      z.string(),
      z.object({
        ok: count,
        changed: count,
        unreachable: count,
        failed: count,
        skipped: count,
        rescued: count,
        ignored: count,
      }),
    ),
  }),
]);

/** Joins chunks to lines and lines to events; what is neither is left out. */
export function createEventReader(step: string): {
  readonly read: (chunk: string) => EventBody[];
} {
  let rest = '';
  return {
    read: (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      return lines.flatMap((line) => parseLine(step, line) ?? []);
    },
  };
}

function parseLine(step: string, line: string): EventBody | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = message.safeParse(value);
  if (!parsed.success) return undefined;
  const data = parsed.data;
  switch (data.event) {
    case 'play_start':
      return { kind: 'ansible.play', step, play: data.play, hosts: data.hosts };
    case 'task_start':
      return { kind: 'ansible.task', step, task: data.task, action: data.action, ...place(data) };
    case 'result':
      return {
        kind: 'ansible.result',
        step,
        host: data.host,
        task: data.task,
        status: data.status,
        ignored: data.ignored,
        rescued: data.rescued,
        ...(data.msg == null ? {} : { message: data.msg }),
        ...(data.item == null ? {} : { item: data.item }),
        ...place(data),
      };
    case 'stats':
      return { kind: 'ansible.stats', step, hosts: data.hosts };
  }
}

function place(data: {
  readonly path?: string | null | undefined;
  readonly line?: number | null | undefined;
}): { path?: string; line?: number } {
  return {
    ...(data.path == null ? {} : { path: data.path }),
    ...(data.line == null ? {} : { line: data.line }),
  };
}
