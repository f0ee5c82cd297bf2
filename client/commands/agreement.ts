/**
 * What a person has agreed to in a dialog, handed to the one run that it was for. It stands in no
 * words of a command: a task that is run again asks again, in its terminal. Pure.
 */
import type { Event, Question } from '../../core/runs/event.ts';

/** The answer to a question of the run, or undefined where it is not the one agreed to. */
export type Agreement = (question: Question) => string | undefined;

/** To a yes for these hosts, and for no other: all that the run asks about must have been named. */
export function agreedToHosts(hosts: readonly string[]): Agreement {
  return ({ type, hosts: asked = [] }) =>
    type === 'yes-no' && asked.length > 0 && asked.every((host) => hosts.includes(host))
      ? 'yes'
      : undefined;
}

/** To the question that wants this name typed. */
export function agreedToName(name: string): Agreement {
  return ({ type, expect }) => (type === 'typed' && expect === name ? name : undefined);
}

export type Answer = { readonly run: string; readonly id: string; readonly value: string };

/**
 * Reads a run up to the question that was agreed to: its answer, once. Any other question is left
 * to the terminal. Undefined where the run asked nothing of the kind.
 */
export async function agreedAnswer(
  events: AsyncIterable<Event>,
  agreement: Agreement,
): Promise<Answer | undefined> {
  for await (const event of events) {
    if (event.kind !== 'question') continue;
    const value = agreement(event.question);
    if (value !== undefined) return { run: event.run, id: event.id, value };
  }
  return undefined;
}
