/** Options in the words of people: what hover, completion and the preview say of them. */
import { conditionText } from '../../data/installer-condition.ts';
import type { Dialect } from '../../data/installer-dialects.ts';
import { meaningOf } from '../../data/installer-meanings.ts';
import type { InstallerOption, OptionGroup, OptionType } from '../../data/installer-option.ts';

/** The groups in the order in which they are shown, with their headings. */
export const GROUPS: Readonly<Record<OptionGroup, string>> = {
  network: 'Network',
  ssh: 'Login by ssh',
  user: 'Users and passwords',
  package: 'Packages',
  localization: 'Language and time',
  device: 'Devices',
  graphics: 'Graphics',
  partition: 'Partitions',
  advanced: 'Advanced',
  deprecated: 'Deprecated',
};

const TYPES: Readonly<Record<OptionType, string>> = {
  boolean: '0 or 1',
  enum: 'one of the values',
  host: 'a host',
  hostport: 'host:port',
  integer: 'a number',
  ipv4: 'an IPv4 address',
  'ipv4|dhcp': 'an IPv4 address, or dhcp',
  'ipv4|dhcp|disable': 'an IPv4 address, dhcp or disable',
  'ipv6|auto': 'an IPv6 address, or auto',
  'ipv6|auto|disable': 'an IPv6 address, auto or disable',
  list: 'a list',
  'list|auto|disable': 'a list, auto or disable',
  size: 'a size',
  sshkey: 'a public key',
  'sshkey-or-file': 'a public key, or a file in config/files',
  string: 'a text',
  tz: 'a time zone',
  url: 'an address of the web',
};

/** As in `0 or 1, default 0`. */
export function optionDetail(option: InstallerOption): string {
  const { min, max, separator, type } = option;
  const separated =
    separator === undefined ? '' : separator === ',' ? ', with commas' : ', with spaces';
  const range =
    min === undefined && max === undefined
      ? ''
      : `${min === undefined ? '' : ` from ${min}`}${max === undefined ? '' : ` to ${max}`}`;
  return `${TYPES[type]}${separated}${range}${defaultText(option)}`;
}

function defaultText({ default: value, defaultWith }: InstallerOption): string {
  if (value === undefined) return '';
  const other =
    defaultWith === undefined
      ? ''
      : ` (${defaultWith.default} with ${defaultWith.name}=${defaultWith.value})`;
  return `, default ${value}${other}`;
}

/** All that is known of an option, as Markdown. */
export function optionMarkdown(option: InstallerOption, dialect: Dialect): string {
  const facts = [
    choices('Values', option, (option.values?.length ?? 0) > 12 ? undefined : option.values),
    choices('Often', option, option.knownValues),
    list('Needs', option.requires?.map(conditionText)),
    list('Must be set with', option.requiredIf?.map(conditionText)),
    list('Not together with', option.conflicts?.map(conditionText)),
    list('Also sets', option.implies?.map(conditionText)),
    list('Not on', option.conflictingModels),
    option.replacement === undefined ? undefined : `- Today: \`${option.replacement}\``,
    option.since === undefined ? undefined : `- Since ${option.since}`,
  ].filter((line) => line !== undefined);
  return [
    `**${option.name}**: ${code(optionDetail(option))} · ${GROUPS[option.group]}`,
    escaped(option.note),
    ...(option.deprecated === true ? ['Deprecated.'] : []),
    ...(option.broken === true ? ['It has no effect: a fault of the installer.'] : []),
    ...(facts.length === 0 ? [] : [facts.join('\n')]),
    ...sourceOf(option, dialect),
  ].join('\n\n');
}

function sourceOf({ source }: InstallerOption, dialect: Dialect): string[] {
  if (source === undefined) return [];
  const lines = source.replaceAll(',', ', ');
  const first = /\d+/.exec(source)?.[0] ?? '1';
  if (dialect.name === 'raspbian-ua-netinst') {
    return [`*Source: ${dialect.name}, scripts/etc/init.d/rcS, lines ${lines}*`];
  }
  const url = `https://github.com/FooDeas/raspberrypi-ua-netinst/blob/032c9eba22d6c1be7785f466a7795afbd4daf8a2/scripts/opt/raspberrypi-ua-netinst/install.sh#L${first}`;
  return [`*Source: [install.sh](${url}) of ${dialect.name}, 19 August 2023, lines ${lines}*`];
}

/** With what each means, where somebody may ask. */
function choices(
  title: string,
  { name }: InstallerOption,
  values: readonly string[] | undefined,
): string | undefined {
  if (values?.some((value) => meaningOf(name, value) !== '') !== true) return list(title, values);
  const lines = values.map((value) => `  - \`${value}\`: ${escaped(meaningOf(name, value))}`);
  return [`- ${title}:`, ...lines].join('\n');
}

function list(title: string, words: readonly string[] | undefined): string | undefined {
  return words === undefined || words.length === 0
    ? undefined
    : `- ${title}: ${words.map((word) => `\`${word}\``).join(', ')}`;
}

function code(text: string): string {
  return escaped(text);
}

/** Notes are ours and plain; what Markdown would take for markup is not meant as such. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>$]/g, '\\$&');
}
