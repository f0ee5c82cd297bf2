import type { EventQueue } from '../../core/runs/queue.ts';
import { print } from './stdout.ts';

/** Every event as a line of JSON on stdout, exactly as in the journal. */
export async function renderJson(events: EventQueue): Promise<void> {
  for await (const event of events) {
    await print(`${JSON.stringify(event)}\n`);
  }
}
