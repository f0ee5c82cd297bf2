/** The preflight of a reinstall as a document in Markdown; pure. */
import { escapeMarkdown } from '../../core/formats/markdown.ts';
import type { Event } from '../../core/runs/event.ts';

/** Sentences are longer than names. */
const escaped = (text: string): string => escapeMarkdown(text, 4000);

const MARKS = { ok: '✓ ok', warning: '! look at it', failed: '✗ failed', skipped: '– not known' };

export type PreflightVerdict =
  | {
      readonly isReady: true;
      /** Digest of the plan that was read. */
      readonly plan: string;
    }
  | { readonly isReady: false; readonly why: string };

/** Whether nothing refuses, and the plan to go on with; else why not, in a sentence. */
export function preflightVerdict(events: readonly Event[]): PreflightVerdict {
  const finished = events.findLast((event) => event.kind === 'run.finished');
  const host = events.findLast((event) => event.kind === 'host.finished');
  const failed = events.find((event) => event.kind === 'check' && event.status === 'failed');
  if (failed?.kind === 'check') {
    return { isReady: false, why: sentences(`${failed.name}: ${failed.detail}`, failed.remedy) };
  }
  const error =
    (host?.kind === 'host.finished' ? host.error : undefined) ??
    (finished?.kind === 'run.finished' ? finished.error : undefined);
  if (error !== undefined) return { isReady: false, why: sentences(error.message, error.remedy) };
  if (finished?.kind !== 'run.finished') return { isReady: false, why: 'The checks did not end.' };
  if (finished.status !== 'ok') return { isReady: false, why: finished.summary };
  const plan = events.findLast((event) => event.kind === 'plan');
  return plan?.kind !== 'plan' || plan.digest === undefined
    ? { isReady: false, why: 'The checks ended without a plan.' }
    : { isReady: true, plan: plan.digest };
}

/** Every check with its result and remedy, then the plan. What a Pi says of itself is escaped. */
export function preflightDocument(host: string, events: readonly Event[], at: string): string {
  const checks = events.flatMap((event) => (event.kind === 'check' ? [event] : []));
  const plans = events.flatMap((event) => (event.kind === 'plan' ? [event] : []));
  const verdict = preflightVerdict(events);
  return [
    `# Reinstall ${escaped(host)}`,
    '',
    `Looked at ${at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}. Nothing was changed.`,
    '',
    verdict.isReady
      ? `**${passed(checks)}** The plan is below; it starts only when the Pi’s name is typed.`
      : `**It can’t be reinstalled now.** ${escaped(verdict.why)}`,
    '',
    '## Checks',
    '',
    ...(checks.length === 0 ? ['None could be made.', ''] : checks.flatMap(linesOfCheck)),
    ...plans.flatMap(linesOfPlan),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

type Check = Extract<Event, { kind: 'check' }>;

/** What the checks say together, where none of them refuses. */
function passed(checks: readonly Check[]): string {
  const count = (wanted: Check['status']): number =>
    checks.filter(({ status }) => status === wanted).length;
  const [warnings, unknown] = [count('warning'), count('skipped')];
  if (warnings + unknown === 0) return 'Every check passed.';
  const open = [
    ...(warnings === 0 ? [] : [`${warnings} warning${warnings === 1 ? '' : 's'}`]),
    ...(unknown === 0 ? [] : [`${unknown} not known`]),
  ];
  return `Nothing refuses it; ${open.join(', ')}.`;
}

function linesOfCheck({ name, status, detail, why, remedy }: Check): string[] {
  return [
    `### ${MARKS[status]}: ${escaped(name)}`,
    '',
    escaped(detail),
    '',
    ...(why === undefined ? [] : [`Why it matters: ${escaped(why)}`, '']),
    ...(remedy === undefined || status === 'ok' ? [] : [`**What to do:** ${linked(remedy)}`, '']),
  ];
}

type Plan = Extract<Event, { kind: 'plan' }>;

function linesOfPlan({ title, items }: Plan): string[] {
  return [
    `## Plan: ${escaped(title)}`,
    '',
    ...items.map(({ action, target, detail }) => {
      const more = detail === undefined ? '' : ` (${escaped(detail)})`;
      return `- ${escaped(action)}: ${escaped(target)}${more}`;
    }),
    '',
  ];
}

/** Addresses of the web in a remedy can be followed; everything else is text. */
function linked(text: string): string {
  return text
    .split(/(https:\/\/[A-Za-z0-9.-]+(?:\/[A-Za-z0-9._~/%#?=&-]*)?)/)
    .map((part, index) => (index % 2 === 1 ? `<${part}>` : escaped(part)))
    .join('');
}

function sentences(...parts: readonly (string | undefined)[]): string {
  return parts
    .flatMap((part) => part ?? [])
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(' ');
}
