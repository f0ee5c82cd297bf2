/** A Node that runs for long beside others' programs is kept small, by how it is started. */

/**
 * `young` is MiB of V8's space for new objects, of which there are three: 16 by itself. The second flag is for
 * those who give memory back when little is to be done.
 */
export function smallNodeFlags(young: 1 | 2): string[] {
  return [`--max-semi-space-size=${young}`, '--expose-gc'];
}

/**
 * Of the GNU C library: it gives back what is free. By itself it raises both bounds to the largest
 * pieces it ever had, and each thread has a store of its own: some MB in all.
 */
export const SMALL_NODE_ENVIRONMENT: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '65536',
  MALLOC_TRIM_THRESHOLD_: '131072',
};

/** They are for that process alone: what it starts does not inherit them. */
export function forgetSmallNodeEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(SMALL_NODE_ENVIRONMENT)) Reflect.deleteProperty(env, name);
}
