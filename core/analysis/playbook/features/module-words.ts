/** Modules and options in words, from the facts; which ones people use most. */
import type { ModuleWords, OptionWords } from '../../../ansible/docs/module-docs.ts';
import {
  firstSentence,
  introduction,
  optionParagraphs,
  rest,
} from '../../../ansible/docs/words.ts';
import type { ModuleFacts, OptionFacts } from '../../../data/ansible-facts.ts';
import type { Knowledge, ModuleName } from '../knowledge.ts';

/** In the order in which people use them on a Pi; the others follow by name. */
export const POPULAR: readonly string[] = [
  ...['apt', 'copy', 'template', 'file', 'service', 'systemd_service', 'command', 'shell', 'user'],
  ...['lineinfile', 'debug', 'set_fact', 'include_tasks', 'import_tasks', 'include_role'],
  ...['import_role', 'get_url', 'unarchive', 'git', 'stat', 'package', 'pip', 'reboot'],
  ...['apt_repository', 'deb822_repository', 'group', 'cron', 'blockinfile', 'replace', 'uri'],
  ...['wait_for', 'wait_for_connection', 'assert', 'fail', 'meta', 'hostname', 'slurp', 'fetch'],
  ...['find', 'setup', 'package_facts', 'service_facts', 'include_vars', 'script', 'raw', 'pause'],
  ...['add_host', 'group_by', 'known_hosts', 'tempfile', 'systemd', 'apt_key', 'debconf', 'getent'],
  ...['ping', 'async_status', 'import_playbook', 'assemble', 'dpkg_selections', 'iptables'],
]
  .map((name) => `ansible.builtin.${name}`)
  .concat([
    ...['authorized_key', 'sysctl', 'mount', 'synchronize'].map((name) => `ansible.posix.${name}`),
    ...['ufw', 'timezone', 'locale_gen', 'modprobe', 'npm', 'ini_file', 'nmcli', 'parted'].map(
      (name) => `community.general.${name}`,
    ),
    ...['filesystem', 'snap', 'flatpak', 'archive', 'git_config', 'xml'].map(
      (name) => `community.general.${name}`,
    ),
    ...['docker_container', 'docker_compose_v2', 'docker_image', 'docker_network'].map(
      (name) => `community.docker.${name}`,
    ),
  ]);

export type ModuleEntry = { readonly name: string; readonly short: string };

const ordered = new WeakMap<Knowledge, readonly ModuleEntry[]>();

/** All modules: the popular ones, then those of builtin, then the others. */
export function orderedModules(knowledge: Knowledge): readonly ModuleEntry[] {
  const known = ordered.get(knowledge);
  if (known !== undefined) return known;
  const { facts, localModules } = knowledge;
  const rank = new Map(POPULAR.map((name, index) => [name, index]));
  const rankOf = (name: string): number =>
    rank.get(name) ?? (name.startsWith('ansible.builtin.') ? 1000 : 2000);
  const names = [...Object.keys(facts.modules), ...facts.other_modules].sort(
    (a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1),
  );
  const entries = [
    ...[...localModules].map((name) => ({ name, short: name })),
    ...names.map((name) => ({ name, short: name.slice(name.lastIndexOf('.') + 1) })),
  ];
  ordered.set(knowledge, entries);
  return entries;
}

/**
 * What the module takes, as a table; undefined for names that nothing is known of. `words`: its own
 * documentation, where it is installed.
 */
export function moduleMarkdown(
  meaning: ModuleName,
  knowledge: Knowledge,
  words?: ModuleWords,
): string | undefined {
  switch (meaning.kind) {
    case 'known':
      if (knowledge.localOptions.has(meaning.name)) {
        const table = optionsTable(meaning.module);
        return [`**${meaning.name}**: a module of this project.`, table].join('\n\n');
      }
      return [
        `**${meaning.name}** ${code(versionOf(meaning.name, knowledge))}`,
        ...(meaning.redirectedFrom === undefined
          ? []
          : [`${code(meaning.redirectedFrom)} is an old name of it.`]),
        ...(meaning.module.deprecated === undefined
          ? []
          : [
              `Deprecated, gone in ${meaning.module.deprecated.in}: ${meaning.module.deprecated.instead}`,
            ]),
        ...(words === undefined ? [] : introduction(words)),
        optionsTable(meaning.module, words),
        ...(words === undefined ? [] : rest(words)),
        `[Documentation](${docsUrl(meaning.name)})`,
      ].join('\n\n');
    case 'opaque':
      return knowledge.localModules.has(meaning.name)
        ? `**${meaning.name}**: a module of this project.`
        : `**${meaning.name}**\n\nIts options are not known here.\n\n[Documentation](${docsUrl(meaning.name)})`;
    case 'removed':
      return `**${meaning.name}** was removed${meaning.routing.removed === undefined ? '' : ` in ${meaning.routing.removed}`}. ${meaning.routing.why ?? ''}`;
    case 'foreign':
    case 'unknown':
      return undefined;
  }
}

