/**
 * The preflight of a reinstall as a document in Markdown: what refuses first, with what can be done
 * about it as links; then the plan, and last what passed. Pure.
 */
import { escapeMarkdown } from '../../core/formats/markdown.ts';
import type { Event } from '../../core/runs/event.ts';
import { linkedParts, type LinkAction } from './remedy-links.ts';

/** Sentences are longer than names. */
const escaped = (text: string): string => escapeMarkdown(text, 4000);

const MARKS = { ok: '✓', warning: '!', failed: '✗', skipped: '–' };

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

export type PreflightDocument = {
  readonly text: string;
  /** A link with the address `#follow-N` does the N-th. */
  readonly actions: readonly LinkAction[];
};

type Check = Extract<Event, { kind: 'check' }>;
type Plan = Extract<Event, { kind: 'plan' }>;
/** Takes what a link does, and gives its address. */
type Follow = (action: LinkAction) => string;

/** What a Pi says of itself is escaped: only what is ours can be followed. */
export function preflightDocument(
  host: string,
  events: readonly Event[],
  at: string,
): PreflightDocument {
  const actions: LinkAction[] = [];
  const follow: Follow = (action) => `#follow-${actions.push(action) - 1}`;
  const checks = events.flatMap((event) => (event.kind === 'check' ? [event] : []));
  const plans = events.flatMap((event) => (event.kind === 'plan' ? [event] : []));
  const of = (...wanted: readonly Check['status'][]): readonly Check[] =>
    checks.filter(({ status }) => wanted.includes(status));
  const long = (title: string, found: readonly Check[]): string[] =>
    found.length === 0
      ? []
      : [`## ${title}`, '', ...found.flatMap((check) => linesOfCheck(check, host, follow))];
  const isCompared = events.some((event) => event.kind === 'file.changed');
  const text = [
    `# Reinstall ${escaped(host)}`,
    '',
    `Looked at ${at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}. Nothing was changed.`,
    '',
    ...linesOfVerdict(preflightVerdict(events), checks, host, follow),
    ...long('What refuses it', of('failed')),
    ...plans.flatMap((plan) => linesOfPlan(plan, isCompared ? follow : undefined)),
    ...long('What to know before', of('warning', 'skipped')),
    ...linesOfPassed(of('ok'), follow),
  ];
  return { text: text.join('\n').trimEnd().concat('\n'), actions };
}

function linesOfVerdict(
  verdict: PreflightVerdict,
  checks: readonly Check[],
  host: string,
  follow: Follow,
): string[] {
  if (verdict.isReady) {
    return [`> **${passed(checks)}** It starts only when the Pi’s name is typed.`, ''];
  }
  const refusing = checks.filter(({ status }) => status === 'failed').length;
  const why =
    refusing === 0
      ? linked(verdict.why, host, follow)
      : `${refusing} check${refusing === 1 ? ' refuses' : 's refuse'} it.`;
  const again = follow({ does: 'command', command: 'rpi.reinstall', about: 'pi' });
  return [`> **It can’t be reinstalled now.** ${why} [Look again](${again})`, ''];
}

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

function linesOfCheck(
  { name, status, detail, why, remedy }: Check,
  host: string,
  follow: Follow,
): string[] {
  const about = `[About this check](${follow(docsOf(name))})`;
  return [
    `### ${MARKS[status]} ${escaped(name)}`,
    '',
    escaped(sentences(detail)),
    ...(why === undefined ? [] : ['', `Why it matters: ${escaped(why)}`]),
    '',
    remedy === undefined
      ? about
      : `**What to do:** ${linked(sentences(remedy), host, follow)} ${about}`,
    '',
  ];
}

function linesOfPassed(checks: readonly Check[], follow: Follow): string[] {
  if (checks.length === 0) return [];
  return [
    '## What passed',
    '',
    '| | |',
    '| --- | --- |',
    ...checks.map(
      ({ name, detail }) =>
        `| [${escaped(name)}](${follow(docsOf(name))}) | ${escaped(sentences(detail))} |`,
    ),
    '',
  ];
}

/** What looks through the archives has names of its own behind a colon. */
function docsOf(name: string): LinkAction {
  return { does: 'docs', heading: name.split(':')[0] ?? name };
}

/** Actions of a plan in the order they are read; any other is a file that is written. */
const PARTS: readonly (readonly [action: string, title: string])[] = [
  ['WIPE', 'What is wiped'],
  ['lost', 'What can’t be undone'],
  ['risk', 'When a power cut or a fault does harm'],
  ['then', 'What starts it'],
];

function linesOfPlan({ title, items }: Plan, follow: Follow | undefined): string[] {
  const files = items.filter(({ action }) => PARTS.every(([known]) => known !== action));
  const lines = ({ target, detail }: Plan['items'][number]): string =>
    `${escaped(target)}${detail === undefined ? '' : ` (${escaped(detail)})`}`;
  const differences =
    follow === undefined
      ? []
      : [`[Show how they differ from what is on the Pi](${follow({ does: 'differences' })})`, ''];
  return [
    '## Plan',
    '',
    escaped(title),
    '',
    ...PARTS.flatMap(([action, heading]) => {
      const found = items.filter((item) => item.action === action);
      if (found.length === 0) return [];
      return [`### ${heading}`, '', ...found.map((item) => `- ${lines(item)}`), ''];
    }),
    ...(files.length === 0
      ? []
      : [
          '### What is written before',
          '',
          ...differences,
          '| | |',
          '| --- | --- |',
          ...files.map((item) => `| ${escaped(item.action)} | ${lines(item)} |`),
          '',
        ]),
  ];
}

/** What a remedy names can be followed; everything else is text. */
function linked(text: string, host: string, follow: Follow): string {
  return linkedParts(text, host)
    .map((part) => {
      // Escaping takes spaces at its ends away.
      const [, before = '', after = ''] = /^(\s*)[^]*?(\s*)$/.exec(part.text) ?? [];
      const shown = `${before}${escaped(part.text)}${after}`;
      if ('url' in part) return `<${part.url}>`;
      return 'action' in part ? `[${shown}](${follow(part.action)})` : shown;
    })
    .join('');
}

function sentences(...parts: readonly (string | undefined)[]): string {
  return parts
    .flatMap((part) => part ?? [])
    .map((part) => (/[.!?…]$/.test(part) ? part : `${part}.`))
    .join(' ');
}
