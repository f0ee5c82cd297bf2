/** What a person is told of the word under the pointer. */
import type { WordsOf } from '../../../ansible/docs/module-docs.ts';
import { wordsOfOption } from '../../../ansible/docs/words.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { reachOf } from '../../ansible-project/reach.ts';
import type { Hover } from '../../features.ts';
import { placed, type PlaybookFacts } from '../facts.ts';
import { around, type Around } from './around.ts';
import { describeGroup, describeHost } from './host-descriptions.ts';
import { hoverJinja } from './jinja-words.ts';
import { keywordWords } from './keyword-words.ts';
import { moduleMarkdown, optionMarkdown } from './module-words.ts';
import { namedAt } from './names.ts';
import { variableMarkdown } from './variable-values.ts';

/**
 * `leavesModules`: another extension tells of modules and their options. `wordsOf`: the documentation
 * of what is installed.
 */
export type HoverAround = {
  readonly ansible: AnsibleProject | undefined;
  readonly leavesModules: boolean;
  readonly wordsOf?: WordsOf | undefined;
};

export function hover(
  facts: PlaybookFacts,
  offset: number,
  { ansible, leavesModules, wordsOf }: HoverAround,
): Hover | undefined {
  const named = namedAt(facts, offset);
  const told = named === undefined ? undefined : ofName(named, facts, ansible);
  if (named !== undefined && told !== undefined) {
    return { range: { start: named.start, end: named.end }, markdown: told };
  }
  const jinja = hoverJinja(facts, offset, ansible);
  if (jinja !== undefined) return jinja;
  const found = around(facts, offset);
  if (found === undefined) return undefined;
  return (leavesModules ? undefined : ofModule(found, facts, wordsOf)) ?? ofKeyword(found, facts);
}

function ofName(
  { kind, name }: NonNullable<ReturnType<typeof namedAt>>,
  { path }: PlaybookFacts,
  ansible: AnsibleProject | undefined,
): string | undefined {
  switch (kind) {
    case 'variable': {
      const reach = ansible === undefined ? undefined : reachOf(ansible, path);
      const documents = reach?.isReached === true ? reach.documents : undefined;
      return variableMarkdown(name, ansible, documents);
    }
    case 'host':
    case 'group':
      return ansible === undefined
        ? undefined
        : (describeGroup(name, ansible) ?? describeHost(name, ansible));
    case 'role':
      return ansible?.roles.has(name) === true
        ? `The role **${name}**, in ${(ansible.roles.get(name) ?? [])
            .map((folder) => `\`${folder.slice(ansible.root.length + 1)}\``)
            .join(', ')}.`
        : undefined;
    case 'handler':
    case 'tag':
    case 'file':
    case 'module':
    case 'filter':
    case 'test':
    case 'lookup':
      return undefined;
  }
}

function ofModule(
  found: Around,
  { knowledge }: PlaybookFacts,
  wordsOf: WordsOf | undefined,
): Hover | undefined {
  const { action, onModule, option, start } = found;
  if (action !== undefined && onModule) {
    const meaning = knowledge.module(action.name);
    const words = 'name' in meaning ? wordsOf?.(meaning.name) : undefined;
    const markdown = moduleMarkdown(meaning, knowledge, words);
    return markdown === undefined
      ? undefined
      : { range: placed(action.nameRange, start), markdown };
  }
  if (option?.known !== undefined && option.onKey) {
    const { known, owner, key } = option;
    const meaning = knowledge.module(action?.name ?? '');
    const module = 'name' in meaning ? meaning.name : '';
    const path = [...owner.slice(module.length).split('.'), known.name].filter(
      (each) => each !== '',
    );
    const words = wordsOfOption(wordsOf?.(module), path);
    const markdown = optionMarkdown(known.name, known.facts, owner, words);
    return { range: placed(key, start), markdown };
  }
  return undefined;
}

function ofKeyword({ keyword, start }: Around, { knowledge }: PlaybookFacts): Hover | undefined {
  if (keyword?.onKey !== true) return undefined;
  const { name, key } = keyword.entry;
  const words = keywordWords(name);
  if (words === undefined) return undefined;
  const facts = knowledge.facts.keywords[name];
  const where =
    facts === undefined || facts.applies_to.length === 0
      ? []
      : [`${facts.type}, of ${facts.applies_to.map((level) => level.toLowerCase()).join(', ')}`];
  return {
    range: placed(key, start),
    markdown: [`**${name}**: ${words}`, ...where].join('\n\n'),
  };
}
