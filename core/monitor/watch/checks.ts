/** The project's own checks, each at its own pace; between two times the last result stands. */
import { reportOf, RpiError } from '../../errors.ts';
import type { InventoryHost } from '../../inventory/host.ts';
import type { MonitorCheck } from '../../project/monitor-checks.ts';
import { deadline } from '../../runs/deadline.ts';
import type { SshSession } from '../../ssh/session.ts';
import { knock } from './knock.ts';
import type { CheckResult } from './observation.ts';

/** A check and the names of the hosts that it is for. */
export type PlannedCheck = { readonly check: MonitorCheck; readonly hosts: ReadonlySet<string> };

export type Checker = (
  host: InventoryHost,
  session: SshSession | undefined,
  signal: AbortSignal,
) => Promise<readonly CheckResult[]>;

/**
 * Runs the checks of a host that are due, all at once. One that has to run on the Pi has no result
 * while there is no connection: that it can't be reached is told already. Never rejects but with
 * `run.cancelled`.
 */
export function createChecker(planned: readonly PlannedCheck[], monotonic: () => number): Checker {
  const last = new Map<string, { readonly at: number; readonly result: CheckResult | undefined }>();
  return async (host, session, signal) => {
    const mine = planned.filter(({ hosts }) => hosts.has(host.name));
    const results = await Promise.all(
      mine.map(async ({ check }, index) => {
        // What it said before would be told of a Pi that nobody can ask any more.
        if (session === undefined && runsThere(check)) return undefined;
        const key = `${host.name} ${index}`;
        const before = last.get(key);
        const now = monotonic();
        if (before !== undefined && now - before.at < check.every * 1000) return before.result;
        const result = await run(check, host, session, signal);
        if (result !== undefined) last.set(key, { at: now, result });
        return result;
      }),
    );
    return results.filter((result) => result !== undefined);
  };
}

async function run(
  check: MonitorCheck,
  host: InventoryHost,
  session: SshSession | undefined,
  signal: AbortSignal,
): Promise<CheckResult | undefined> {
  const timeout = check.timeout * 1000;
  const name = check.name ?? nameOf(check, host);
  if ('http' in check) return { name, ...(await byHttp(check, host, timeout, signal)) };
  if ('port' in check) {
    const knocked = await knock(host.address, check.port, { timeout, signal });
    return { name, ok: knocked === 'open', detail: `port ${check.port} is ${knocked}` };
  }
  if (session === undefined) return undefined;
  const command = 'unit' in check ? `systemctl is-active -- ${check.unit}` : check.command;
  try {
    const { code, stdout, stderr } = await session.exec(command, { timeout, signal });
    const said = lastLine(stdout) || lastLine(stderr);
    return { name, ok: code === 0, detail: said === '' ? `ended with ${code}` : said };
  } catch (error) {
    if (!RpiError.is(error) || RpiError.is(error, 'run.cancelled', 'run.internal')) throw error;
    return { name, ok: false, detail: reportOf(error).message };
  }
}

function runsThere(check: MonitorCheck): boolean {
  return 'unit' in check || 'command' in check;
}

async function byHttp(
  check: Extract<MonitorCheck, { http: string }>,
  host: InventoryHost,
  timeout: number,
  signal: AbortSignal,
): Promise<{ ok: boolean; detail: string }> {
  using late = deadline(signal, timeout);
  try {
    const { address, headers } = requestOf(check, host);
    const response = await fetch(address, { signal: late.signal, headers, redirect: 'manual' });
    await response.body?.cancel();
    const { status } = response;
    const ok = check.status === undefined ? status >= 200 && status < 400 : status === check.status;
    return { ok, detail: `answers ${status}` };
  } catch {
    return { ok: false, detail: `no answer within ${timeout / 1000} s, or none at all` };
  }
}

/** User and password of an address go into the header that they are for: fetch takes no such address. */
function requestOf(
  { http }: Extract<MonitorCheck, { http: string }>,
  host: InventoryHost,
): { readonly address: URL; readonly headers: Readonly<Record<string, string>> } {
  const address = new URL(addressOf(http, host));
  const { username, password } = address;
  if (username === '' && password === '') return { address, headers: {} };
  [address.username, address.password] = ['', ''];
  const pair = `${decoded(username)}:${decoded(password)}`;
  const encoded = Buffer.from(pair).toString('base64');
  return { address, headers: { authorization: `Basic ${encoded}` } };
}

/** `p%40ss` is `p@ss`; a per cent sign that stands for itself stays. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** It stands in journals and on pages: what may be a secret in an address is left out. */
function nameOf(check: MonitorCheck, host: InventoryHost): string {
  if ('http' in check)
    return addressOf(check.http, host)
      .replace(/[?#].*$/, '')
      .replace(/\/\/[^/]*@/, '//');
  if ('port' in check) return `port ${check.port}`;
  return 'unit' in check ? check.unit : check.command.slice(0, 60);
}

function addressOf(template: string, host: InventoryHost): string {
  return template.replaceAll('{address}', host.address).replaceAll('{host}', host.name);
}

/** For terminals: nothing in it may move a cursor. */
function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1) ?? '';
  return line.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, '').slice(0, 120);
}
