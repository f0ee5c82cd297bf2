/** What has a name in a playbook that stands in other places too. */
import { partsOfPattern } from './host-words.ts';
import type { Named } from '../../features.ts';
import type { Extract } from '../../ansible-project/extract-types.ts';
import { withChildren, type Task } from '../../../formats/playbook/model.ts';
import {
  childOf,
  listOf,
  textOf,
  type Range,
  type YamlNode,
} from '../../../formats/playbook/node.ts';
import { namesOf as pluginNamesOf } from './jinja-words.ts';
import type { References } from '../../../formats/jinja/reference-types.ts';
import { SECTIONS } from '../../../formats/playbook/keywords.ts';
import { templateUsesOf } from '../../ansible-project/template-uses.ts';
import { placed, type At, type PlaybookFacts } from '../facts.ts';
import { extractOf } from '../rules/project/project.ts';

export type NamedOccurrence = Named & { readonly isDefinition: boolean };

/** All of a document. Of a name of a host or group it is not known which of the two it is: see `kind`. */
export function* namesIn(facts: PlaybookFacts): Generator<NamedOccurrence> {
  const found = extractOf(facts);
  yield* definitionsIn(facts.text, found);
  for (const role of found.roles) {
    if (!role.isDynamic) yield* within(facts.text, role, role.name, 'role', false);
  }
  for (const { start, end, name, isDynamic } of found.notifications) {
    if (!isDynamic) yield* within(facts.text, { start, end }, name, 'handler', false);
  }
  yield* handlersIn(facts);
  yield* hostsIn(facts, found);
  yield* tagsIn(facts);
  yield* modulesIn(facts);
  yield* readsIn(facts);
}

/** What has a name at the offset. */
export function namedAt(facts: PlaybookFacts, offset: number): Named | undefined {
  for (const found of namesIn(facts)) {
    if (found.start <= offset && offset <= found.end) {
      const { kind, name, start, end } = found;
      return { kind, name, start, end };
    }
  }
  return undefined;
}

const OF_ADD_HOST = /^(?:name|hostname|host|groups?|groupname|ansible_\w+)$/;

function* definitionsIn(text: string, { definitions }: Extract): Generator<NamedOccurrence> {
  for (const { start, end, name, by } of definitions) {
    if (by === 'fact' || (by === 'add_host' && OF_ADD_HOST.test(name))) continue;
    yield* within(text, { start, end }, name, 'variable', true);
  }
}

function* handlersIn(facts: PlaybookFacts): Generator<NamedOccurrence> {
  for (const { of: task, start } of allTasks(facts)) {
    if (task.level !== 'handler' || task.isBlock) continue;
    const nodes = [task.keywords.get('name')?.value, ...listOf(task.keywords.get('listen')?.value)];
    for (const node of nodes) {
      const name = textOf(node)?.trim();
      if (node === undefined || name === undefined || name.includes('{{')) continue;
      yield* within(facts.text, placed(node, start), name, 'handler', true);
    }
  }
}

function* hostsIn(facts: PlaybookFacts, { hosts }: Extract): Generator<NamedOccurrence> {
  for (const { start, end, pattern, isDynamic } of hosts) {
    if (isDynamic) continue;
    const from = facts.text.slice(start, end).indexOf(pattern);
    if (from < 0) continue;
    for (const { text, at } of partsOfPattern(pattern)) {
      yield {
        kind: 'group',
        name: text,
        start: start + from + at,
        end: start + from + at + text.length,
        isDefinition: false,
      };
    }
  }
  for (const { of: task, start } of allTasks(facts)) {
    const node = task.keywords.get('delegate_to')?.value;
    const name = textOf(node);
    if (node === undefined || name === undefined || !/^[\w.-]+$/.test(name)) continue;
    yield* within(facts.text, placed(node, start), name, 'host', false);
  }
}

/** Of plays, roles, blocks and tasks; also several in one string. */
function* tagsIn(facts: PlaybookFacts): Generator<NamedOccurrence> {
  const lists: { readonly node: YamlNode | undefined; readonly start: number }[] = [];
  for (const { keywords } of facts.plays) {
    const [tags, roles] = [keywords.get('tags'), keywords.get('roles')];
    if (tags !== undefined) lists.push({ node: tags.of.value, start: tags.start });
    for (const role of roles === undefined ? [] : listOf(roles.of.value)) {
      lists.push({ node: childOf(role, 'tags'), start: roles?.start ?? 0 });
    }
  }
  for (const { of: task, start } of allTasks(facts)) {
    lists.push({ node: task.keywords.get('tags')?.value, start });
    for (const { args } of task.actions) {
      const apply = args.options.find(({ name }) => name === 'apply')?.value;
      lists.push({ node: childOf(apply, 'tags'), start });
    }
  }
  for (const { node, start } of lists) {
    for (const each of listOf(node)) {
      const range = placed(each, start);
      const text = facts.text.slice(range.start, range.end);
      if (text.includes('{{')) continue;
      for (const match of text.matchAll(/[^\s,"']+/g)) {
        const at = range.start + match.index;
        const end = at + match[0].length;
        yield { kind: 'tag', name: match[0], start: at, end, isDefinition: false };
      }
    }
  }
}

function* modulesIn(facts: PlaybookFacts): Generator<NamedOccurrence> {
  for (const { of: task, start } of allTasks(facts)) {
    for (const { name, nameRange } of task.actions) {
      yield* within(facts.text, placed(nameRange, start), name, 'module', false);
    }
  }
}

function* readsIn(facts: PlaybookFacts): Generator<NamedOccurrence> {
  for (const { item, start } of facts.items) {
    for (const { references, rangeOf, faults } of templateUsesOf(item)) {
      if (faults.length > 0 && references.reads.length === 0) continue;
      const at = (range: Range): Range => placed(rangeOf(range), start);
      yield* namesInReferences(references, facts.text, at);
    }
  }
}

/** What a template names; `at`: where in `text` a place of the template is. */
export function* namesInReferences(
  references: References,
  text: string,
  at: (range: Range) => Range,
): Generator<NamedOccurrence> {
  for (const read of references.reads) {
    if (read.local === undefined) {
      yield { kind: 'variable', name: read.name, ...at(read), isDefinition: false };
    }
  }
  const words = [
    ['variable', references.hostVariables],
    ['group', references.groups],
    ['host', references.hosts],
    ...(['filter', 'test', 'lookup'] as const).map(
      (kind) => [kind, pluginNamesOf(kind, references)] as const,
    ),
  ] as const;
  for (const [kind, names] of words) {
    for (const word of names) yield* within(text, at(word), word.name, kind, false);
  }
}

/** The name where it stands within a range that may have quotes and more around it. */
export function* within(
  text: string,
  { start, end }: Range,
  name: string,
  kind: Named['kind'],
  isDefinition: boolean,
): Generator<NamedOccurrence> {
  const at = name === '' ? -1 : text.slice(start, end).indexOf(name);
  if (at >= 0) {
    yield { kind, name, start: start + at, end: start + at + name.length, isDefinition };
  }
}

/** Each task of the document, those within blocks too. */
export function* allTasks(facts: PlaybookFacts): Generator<At<Task>> {
  const roots = [
    ...facts.plays.flatMap(({ sections }) => SECTIONS.flatMap((name) => sections[name])),
    ...facts.tasks,
  ];
  for (const root of roots) {
    for (const task of withChildren(root.of)) yield { ...root, of: task };
  }
}
