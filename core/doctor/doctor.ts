/** `rpi doctor`: what is installed, what is missing, why it matters, what mends it. */
import { cancelled, RpiError } from '../errors.ts';
import type { Project } from '../project/project.ts';
import type { EventBody } from '../runs/event.ts';
import type { Context, Outcome } from '../runs/operation.ts';
import type { Check, CheckInput, Finding } from './check.ts';
import { CHECKS } from './checks.ts';
import { detectPlatform } from './platform.ts';

export type DoctorInput = {
  /** The project to look at too, or why it can't be opened; undefined outside of one. */
  readonly project: Project | RpiError | undefined;
  /** As in `process.platform`. */
  readonly system: string;
};

export type DoctorOutcome = Outcome & {
  /** Names of the checks. */
  readonly failed: readonly string[];
  readonly warnings: readonly string[];
};

/** Runs every check at once and yields them in the table's order. `failed` when one has failed. */
export async function* doctor(
  input: DoctorInput,
  context: Context,
): AsyncGenerator<EventBody, DoctorOutcome> {
  const checkInput: CheckInput = {
    project: RpiError.is(input.project) ? undefined : input.project,
    projectError: RpiError.is(input.project) ? input.project : undefined,
    env: context.env,
    signal: context.signal,
    now: context.clock.now(),
    platform: await detectPlatform(input.system, context.env),
  };
  const findings = CHECKS.map((check) => ({ check, finding: settled(check.find(checkInput)) }));
  const failed: string[] = [];
  const warnings: string[] = [];
  for (const { check, finding } of findings) {
    const found = await finding;
    if (context.signal.aborted) {
      return { status: 'cancelled', summary: cancelled().message, failed, warnings };
    }
    if (found.status === 'failed') failed.push(check.name);
    if (found.status === 'warning') warnings.push(check.name);
    yield event(check, found);
  }
  return {
    status: failed.length > 0 ? 'failed' : 'ok',
    summary: summary(failed, warnings),
    failed,
    warnings,
  };
}

function event(check: Check, { status, detail, remedy }: Finding): EventBody {
  return {
    kind: 'check',
    name: check.name,
    status,
    detail,
    ...(status === 'ok' || status === 'skipped' ? {} : { why: check.why }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** A check that breaks says nothing about what it checks; the others still count. */
function settled(finding: Promise<Finding>): Promise<Finding> {
  return finding.catch((error: unknown) => ({
    status: 'failed',
    detail: `could not be checked: ${error instanceof Error ? error.message : String(error)}`,
  }));
}

function summary(failed: readonly string[], warnings: readonly string[]): string {
  if (failed.length > 0) return `Missing or wrong: ${failed.join(', ')}.`;
  if (warnings.length > 0)
    return `All that is needed is there. Could be better: ${warnings.join(', ')}.`;
  return 'All is there.';
}
