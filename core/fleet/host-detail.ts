/** Everything known of a Pi, for people: one line, a tooltip, a document. */
import { duration, roughDuration } from '../formats/duration.ts';
import { escapeMarkdown, oneLine } from '../formats/markdown.ts';
import { diskUsed, memoryUsed, powerOf } from '../monitor/judge.ts';
import type { Vitals } from '../runs/event.ts';
import type { RunSummary } from '../runs/run-summary.ts';
import type { DiscoveredPi, FleetPi } from './fleet.ts';
import { stateTitle } from './state-words.ts';

/** `10.0.0.5 · Raspberry Pi 4 Model B · Debian 12 · 2 min ago`; plain text. */
export function piDescription(pi: FleetPi, now: number): string {
  return joined([
    pi.port === 22 ? pi.address : `${pi.address}:${pi.port}`,
    shortModel(pi.model),
    pi.os,
    pi.lastSeen === undefined ? undefined : timeAgo(pi.lastSeen, now),
  ]);
}

/** As piDescription. */
export function discoveredDescription(pi: DiscoveredPi, now: number): string {
  return joined([
    pi.name === undefined ? undefined : pi.address,
    pi.mac,
    timeAgo(pi.lastSeen, now),
  ]);
}

/** Markdown; everything that a Pi or a person said of it is escaped. */
export function piTooltip(pi: FleetPi, now: number): string {
  return [
    `**${escapeMarkdown(pi.name)}** — ${stateTitle(pi.state)}`,
    ...(pi.reason === undefined ? [] : [escapeMarkdown(pi.reason)]),
    ...(pi.error?.remedy === undefined ? [] : [`→ ${escapeMarkdown(pi.error.remedy)}`]),
    ...(pi.warnings.length === 0 ? [] : [list(pi.warnings.map((text) => `⚠ ${text}`))]),
    facts([...identityOf(pi), ...vitalFacts(pi.vitals), ...timesOf(pi, now)]),
  ].join('\n\n');
}

