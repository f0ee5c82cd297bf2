import { readHeader } from '../../../formats/jinja/delimiters.ts';
import { parseTemplate } from '../../../formats/jinja/parse.ts';
import { referencesOf } from '../../../formats/jinja/references.ts';
import type { NamedOccurrence } from './names.ts';
import { namesInTemplate } from './template-names.ts';

/** What has a name in the text of a template file. */
export function readTemplateNames(path: string, text: string): Generator<NamedOccurrence> {
  const tree = parseTemplate(text, readHeader(text));
  return namesInTemplate({ path, text, tree, references: referencesOf(tree) });
}
