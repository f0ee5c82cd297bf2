/** Where what is known of the Pis comes from. To add one: a file, a line here, its word in rpi.yml. */
import type { BackendName } from '../project/monitor-backend.ts';
import type { ProjectContext } from '../runs/operation.ts';
import type { Backend } from './backend.ts';
import { openPrometheus } from './prometheus/backend.ts';
import { OWN_SIGHT } from './watch/sight.ts';

type Opened = (context: ProjectContext) => Promise<Backend>;

const BACKENDS: Readonly<Record<BackendName, Opened>> = {
  ssh: () => Promise.resolve({ sight: OWN_SIGHT, [Symbol.asyncDispose]: () => Promise.resolve() }),
  prometheus: openPrometheus,
};

/** The back-end that rpi.yml names. Throws what it throws. */
export function openBackend(context: ProjectContext): Promise<Backend> {
  return BACKENDS[context.project.config.monitor.backend](context);
}
