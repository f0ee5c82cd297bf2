/** What an editor is told about a template file besides its findings. */
import type { TemplateFacts, TemplateProject } from '../../ansible-project/template-language.ts';
import { reachOfTemplate } from '../../ansible-project/reach.ts';
import type { Completions, Hover } from '../../features.ts';
import { completeJinja } from './complete-jinja.ts';
import { jinjaPlace, openTag } from './jinja-place.ts';
import { namesOf, pluginMarkdown } from './jinja-words.ts';
import { reachableDefinitions, reachableVariables } from './reachable-variables.ts';
import { membersOf } from './members.ts';
import { namedInTemplateAt } from './template-names.ts';
import { describeGroup, describeHost } from './host-descriptions.ts';
import { variableMarkdown } from './variable-values.ts';

export function completeTemplate(
  text: string,
  offset: number,
  { knowledge, ansible }: TemplateProject,
  path: string,
): Completions {
  const start = openTag(text, offset);
  const place = start === undefined ? undefined : jinjaPlace(text, start, offset);
  if (place === undefined) return [];
  const variables = reachableVariables(ansible, path, undefined);
  const typed = text.slice(place.word.start, offset);
  return completeJinja(place, typed, {
    knowledge,
    ansible,
    variables,
    members: (of) => membersOf(of, reachableDefinitions(ansible, path, undefined)),
  });
}

export function hoverTemplate(
  facts: TemplateFacts,
  offset: number,
  { knowledge, ansible }: TemplateProject,
  path: string,
): Hover | undefined {
  const named = namedInTemplateAt(facts, offset);
  if (named !== undefined && ansible !== undefined) {
    const { kind, name, start, end } = named;
    const reach = reachOfTemplate(ansible, path);
    const markdown =
      kind === 'variable'
        ? variableMarkdown(name, ansible, reach.isReached ? reach.documents : undefined)
        : kind === 'group'
          ? describeGroup(name, ansible)
          : kind === 'host'
            ? describeHost(name, ansible)
            : undefined;
    if (markdown !== undefined) return { range: { start, end }, markdown };
  }
  for (const kind of ['filter', 'test', 'lookup'] as const) {
    for (const { name, start, end } of namesOf(kind, facts.references)) {
      if (offset < start || offset > end) continue;
      const markdown = pluginMarkdown(kind, name, knowledge.facts, ansible);
      return markdown === undefined ? undefined : { range: { start, end }, markdown };
    }
  }
  return undefined;
}