function versionOf(name: string, { facts }: Knowledge): string {
  const collection = name.split('.', 2).join('.');
  const version =
    collection === 'ansible.builtin' ? facts.versions['ansible-core'] : facts.versions[collection];
  return version === undefined || version === ''
    ? collection
    : `${collection === 'ansible.builtin' ? 'ansible-core' : collection} ${version}`;
}

function docsUrl(name: string): string {
  const [namespace = '', collection = '', ...rest] = name.split('.');
  return `https://docs.ansible.com/ansible/latest/collections/${namespace}/${collection}/${rest.join('.')}_module.html`;
}

const MOST_ROWS = 30;

function optionsTable({ options, free }: ModuleFacts, words?: ModuleWords): string {
  const entries = orderedOptions(options);
  if (entries.length === 0) return free === true ? 'Takes free text.' : 'It has no options.';
  const sentence = (name: string): string => {
    if (words === undefined) return '';
    const own = words.options[name];
    return own === undefined ? ' |' : ` ${firstSentence(own)} |`;
  };
  const rows = entries
    .slice(0, MOST_ROWS)
    .map(
      ([name, facts]) =>
        `| ${facts.required === true ? `**${name}**` : name} | ${typeWords(facts)} | ${defaultWords(facts)} |${sentence(name)}`,
    );
  const more = entries.length > MOST_ROWS ? [`\nand ${entries.length - MOST_ROWS} more`] : [];
  const head =
    words === undefined
      ? ['| option | type | default |', '| --- | --- | --- |']
      : ['| option | type | default | |', '| --- | --- | --- | --- |'];
  return [...head, ...rows, ...more].join('\n');
}

/** Required ones first, then by name. */
export function orderedOptions(
  options: Readonly<Record<string, OptionFacts>>,
): [string, OptionFacts][] {
  return Object.entries(options).sort(
    ([a, one], [b, other]) =>
      Number(other.required ?? false) - Number(one.required ?? false) || (a < b ? -1 : 1),
  );
}

export function optionMarkdown(
  name: string,
  facts: OptionFacts,
  owner: string,
  words?: OptionWords,
): string {
  return [
    `**${name}** of ${code(owner)}: ${typeWords(facts)}${facts.required === true ? ', required' : ''}`,
    ...(words === undefined ? [] : optionParagraphs(words)),
    ...(facts.default === undefined ? [] : [`Default: ${defaultWords(facts)}`]),
    ...(facts.aliases === undefined || facts.aliases.length === 0
      ? []
      : [`Also called ${facts.aliases.map(code).join(', ')}.`]),
    ...(facts.added === undefined ? [] : [`Since ${facts.added}.`]),
    ...(facts.deprecated === undefined ? [] : [`Deprecated, gone in ${facts.deprecated}.`]),
    ...(facts.options === undefined
      ? []
      : [`Has ${Object.keys(facts.options).map(code).join(', ')}.`]),
  ].join('\n\n');
}

export function choicesOf({ choices, type }: OptionFacts): string[] {
  if (choices === undefined) return type === 'bool' ? ['true', 'false'] : [];
  const all: readonly unknown[] = Array.isArray(choices) ? choices : Object.keys(choices);
  return all.map(String);
}

export function typeWords(facts: OptionFacts): string {
  const choices = facts.type === 'bool' ? [] : choicesOf(facts);
  if (choices.length > 0) return choices.map(code).join(', ');
  const type = facts.type ?? 'str';
  return type === 'list' && facts.elements !== undefined ? `list of ${facts.elements}` : type;
}

function defaultWords({ default: value }: OptionFacts): string {
  return value === undefined ? '' : code(typeof value === 'string' ? value : JSON.stringify(value));
}

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
