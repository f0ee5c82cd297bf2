/** Filters, tests and lookups in words: which collection they are of, and where their docs are. */
import { templateUsesOf } from '../../ansible-project/template-uses.ts';
import type { References } from '../../../formats/jinja/reference-types.ts';
import type { Identifier } from '../../../formats/jinja/tree.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import type { AnsibleFacts } from '../../../data/ansible-facts.ts';
import type { Hover } from '../../features.ts';
import { placed, type PlaybookFacts } from '../facts.ts';
import { itemAt } from './around.ts';

const KINDS = ['filter', 'test', 'lookup'] as const;
type Kind = (typeof KINDS)[number];

export function hoverJinja(
  facts: PlaybookFacts,
  offset: number,
  ansible: AnsibleProject | undefined,
): Hover | undefined {
  const at = itemAt(facts, offset);
  if (at === undefined) return undefined;
  for (const { references, rangeOf } of templateUsesOf(at.item)) {
    for (const kind of KINDS) {
      for (const name of namesOf(kind, references)) {
        const range = placed(rangeOf(name), at.start);
        if (offset < range.start || offset > range.end) continue;
        const markdown = pluginMarkdown(kind, name.name, facts.knowledge.facts, ansible);
        return markdown === undefined ? undefined : { range, markdown };
      }
    }
  }
  return undefined;
}

export function namesOf(kind: Kind, references: References): readonly Identifier[] {
  if (kind === 'filter') return references.filters;
  if (kind === 'test') return references.tests;
  return references.lookups.flatMap(({ plugin }) => plugin ?? []);
}

export function pluginMarkdown(
  kind: Kind,
  name: string,
  facts: AnsibleFacts,
  ansible: AnsibleProject | undefined,
): string | undefined {
  const own = ansible?.local.exports[kind].get(name);
  if (ansible !== undefined && own !== undefined) {
    return `The ${kind} **${name}** of this project: \`${own.slice(ansible.root.length + 1)}\`.`;
  }
  const all = { filter: facts.filters, test: facts.tests, lookup: facts.lookups }[kind];
  const full =
    all.find((each) => each === name) ?? all.find((each) => each === `ansible.builtin.${name}`);
  if (full === undefined) return undefined;
  const [namespace, collection, ...rest] = full.split('.');
  if (collection === undefined) return `The ${kind} **${name}** of Jinja2.`;
  const url = `https://docs.ansible.com/ansible/latest/collections/${namespace ?? ''}/${collection}/${rest.join('.')}_${kind}.html`;
  return `The ${kind} **${full}**. [Documentation](${url})`;
}