/** Markdown, with the evidence for its being a Pi. */
export function discoveredTooltip(pi: DiscoveredPi, now: number): string {
  return [
    `**${escapeMarkdown(pi.name ?? pi.address)}** — on the network, in no inventory`,
    facts([
      ['Address', pi.address],
      ['MAC', pi.mac],
      ['Name', pi.name],
      ['SSH', pi.banner],
      ['First seen', timeAgo(pi.firstSeen, now)],
      ['Last seen', timeAgo(pi.lastSeen, now)],
    ]),
    list(pi.evidence.map(({ source, says, weight }) => `${SIGNS[weight]} ${says} (${source})`)),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

const SIGNS = { for: '✓', against: '✗', neutral: '·' } as const;

/** What a document about a Pi is made of, beside the Pi. */
export type PiDocumentInput = {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Newest first; those that concern the Pi are picked out. */
  readonly runs: readonly RunSummary[];
};

/** How many of its runs are told. */
const RUNS_TOLD = 10;

/** The details of a Pi as a Markdown document. */
export function piDocument(pi: FleetPi, { now, runs }: PiDocumentInput): string {
  const own = runs.filter(({ hosts }) => hosts.some(({ host }) => host === pi.name));
  return [
    `# ${escapeMarkdown(pi.name)}`,
    `**${stateTitle(pi.state)}.**${pi.reason === undefined ? '' : ` ${escapeMarkdown(pi.reason)}`}`,
    ...(pi.error?.remedy === undefined ? [] : [`→ ${escapeMarkdown(pi.error.remedy)}`]),
    ...(pi.warnings.length === 0 ? [] : ['## Warnings', list(pi.warnings)]),
    '## Identity',
    table(['', ''], [...identityOf(pi), ...timesOf(pi, now)].flatMap(rowOf)),
    ...(pi.vitals === undefined
      ? []
      : [
          `## Vitals${pi.vitalsAt === undefined ? '' : `, ${timeAgo(pi.vitalsAt, now)}`}`,
          table(['', ''], vitalFacts(pi.vitals).flatMap(rowOf)),
        ]),
    '## Runs',
    own.length === 0 ? 'No run has worked on it yet.' : runTable(pi, own.slice(0, RUNS_TOLD), now),
    '',
  ].join('\n\n');
}

function runTable(pi: FleetPi, runs: readonly RunSummary[], now: number): string {
  return table(
    ['Started', 'Command', 'Ended', 'Says'],
    runs.map((run) => {
      const host = run.hosts.find(({ host: name }) => name === pi.name);
      const ended = host?.status ?? (run.state === 'live' ? 'running' : (run.status ?? run.state));
      return [timeAgo(run.startedAt, now), `rpi ${run.command}`, ended, host?.summary ?? ''];
    }),
  );
}

type Fact = readonly [name: string, value: string | undefined];

function identityOf(pi: FleetPi): Fact[] {
  return [
    ['Address', pi.port === 22 ? pi.address : `${pi.address}, port ${pi.port}`],
    ['User', pi.user],
    ['Groups', pi.groups.join(', ')],
    ['Model', pi.model],
    ['System', pi.os],
    ['Serial', pi.serial],
    ['MAC', pi.macs.join(', ')],
  ];
}

function timesOf(pi: FleetPi, now: number): Fact[] {
  const run = pi.run;
  return [
    ['Last seen', pi.lastSeen === undefined ? 'never' : timeAgo(pi.lastSeen, now)],
    [
      run?.isLive === true ? 'Running' : 'Last run',
      run === undefined ? undefined : `rpi ${run.command}`,
    ],
  ];
}

function vitalFacts(vitals: Vitals | undefined): Fact[] {
  if (vitals === undefined) return [];
  const { temperature, load, cpus, uptime } = vitals;
  const power = powerOf(vitals);
  return [
    ['Temperature', temperature === undefined ? undefined : `${temperature.toFixed(0)} °C`],
    [
      'Load',
      load === undefined
        ? undefined
        : `${load.toFixed(2)}${cpus === undefined ? '' : ` on ${cpus} CPU${cpus === 1 ? '' : 's'}`}`,
    ],
    ['Memory', percent(memoryUsed(vitals), 'used')],
    ['Disk', percent(diskUsed(vitals), 'full')],
    ['Power', power.state === 'unknown' ? undefined : POWER[power.state](power.what.join(', '))],
    ['Up', uptime === undefined ? undefined : duration(uptime * 1000)],
  ];
}

const POWER = {
  ok: () => 'ok',
  now: (what: string) => what,
  earlier: (what: string) => `${what} since the last boot`,
} as const;

function percent(value: number | undefined, word: string): string | undefined {
  return value === undefined ? undefined : `${Math.floor(value)} % ${word}`;
}

function facts(all: readonly Fact[]): string {
  return list(
    all.flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [`${name}: ${value}`],
    ),
  );
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
}

function rowOf([name, value]: Fact): string[][] {
  return value === undefined || value === '' ? [] : [[name, value]];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => escapeMarkdown(cell)).join(' | ')} |`;
  return [line(head), `| ${head.map(() => '---').join(' | ')} |`, ...rows.map(line)].join('\n');
}

function joined(parts: readonly (string | undefined)[]): string {
  return parts
    .map((part) => oneLine(part ?? ''))
    .filter((part) => part !== '')
    .join(' · ');
}

/** `Raspberry Pi 4 Model B Rev 1.4` → `Pi 4 Model B`: beside a name there is little room. */
function shortModel(model: string | undefined): string | undefined {
  return model?.replace(/^Raspberry /, '').replace(/ Rev [\d.]+$/, '');
}

const MINUTE = 60_000;

/** `just now`, `2 min ago`, `3 h ago`, `5 days ago`. `at` is ISO 8601; `now` milliseconds. */
export function timeAgo(at: string, now: number): string {
  const past = now - Date.parse(at);
  // Clocks of two machines may differ: what seems to come is now.
  return !(past >= MINUTE) ? 'just now' : `${roughDuration(past)} ago`;
}
