/** What rules that need a project's other files know of them. */
import type { AnsibleProject } from '../../../ansible-project/project.ts';
import { extract } from '../../../ansible-project/extract.ts';
import type { Extract } from '../../../ansible-project/extract-types.ts';
import { templateUsesOf, type TemplateUse } from '../../../ansible-project/template-uses.ts';
import type { PlaybookItem } from '../../../../formats/playbook/split.ts';
import type { Draft } from '../../../rule.ts';
import { placed, type PlaybookFacts } from '../../facts.ts';
import type { DocumentRule } from '../../items.ts';
import type { PlaybookProject } from '../../context.ts';

export type AnsiblePlaybookProject = PlaybookProject & {
  /** Undefined while the index is being built, and for a document of no project. */
  readonly ansible: AnsibleProject | undefined;
};

export type ProjectRuleOfPlaybooks = DocumentRule<AnsiblePlaybookProject>;

const extracts = new WeakMap<PlaybookFacts, Extract>();

/** What the document says to others; made once. */
export function extractOf(facts: PlaybookFacts): Extract {
  const known = extracts.get(facts) ?? extract(facts);
  extracts.set(facts, known);
  return known;
}

export type FoundTemplate = {
  readonly use: TemplateUse;
  readonly start: number;
  readonly item: PlaybookItem;
};

const templates = new WeakMap<PlaybookFacts, readonly FoundTemplate[]>();

/** The document's templates and conditions, each with the offset of its item; listed once. */
export function templatesOf(facts: PlaybookFacts): readonly FoundTemplate[] {
  const known = templates.get(facts);
  if (known !== undefined) return known;
  const found: FoundTemplate[] = [];
  for (const { item, start } of itemsOf(facts)) {
    for (const use of templateUsesOf(item)) found.push({ use, start, item });
  }
  templates.set(facts, found);
  return found;
}

const items = new WeakMap<PlaybookFacts, readonly { item: PlaybookItem; start: number }[]>();

function itemsOf(facts: PlaybookFacts): readonly { item: PlaybookItem; start: number }[] {
  const known = items.get(facts);
  if (known !== undefined) return known;
  const found = new Map<number, { item: PlaybookItem; start: number }>();
  const add = ({ item, start }: { item: PlaybookItem; start: number }): void => {
    found.set(start, { item, start });
  };
  for (const play of facts.plays) {
    play.parts.forEach(add);
    for (const tasks of Object.values(play.sections)) tasks.forEach(add);
  }
  facts.tasks.forEach(add);
  facts.roots.forEach(add);
  const list = [...found.values()];
  items.set(facts, list);
  return list;
}

/** The draft with the range of a template's content. */
export function draftIn(
  { use, start }: { readonly use: TemplateUse; readonly start: number },
  range: { readonly start: number; readonly end: number },
  draft: Omit<Draft, 'start' | 'end'>,
): Draft {
  return { ...draft, ...placed(use.rangeOf(range), start) };
}
