/** The preflight of a reinstall as a document in Markdown; pure. */
import { escapeMarkdown } from '../../core/formats/markdown.ts';
import type { Event } from '../../core/runs/event.ts';

/** Sentences are longer than names. */
const escaped = (text: string): string => escapeMarkdown(text, 4000);

const MARKS = { ok: '✓ ok', warning: '! look at it', failed: '✗ failed', skipped: '– not known' };

/** Whether every check passed; else why not, in a sentence. */
export function preflightVerdict(events: readonly Event[]): {
  readonly isReady: boolean;
  readonly why: string;
} {
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
  return { isReady: finished.status === 'ok', why: finished.summary };
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
      ? '**Every check passed.** The plan is below; it starts only when the Pi’s name is typed.'
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
