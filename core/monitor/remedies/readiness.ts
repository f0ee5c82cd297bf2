/**
 * Whether a Pi could be reinstalled now: by the same checks as `rpi install preflight`, which look
 * at the Pi and change nothing. Asked beside the loop, for those that nothing milder has helped.
 */
import { preflight } from '../../install/preflight.ts';
import { RpiError } from '../../errors.ts';
import type { ProjectContext } from '../../runs/operation.ts';
import type { HostFacts } from '../decisions/tick.ts';

/** Milliseconds for which an answer counts; whoever installs asks again in any case. */
const FRESH = 600_000;

type Ready = Pick<HostFacts, 'identity' | 'imageReady'>;

export type Readiness = AsyncDisposable & {
  /** Asks for those that there is no fresh answer for, one after the other. */
  readonly ask: (hosts: readonly string[]) => void;
  /** The answers that are fresh. */
  readonly facts: () => Map<string, Ready>;
};

export function createReadiness(context: ProjectContext): Readiness {
  const { clock } = context;
  const controller = new AbortController();
  const signal = AbortSignal.any([context.signal, controller.signal]);
  const known = new Map<string, Ready & { readonly at: number }>();
  let asking: Promise<void> | undefined;
  const fresh = (): [string, Ready][] =>
    [...known].flatMap(([host, { at, ...ready }]): [string, Ready][] =>
      Math.abs(clock.now() - at) > FRESH ? [] : [[host, ready]],
    );
  const askAbout = async (host: string): Promise<void> => {
    const ready = await readyOf(host, { ...context, signal });
    known.set(host, { ...ready, at: clock.now() });
  };
  return {
    ask: (hosts) => {
      const answered = new Map(fresh());
      const next = hosts.find((host) => !answered.has(host));
      if (next === undefined || asking !== undefined || signal.aborted) return;
      asking = askAbout(next).finally(() => {
        asking = undefined;
      });
      // A fault of the program; what a Pi does wrong is an answer.
      asking.catch(() => undefined);
    },
    facts: () => new Map(fresh()),
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await asking?.catch(() => undefined);
    },
  };
}

async function readyOf(host: string, context: ProjectContext): Promise<Ready> {
  try {
    const input = { hosts: host, limit: undefined, arming: 'tryboot', needsPython: true } as const;
    const checking = preflight(input, context);
    let step = await checking.next();
    while (step.done !== true) step = await checking.next();
    const found = step.value.hosts.find((each) => each.host.name === host);
    const identity = found?.findings.find(({ name }) => name === 'identity');
    return {
      identity:
        identity === undefined || found?.host.serial === undefined
          ? 'unknown'
          : identity.status === 'ok'
            ? 'same'
            : 'changed',
      imageReady: found?.verdict === 'ready',
    };
  } catch (error) {
    if (!RpiError.is(error)) throw error;
    return { identity: 'unknown', imageReady: false };
  }
}
