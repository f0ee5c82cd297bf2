/**
 * “What will be installed”: every option, its value and where it came from, as a text to read that
 * looks like an installer-config.txt.
 */
import type { OptionGroup } from '../../data/installer-option.ts';
import { shellWord } from '../../command/command.ts';
import {
  effectiveSetting,
  type EffectiveSetting,
} from '../../formats/installer-config/effective.ts';
import type { ReadingEnd } from '../../formats/installer-config/settings.ts';
import type { Lens } from '../features.ts';
import type { InstallerFacts } from './facts.ts';
import { GROUPS } from './option-words.ts';

const MASK = '•••••';

/** Secrets are masked. `path` is shown as it is given. */
export function preview(facts: InstallerFacts, path: string): string {
  const { dialect, settings, text } = facts;
  const lineStarts = startsOf(text);
  const lineOf = (offset: number): number => lineStarts.filter((start) => start <= offset).length;
  const rows = dialect.options
    .filter(({ deprecated }) => deprecated !== true)
    .map((option) => effectiveSetting(settings, dialect, option))
    .map((setting) => ({
      group: setting.option.group,
      left: `${setting.option.name}=${shownValue(setting)}`,
      right: originText(setting, lineOf),
    }));
  const width = Math.min(34, Math.max(...rows.map(({ left }) => left.length)));
  const sections = Object.keys(GROUPS)
    .filter(isGroup)
    .flatMap((group) => {
      const ofGroup = rows.filter((row) => row.group === group);
      if (ofGroup.length === 0) return [];
      return [
        '',
        `# ${GROUPS[group]}`,
        ...ofGroup.map(({ left, right }) => `${left.padEnd(width)}  # ${right}`),
      ];
    });
  return `${[...head(facts, path, lineOf), ...sections].join('\n')}\n`;
}

function head(
  { dialect, end, settings }: InstallerFacts,
  path: string,
  lineOf: (offset: number) => number,
): string[] {
  return [
    '# What will be installed: every option, its value, and where it came from.',
    `# ${path}, as ${dialect.name} reads it`,
    ...(end === undefined ? [] : [endText(end, lineOf)]),
    ...(settings.certain
      ? []
      : ['# A command in the file may have set any of these to something else.']),
  ];
}

function endText({ kind, at }: ReadingEnd, lineOf: (offset: number) => number): string {
  return kind === 'exit' || kind === 'exec'
    ? `# Nothing is installed: line ${lineOf(at)} ends the installer itself.`
    : `# Nothing is read from line ${lineOf(at)} on.`;
}

function shownValue({ option, value, origin }: EffectiveSetting): string {
  if (value === undefined) return '?';
  if (value === '') return '';
  return option.secret === true && origin.kind !== 'default' && origin.kind !== 'empty'
    ? MASK
    : shellWord(value);
}

function originText(
  { value, origin }: EffectiveSetting,
  lineOf: (offset: number) => number,
): string {
  const unknown = value === undefined ? ', as the shell computes it' : '';
  switch (origin.kind) {
    case 'file':
      return `line ${lineOf(origin.assignment.range.start)}${unknown}`;
    case 'empty':
      return `the default, as line ${lineOf(origin.assignment.range.start)} is empty`;
    case 'default':
      return value === '' ? 'not set' : `the default${unknown}`;
    case 'other':
      return `by ${origin.name}${
        origin.assignment === undefined ? '' : ` in line ${lineOf(origin.assignment.range.start)}`
      }${unknown}`;
  }
}

function isGroup(name: string): name is OptionGroup {
  return name in GROUPS;
}

function startsOf(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}

/** Above the first line; only what `rpi` installs by can be verified, and be installed. */
export function installerLenses({ firstLine, dialect }: InstallerFacts): Lens[] {
  const shown: Lens = { range: firstLine, title: 'What will be installed: preview' };
  if (dialect.name !== 'raspberrypi-ua-netinst') return [shown];
  return [
    shown,
    { range: firstLine, title: 'Verify repository', does: 'verify' },
    { range: firstLine, title: 'Reinstall with this…', does: 'reinstall' },
  ];
}
