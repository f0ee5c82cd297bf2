/** What may be typed next in a document of Ansible’s. */
import type { WordsOf } from '../../../ansible/docs/module-docs.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import type { Completions, Description } from '../../features.ts';
import type { PlaybookFacts } from '../facts.ts';
import type { Knowledge } from '../knowledge.ts';
import { extractOf } from '../rules/project/project.ts';
import { completeJinja } from './complete-jinja.ts';
import { freeFormPlace, freeFormStart } from './complete-free-form.ts';
import {
  isMeta,
  keywordsOf,
  modulesFor,
  optionsFor,
  optionValues,
  keysWithin,
} from './complete-words.ts';
import { namesFor } from './complete-names.ts';
import { jinjaPlace, openTag } from './jinja-place.ts';
import { roleVariablesFor } from './role-variables.ts';
import { isModule, levelOf, type Level } from './level.ts';
import { linePlace, type LinePlace } from './line-place.ts';
import { membersOf } from './members.ts';
import { moduleMarkdown } from './module-words.ts';
import { reachableDefinitions, reachableVariables } from './reachable-variables.ts';

export type CompletionAround = {
  readonly ansible: AnsibleProject | undefined;
  /** Another extension completes modules and their options. */
  readonly leavesModules: boolean;
};

const CONDITIONS = new Set(['when', 'until', 'changed_when', 'failed_when', 'that', 'var']);

export function complete(
  facts: PlaybookFacts,
  offset: number,
  { ansible, leavesModules }: CompletionAround,
): Completions {
  const { text, path, knowledge } = facts;
  const place = linePlace(text, offset);
  const tag = openTag(text, offset) ?? conditionStart(place, offset);
  if (tag !== undefined) {
    const jinja = jinjaPlace(text, tag, offset);
    if (jinja === undefined) return [];
    const own = extractOf(facts);
    const variables = reachableVariables(ansible, path, own);
    const typed = text.slice(jinja.word.start, offset);
    return completeJinja(jinja, typed, {
      knowledge,
      ansible,
      variables,
      members: (of) => membersOf(of, reachableDefinitions(ansible, path, own)),
    });
  }
  if (place === undefined) return [];
  const level = levelOf(facts, place.path);
  const ofRole = roleVariablesFor(text, place, level, ansible);
  if (ofRole !== undefined) return ofRole;
  const named = namesFor(place, level, facts, ansible);
  if (named !== undefined) return named;
  const inString =
    leavesModules || isMeta(place.valueOf)
      ? undefined
      : stringArguments(facts, offset, place, level, ansible);
  if (inString !== undefined) return inString;
  const typed = text.slice(place.word.start, offset);
  switch (level.kind) {
    case 'play':
      return place.valueOf === undefined
        ? keywordsOf('play', place, knowledge)
        : optionValues(undefined, place, knowledge);
    case 'tasks': {
      if (place.valueOf !== undefined) {
        const isTheirs = leavesModules && isMeta(place.valueOf);
        return isTheirs ? [] : optionValues(undefined, place, knowledge);
      }
      const keywords = keywordsOf(level.isHandlers ? 'handler' : 'task', place, knowledge);
      return leavesModules || hasModule(place, knowledge)
        ? keywords
        : modulesFor(place, typed, keywords, knowledge);
    }
    case 'role':
      return place.valueOf === undefined
        ? keywordsOf('role', place, knowledge)
        : optionValues(undefined, place, knowledge);
    case 'module':
      if (leavesModules) return [];
      return place.valueOf === undefined
        ? optionsFor(level.path, place, knowledge)
        : optionValues(level.path, place, knowledge);
    case 'other':
      return place.valueOf === undefined && level.path.length === 1
        ? keysWithin(level.path[0] ?? '', place)
        : [];
  }
}

/** Of `apt: name=git state=` and its kin; undefined where the arguments are no string. */
function stringArguments(
  facts: PlaybookFacts,
  offset: number,
  place: LinePlace,
  level: Level,
  ansible: AnsibleProject | undefined,
): Completions | undefined {
  const { text, knowledge } = facts;
  if (level.kind !== 'tasks' && !(level.kind === 'module' && level.path.length === 1)) {
    return undefined;
  }
  const begins = freeFormStart(text, offset, place);
  if (begins === undefined) return undefined;
  const { key, start } = begins;
  if (!/^(?:local_)?action$/.test(key) && !isModule(key, knowledge)) return undefined;
  const at = freeFormPlace(text, offset, key, start, knowledge);
  if (at === undefined) return [];
  switch (at.kind) {
    case 'module': {
      const word = { ...place, word: at.word, hasColon: true };
      return modulesFor(word, text.slice(at.word.start, offset), [], knowledge);
    }
    case 'option': {
      const { module, word, given } = at;
      const options = optionsFor([module], { ...place, word, siblings: given }, knowledge);
      return options.map((each) => ({ ...each, text: `${each.label}=` }));
    }
    case 'value': {
      const { module, option, value } = at;
      const inside = { ...place, word: value, value, valueOf: option, isItem: false };
      const names = namesFor(inside, { kind: 'module', path: [module] }, facts, ansible);
      return names ?? optionValues([module], inside, knowledge);
    }
  }
}

/** What a person is told of a completion that they look at. */
export function describe(
  described: string,
  knowledge: Knowledge,
  wordsOf?: WordsOf,
): Description | undefined {
  const markdown = moduleMarkdown(knowledge.module(described), knowledge, wordsOf?.(described));
  return markdown === undefined ? undefined : { documentation: markdown };
}

function hasModule({ siblings }: LinePlace, knowledge: Knowledge): boolean {
  return [...siblings].some(
    (name) => name === 'block' || name === 'action' || isModule(name, knowledge),
  );
}

/** Where the condition begins that the place is in: they have no braces. */
function conditionStart(place: LinePlace | undefined, offset: number): number | undefined {
  if (place === undefined) return undefined;
  const key = place.valueOf ?? (place.isItem ? place.path.at(-1) : undefined);
  return key !== undefined && CONDITIONS.has(key) && place.value.start <= offset
    ? place.value.start
    : undefined;
}
