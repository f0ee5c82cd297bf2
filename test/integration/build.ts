/** Before the integration tests, once: tests must not pass on what was built before a change. */
import { build } from '../../scripts/build.ts';

export async function setup(): Promise<void> {
  await build();
}
