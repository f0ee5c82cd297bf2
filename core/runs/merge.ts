/**
 * Many hosts at once: runs one generator a host, at most `limit` at a time, and interleaves
 * their events as they come. A host's exception becomes its own result and never the others'.
 */
import { RpiError } from '../errors.ts';
import type { EventBody } from './event.ts';

export type HostResult<Host, Value> =
  | { readonly host: Host; readonly ok: true; readonly value: Value }
  | { readonly host: Host; readonly ok: false; readonly error: unknown };

/**
 * Results are in the order of `hosts`. When `signal` aborts, hosts that have not begun are not
 * begun (their result is the `run.cancelled` error); those under way are drained to their end:
 * they see the signal themselves. When the reader stops early, generators under way are returned.
 */
export async function* merge<Host, Value>(
  hosts: readonly Host[],
  work: (host: Host) => AsyncGenerator<EventBody, Value>,
  options: { readonly limit: number; readonly signal: AbortSignal },
): AsyncGenerator<EventBody, HostResult<Host, Value>[]> {
  type Step = { readonly index: number; readonly result: HostStep<Value> };
  const results = new Map<number, HostResult<Host, Value>>();
  const running = new Map<number, AsyncGenerator<EventBody, Value>>();
  const pending = new Map<number, Promise<Step>>();
  let next = 0;

  const advance = (index: number, generator: AsyncGenerator<EventBody, Value>): void => {
    const step = generator.next().then(
      (result): Step => ({ index, result }),
      (error: unknown): Step => ({ index, result: { failed: true, error } }),
    );
    pending.set(index, step);
  };

  const begin = (): void => {
    while (running.size < options.limit && next < hosts.length) {
      const index = next++;
      const host = hosts[index] as Host; // index < hosts.length; Host itself may include undefined
      if (options.signal.aborted) {
        results.set(index, { host, ok: false, error: new RpiError('run.cancelled', 'Cancelled.') });
        continue;
      }
      const generator = work(host);
      running.set(index, generator);
      advance(index, generator);
    }
  };

  try {
    begin();
    while (pending.size > 0) {
      const { index, result } = await Promise.race(pending.values());
      const host = hosts[index] as Host; // as above
      pending.delete(index);
      const generator = running.get(index);
      if ('failed' in result) {
        running.delete(index);
        results.set(index, { host, ok: false, error: result.error });
      } else if (result.done === true) {
        running.delete(index);
        results.set(index, { host, ok: true, value: result.value });
      } else {
        yield result.value;
        if (generator !== undefined) advance(index, generator);
      }
      begin();
    }
    return hosts.map((host, index) => results.get(index) ?? lost(host));
  } finally {
    // `return` wants a value that nobody reads: the reader has gone.
    const unread = undefined as Value;
    await Promise.allSettled([...running.values()].map((generator) => generator.return(unread)));
  }
}

type HostStep<Value> =
  IteratorResult<EventBody, Value> | { readonly failed: true; readonly error: unknown };

function lost<Host>(host: Host): { host: Host; ok: false; error: unknown } {
  return { host, ok: false, error: new RpiError('run.internal', 'A host was not worked on.') };
}
