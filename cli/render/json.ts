import type { EventQueue } from '../../core/runs/queue.ts';

/** Every event as a line of JSON on stdout, exactly as in the journal. */
export async function renderJson(events: EventQueue): Promise<void> {
  for await (const event of events) {
    const flushed = process.stdout.write(`${JSON.stringify(event)}\n`);
    if (!flushed) await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
  }
}
