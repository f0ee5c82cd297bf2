/** What has a name in a template file. */
import type { Named } from '../../features.ts';
import type { TemplateFacts } from '../../ansible-project/template-language.ts';
import { namesOf as pluginNamesOf } from './jinja-words.ts';
import { within, type NamedOccurrence } from './names.ts';

export function* namesInTemplate({ text, references }: TemplateFacts): Generator<NamedOccurrence> {
  for (const { name, start, end, local } of references.reads) {
    if (local === undefined) yield { kind: 'variable', name, start, end, isDefinition: false };
  }
  for (const group of references.groups) yield* within(text, group, group.name, 'group', false);
  for (const host of references.hosts) yield* within(text, host, host.name, 'host', false);
  for (const kind of ['filter', 'test', 'lookup'] as const) {
    for (const plugin of pluginNamesOf(kind, references)) {
      yield* within(text, plugin, plugin.name, kind, false);
    }
  }
}

export function namedInTemplateAt(facts: TemplateFacts, offset: number): Named | undefined {
  for (const { kind, name, start, end } of namesInTemplate(facts)) {
    if (start <= offset && offset <= end) return { kind, name, start, end };
  }
  return undefined;
}
