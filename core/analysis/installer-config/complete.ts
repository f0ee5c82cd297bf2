/** Completion in installer-config.txt: names that are not set yet, and values with what they mean. */
import { COUNTRIES } from '../../data/countries.ts';
import type { InstallerOption } from '../../data/installer-option.ts';
import { meaningOf } from '../../data/installer-meanings.ts';
import { KEYBOARD_LAYOUTS } from '../../data/keyboard-layouts.ts';
import { SUPPORTED_LOCALES } from '../../data/locales.ts';
import { TIMEZONES } from '../../data/timezones.ts';
import type { Completion, TextRange } from '../features.ts';
import type { InstallerFacts } from './facts.ts';
import { GROUPS, optionDetail, optionMarkdown } from './option-words.ts';
import { placeAt } from './place.ts';
import type { InstallerProject } from './project.ts';
import { pairs } from './complete-pairs.ts';

/** What can stand at `offset`; empty where nothing is known. */
export function complete(
  facts: InstallerFacts,
  offset: number,
  project: InstallerProject,
): readonly Completion[] {
  const place = placeAt(facts.text, facts.statements, offset);
  if (place === undefined) return [];
  if (place.kind === 'name') {
    const names = nameCompletions(facts, place.range, place.hasEquals);
    return place.hasEquals ? names : [...names, ...pairs(facts, place.range)];
  }
  const option = facts.dialect.option(place.name);
  if (option === undefined) return [];
  const range =
    option.separator === undefined ? place.range : entryAt(facts.text, place.range, offset);
  return valuesOf(option, facts, project).map(({ value, meaning }, index) => ({
    label: value,
    kind: 'value',
    ...(meaning === '' ? {} : { detail: meaning }),
    range,
    text: place.quote === '' && /[\s;&|<>()]/.test(value) ? `'${value}'` : value,
    order: String(index).padStart(4, '0'),
  }));
}

function nameCompletions(
  { dialect, settings }: InstallerFacts,
  range: TextRange,
  hasEquals: boolean,
): Completion[] {
  const groups = Object.keys(GROUPS);
  return dialect.options
    .filter(({ name, deprecated }) => deprecated !== true && !settings.assignments.has(name))
    .map((option, index) => ({
      label: option.name,
      kind: 'option',
      detail: `${GROUPS[option.group]}: ${optionDetail(option)}`,
      documentation: optionMarkdown(option, dialect),
      range,
      text: hasEquals ? option.name : `${option.name}=`,
      order: `${String(groups.indexOf(option.group)).padStart(2, '0')}${String(index).padStart(3, '0')}`,
      ...(hasEquals || !hasValues(option) ? {} : { continues: true }),
    }));
}

type Value = { readonly value: string; readonly meaning: string };

function hasValues({ name, type, values, itemValues, knownValues }: InstallerOption): boolean {
  return (
    type === 'boolean' ||
    type === 'tz' ||
    /dhcp|auto|disable|file/.test(type) ||
    ['locales', 'system_default_locale', 'wlan_country'].includes(name) ||
    (values ?? itemValues ?? knownValues) !== undefined
  );
}

function valuesOf(
  option: InstallerOption,
  facts: InstallerFacts,
  project: InstallerProject,
): readonly Value[] {
  const preferred = option.default;
  return possibleValues(option, facts, project).map(({ value, meaning }) =>
    value === preferred
      ? { value, meaning: meaning === '' ? 'the default' : `${meaning} (the default)` }
      : { value, meaning },
  );
}

function possibleValues(
  option: InstallerOption,
  facts: InstallerFacts,
  { files }: InstallerProject,
): readonly Value[] {
  const { name, type } = option;
  switch (name) {
    case 'wlan_country':
      return [...COUNTRIES].map(([value, meaning]) => ({ value, meaning }));
    case 'keyboard_layout':
      return (option.values ?? [...KEYBOARD_LAYOUTS.keys()]).map((value) => ({
        value,
        meaning: KEYBOARD_LAYOUTS.get(value) ?? meaningOf(name, value),
      }));
    case 'locales':
      return localeNames();
    case 'system_default_locale':
      return chosenLocales(facts);
    default:
  }
  if (type === 'boolean') {
    return [
      { value: '1', meaning: 'yes' },
      { value: '0', meaning: 'no' },
    ];
  }
  if (type === 'tz') return TIMEZONES.map(plainValue);
  if (type === 'sshkey-or-file') {
    return [...(files ?? [])]
      .filter((file) => !file.endsWith('.list') && !file.startsWith('root/'))
      .map((value) => ({ value, meaning: 'a file in config/files' }));
  }
  const words = [...(option.values ?? option.itemValues ?? option.knownValues ?? [])];
  const special = type.split('|').filter((word) => ['dhcp', 'auto', 'disable'].includes(word));
  return [...words, ...special].map((value) => ({ value, meaning: meaningOf(name, value) }));
}

function plainValue(value: string): Value {
  return { value, meaning: '' };
}

let locales: readonly Value[] | undefined;

/** UTF-8 ones only: others are accepted and better left alone. */
function localeNames(): readonly Value[] {
  return (locales ??= SUPPORTED_LOCALES.flatMap((line) => {
    const [name, charset] = line.split('/');
    if (charset !== 'UTF-8' || name === undefined) return [];
    const country = /_([A-Z]{2})/.exec(name)?.[1] ?? '';
    return [{ value: name, meaning: COUNTRIES.get(country) ?? '' }];
  }));
}

/** The default locale is one of those that are made. */
function chosenLocales({ value }: InstallerFacts): readonly Value[] {
  const made = (value('locales') ?? '').split(/[\s,]+/).filter(Boolean);
  const chosen = made.map((name) => ({ value: name.split('/')[0] ?? name, meaning: 'of locales' }));
  return chosen.length > 0 ? chosen : localeNames();
}

/** The entry of a list that the place is in. */
function entryAt(text: string, range: TextRange, offset: number): TextRange {
  const before = /[^,\s]*$/.exec(text.slice(range.start, offset))?.[0] ?? '';
  const after = /^[^,\s]*/.exec(text.slice(offset, range.end))?.[0] ?? '';
  return { start: offset - before.length, end: offset + after.length };
}
