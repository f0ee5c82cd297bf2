/** What an installation would do to a Pi, exactly: as data, as events and as a document. */
import { createHash } from 'node:crypto';
import type { InventoryHost } from '../inventory/host.ts';
import type { EventBody, RunStatus } from '../runs/event.ts';
import type { Outcome, ProjectContext } from '../runs/operation.ts';
import type { Course, MediumFile } from './backend.ts';
import { preflight, type HostPreflight, type PreflightInput, type Ready } from './preflight.ts';
import { planDifferences } from './plan-differences.ts';
import { sizeText } from '../formats/size.ts';
import type { Arming } from './probe.ts';
import type { NamedFinding } from '../runs/finding.ts';

export type InstallPlan = Course & {
  readonly host: string;
  readonly address: string;
  readonly model: string;
  readonly serial: string;
  /** The back-end's title. */
  readonly by: string;
  readonly system: string;
  readonly arming: Arming;
  /** Absolute paths on the Pi, in the order they are written. */
  readonly files: readonly (MediumFile & { readonly action: 'create' | 'replace' })[];
  readonly wiped: readonly { readonly disk: string; readonly bytes: number | undefined }[];
  /** Checks that did not pass and did not refuse: what a person accepts with the plan. */
  readonly open: readonly NamedFinding[];
};

export type PlanOutcome = Outcome & {
  readonly hosts: readonly HostPreflight[];
  /** One for each host that is ready. */
  readonly plans: readonly InstallPlan[];
};

/** Unchanged lines around each difference to the Pi; undefined: it is not compared with it. */
export type PlanInput = PreflightInput & { readonly around?: number | undefined };

/** Preflight, then the plan of each host that passed. Throws what preflight throws. */
export async function* planInstall(
  input: PlanInput,
  context: ProjectContext,
): AsyncGenerator<EventBody, PlanOutcome> {
  const checked = yield* preflight(input, context);
  const plans = checked.hosts.flatMap((each) =>
    each.verdict === 'ready' ? [planOf(each.host, each.ready, each.findings, input.arming)] : [],
  );
  for (const plan of plans) yield planEvent(plan);
  const { arming, around } = input;
  for (const each of around === undefined ? [] : checked.hosts) {
    if (each.verdict !== 'ready' || around === undefined) continue;
    yield* planDifferences(each, { arming, around }, context);
  }
  const status: RunStatus = checked.status;
  return { ...checked, status, plans };
}

/** The plan of a host that passed its preflight. */
export function planOf(
  host: InventoryHost,
  { backend, medium, facts }: Ready,
  findings: readonly NamedFinding[],
  arming: Arming,
): InstallPlan {
  const folder = facts.boot?.folder ?? '/boot';
  return {
    host: host.name,
    address: host.address,
    model: facts.model ?? facts.revision?.model ?? 'unknown',
    serial: facts.serial ?? 'unknown',
    by: backend.title,
    system: medium.system,
    arming,
    files: medium.files(facts, arming).map((file) => ({
      ...file,
      path: `${folder}/${file.path}`,
      action: facts.boot?.files.has(file.path) === true ? 'replace' : 'create',
    })),
    wiped: medium.disks.map(({ name }) => ({
      disk: name,
      bytes: facts.disks.find((disk) => disk.name === name)?.bytes,
    })),
    open: findings.filter(({ status }) => status === 'warning' || status === 'skipped'),
    ...medium.course(facts, arming),
  };
}

/**
 * Tells plans apart by all that a person agrees to: two with the same digest do the same to the
 * same Pi. Of checks that did not pass only their result counts: what they measured, as the load,
 * is another the next minute.
 */
export function digestOf({ open, ...plan }: InstallPlan): string {
  const checks = open.map(({ name, status }) => ({ name, status }));
  return createHash('sha256')
    .update(JSON.stringify([plan, checks], inOrder))
    .digest('hex')
    .slice(0, 32);
}

/** Objects of the same entries as the same text, in whatever order they were made. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The plan as an event. */
export function planEvent(plan: InstallPlan): EventBody {
  return {
    kind: 'plan',
    title: `Reinstall ${plan.host}: ${plan.system}`,
    digest: digestOf(plan),
    items: [
      ...plan.files.map((file) => ({
        action: file.action,
        target: file.path,
        detail: fileDetail(file),
      })),
      ...plan.switches.map((target) => ({ action: 'then', target })),
      ...plan.wiped.map((disk) => ({ action: 'WIPE', target: diskText(disk) })),
      ...plan.irreversible.map((target) => ({ action: 'lost', target })),
      ...plan.windows.map((target) => ({ action: 'risk', target })),
    ],
  };
}

/** The plan as a Markdown document. */
export function installPlanText(plan: InstallPlan): string {
  const files = plan.files.map(
    (file) => `| ${file.action} | \`${file.path}\` | ${fileDetail(file)} |`,
  );
  const total = plan.files.reduce((sum, { size = 0 }) => sum + size, 0);
  return [
    `# Plan: reinstall ${plan.host}`,
    '',
    `- **Pi**: ${plan.model}, serial ${plan.serial}, at ${plan.address}`,
    `- **New system**: ${plan.system}, by ${plan.by}`,
    `- **Wiped**: ${plan.wiped.map(diskText).join(' and ')}`,
    '',
    ...section('What can’t be undone', plan.irreversible),
    '## Files written',
    '',
    '| | file | |',
    '| --- | --- | --- |',
    ...files,
    '',
    `${plan.files.length} files, ${sizeText(total)}.`,
    '',
    ...section('Then', plan.switches),
    ...section('When a power cut or a fault does harm', plan.windows),
    ...section(
      'Not proved by the checks',
      plan.open.map(({ name, detail, remedy }) =>
        [`**${name}**: ${detail}.`, ...(remedy === undefined ? [] : [remedy])].join(' '),
      ),
    ),
  ].join('\n');
}

function section(title: string, sentences: readonly string[]): string[] {
  if (sentences.length === 0) return [];
  return [`## ${title}`, '', ...sentences.map((sentence) => `- ${sentence}`), ''];
}

function fileDetail({ size, secret, note }: MediumFile): string {
  return [
    size === undefined ? 'size not known yet' : sizeText(size),
    ...(secret ? ['secret'] : []),
    ...(note === undefined ? [] : [note]),
  ].join(', ');
}

function diskText({ disk, bytes }: InstallPlan['wiped'][number]): string {
  return `/dev/${disk}${bytes === undefined ? '' : ` (${sizeText(bytes)})`}`;
}
