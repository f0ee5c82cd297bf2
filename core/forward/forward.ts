/** `rpi forward`: a port of a Pi on this machine, by the real ssh, until it is cancelled. */
import { streamCommand } from '../command/run.ts';
import { existsSync } from 'node:fs';
import { RpiError } from '../errors.ts';
import type { InventoryHost } from '../inventory/host.ts';
import { loadInventory } from '../inventory/load.ts';
import type { EventBody } from '../runs/event.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import { identityFile, noKeyYet } from '../ssh/identity.ts';
import { oneHost } from '../ssh/one-host.ts';
import { forwardCommand } from '../ssh/command.ts';
import { freePort } from './free-port.ts';

export type ForwardInput = {
  /** A host of the inventory. */
  readonly host: string;
  /** The port of the host; what listens there on its loopback is reached too. */
  readonly port: number;
  /** The port wanted here; another one is taken where it is in use. */
  readonly local: number;
};

export type ForwardOutcome = Outcome & { readonly host: string; readonly local: number };

/** What ssh's LocalCommand prints once it is logged in and listens. */
const READY = 'rpi-forward-ready';

/**
 * Yields `forward` once the port is open at 127.0.0.1. Being cancelled is its ordinary end, with
 * status ok. Throws `inventory.*`, `access.identity`, and `command.failed` with ssh's own words
 * where it can't log in or the connection is lost.
 */
export async function* forward(
  input: ForwardInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, ForwardOutcome> {
  const { project, env, signal } = context;
  const host = oneHost(await loadInventory(project, context), input.host);
  const identity = identityFile(project, env);
  if (identity !== undefined && !existsSync(identity)) throw noKeyYet();
  const local = await freePort(input.local);
  if (local !== input.local) {
    const text = `Port ${input.local} can’t be had on this machine: it is ${local} instead.`;
    yield { kind: 'log', level: 'warn', text };
  }
  const url = `http://127.0.0.1:${local}/`;
  const command = forwardCommand(host, {
    identityFile: identity,
    knownHosts: project.knownHosts,
    port: input.port,
    local,
    onReady: `echo ${READY}`,
  });
  let stderr = '';
  let stdout = '';
  let ready = false;
  try {
    const chunks = streamCommand(command, { signal, env, guarded: true });
    for (;;) {
      const step = await chunks.next();
      if (step.done === true) throw ended(host, input.port, ready, step.value, stderr);
      const { from, text } = step.value;
      if (from === 'stderr') stderr = `${stderr}${text}`.slice(-2000);
      else if (!ready) {
        stdout = `${stdout}${text}`.slice(-2000);
        ready = stdout.includes(READY);
        if (ready) yield { kind: 'forward', host: host.name, port: input.port, local, url };
      }
    }
  } catch (error) {
    if (!RpiError.is(error, 'run.cancelled')) throw error;
  }
  const summary = ready
    ? `Port ${input.port} of ${host.name} is no longer forwarded.`
    : 'Ended before the port was open.';
  return { status: ready ? 'ok' : 'cancelled', summary, host: host.name, local };
}

function ended(
  { name }: InventoryHost,
  port: number,
  ready: boolean,
  code: number,
  stderr: string,
): RpiError {
  const said = stderr.replace(/[^\P{C}\n]/gu, '').trim();
  const why = said === '' ? `ssh ended with ${code}` : said;
  const what = ready ? 'The connection was lost' : `Port ${port} can’t be forwarded`;
  return new RpiError('command.failed', `${name}: ${what}: ${why}`, {
    remedy: `rpi access check -l ${name} shows whether it lets us in.`,
  });
}
