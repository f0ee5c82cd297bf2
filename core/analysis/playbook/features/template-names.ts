/** What has a name in a template file. */
import type { Named } from '../../features.ts';
import type { TemplateFacts } from '../../ansible-project/template-language.ts';
import { namesInReferences, type NamedOccurrence } from './names.ts';

export function* namesInTemplate({ text, references }: TemplateFacts): Generator<NamedOccurrence> {
  yield* namesInReferences(references, text, ({ start, end }) => ({ start, end }));
}

export function namedInTemplateAt(facts: TemplateFacts, offset: number): Named | undefined {
  for (const { kind, name, start, end } of namesInTemplate(facts)) {
    if (start <= offset && offset <= end) return { kind, name, start, end };
  }
  return undefined;
}
