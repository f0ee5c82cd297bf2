/**
 * A signal that aborts with another one, or after a time. Dispose of it: `AbortSignal.any` of a
 * signal that lives on for months is never let go of (Node 24), some 200 bytes each.
 */
export type Deadline = Disposable & {
  readonly signal: AbortSignal;
  /** Whether the time was up first. */
  readonly isLate: () => boolean;
};

/** `timeout`: milliseconds. */
export function deadline(signal: AbortSignal, timeout: number): Deadline {
  const controller = new AbortController();
  let late = false;
  const onAbort = (): void => controller.abort(signal.reason);
  const timer = setTimeout(() => {
    late = !controller.signal.aborted;
    controller.abort(new DOMException('The time is up.', 'TimeoutError'));
  }, timeout);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    isLate: () => late,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
