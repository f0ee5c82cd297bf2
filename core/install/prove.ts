/** Whether the system that answers is the one that this installation was to make. */
import { RpiError } from '../errors.ts';
import { describe } from '../ssh/errors.ts';
import { parsePublicKey, sameKey } from '../formats/ssh-key.ts';
import type { InventoryHost } from '../inventory/host.ts';
import type { EventBody } from '../runs/event.ts';
import type { Job } from './job.ts';
import type { SystemFacts, Watcher } from './look.ts';
import type { NamedFinding } from '../runs/finding.ts';
import { lastOf } from './remote.ts';
import { packagesScript } from './remote-scripts.ts';
import { FACTS_COMMAND, FACTS_SCRIPT } from './facts-script.ts';
import { parseTargetFacts, type TargetFacts } from './target-facts.ts';

/** Milliseconds for one question. */
const TIMEOUT = 60_000;

/**
 * Tells a check for each proof. Throws `install.not-proved` where one fails, and what a login
 * throws. Returns what the new system says of its machine.
 */
export async function* prove(
  host: InventoryHost,
  job: Job,
  system: SystemFacts,
  watcher: Watcher,
  signal: AbortSignal,
): AsyncGenerator<EventBody, TargetFacts | undefined> {
  await using session = await watcher.open(host, job, signal);
  const expected = parsePublicKey(job.expected.hostKey);
  const isExpectedKey = expected !== undefined && sameKey(session.hostKey, expected);
  const { stdout } = await session.exec('sh -s', {
    signal,
    stdin: packagesScript(job.expected.packages),
    timeout: TIMEOUT,
  });
  const lines = stdout.split(/\r?\n/).filter((line) => line !== '');
  const missing = lines.flatMap((line) => /^missing (\S+)$/.exec(line)?.[1] ?? []);
  const isAsked = lastOf(lines) === 'proved';
  const facts = await session.exec(FACTS_COMMAND, {
    signal,
    stdin: FACTS_SCRIPT,
    timeout: TIMEOUT,
  });
  const findings = [
    check('new host key', isExpectedKey, describe(session.hostKey), {
      why: 'Whoever answers must hold the key that was made for the new system.',
    }),
    check('job', system.nonce === job.nonce, nonceDetail(job, system), {
      why: 'The marker that was installed tells this installation from any other.',
    }),
    check('machine id', isNew(job, system), system.machineId ?? 'none', {
      why: 'An old machine id means that the old system was not replaced.',
    }),
    check('host name', isNamed(job, system), system.hostname ?? 'none', {
      why: 'A setting that was not taken shows here first: the installer’s default is pi.',
    }),
    check(
      'packages',
      isAsked && missing.length === 0,
      missing.length > 0
        ? `missing: ${missing.join(', ')}`
        : `${job.expected.packages.length} of ${job.expected.packages.length} are installed`,
      { why: 'The installer goes on when a package can’t be installed.' },
    ),
  ];
  for (const finding of findings) yield { kind: 'check', host: job.host, ...finding };
  const failed = findings.filter(({ status }) => status === 'failed');
  if (failed.length > 0) throw notProved(job, failed);
  return parseTargetFacts(facts.stdout);
}

function isNew({ before }: Job, { machineId }: SystemFacts): boolean {
  return machineId !== undefined && machineId !== before.machineId;
}

function isNamed({ expected }: Job, { hostname }: SystemFacts): boolean {
  return expected.hostname === undefined || hostname === expected.hostname;
}

function nonceDetail(job: Job, { nonce }: SystemFacts): string {
  if (nonce === job.nonce) return 'its marker is the one of this installation';
  return nonce === undefined ? 'it has no marker' : 'its marker is of another installation';
}

function check(
  name: string,
  isFine: boolean,
  detail: string,
  { why }: { readonly why: string },
): NamedFinding {
  return { name, why, status: isFine ? 'ok' : 'failed', detail };
}

function notProved(job: Job, failed: readonly NamedFinding[]): RpiError {
  const what = failed.map(({ name, detail }) => `${name} (${detail})`).join(', ');
  return new RpiError(
    'install.not-proved',
    `${job.host} answers, but is not what was to be installed: ${what}.`,
    {
      remedy: `Read /var/log/raspberrypi-ua-netinst.log there, then install it again or correct it by hand.`,
    },
  );
}
