/** What people are told of an installed module and its options: paragraphs of Markdown, bounded. */
import { toMarkdown } from './markup.ts';
import type { ModuleWords, OptionWords } from './module-docs.ts';

const MOST_PARAGRAPHS = 12;
const MOST_EXAMPLE_LINES = 60;

/** Above the table of a module’s options. */
export function introduction({ summary, description }: ModuleWords): string[] {
  const paragraphs = description.length === 0 ? [summary] : description;
  return markdown(paragraphs);
}

/** Below it: notes and examples. */
export function rest({ notes, examples }: ModuleWords): string[] {
  const lines = examples.trim().split('\n');
  const shown = lines.slice(0, MOST_EXAMPLE_LINES).join('\n').replaceAll('```', "'''");
  return [
    ...markdown(notes).map((note) => `_Note:_ ${note}`),
    ...(shown === ''
      ? []
      : [`\`\`\`yaml\n${shown}${lines.length > MOST_EXAMPLE_LINES ? '\n# …' : ''}\n\`\`\``]),
  ];
}

/** One line for a table. */
export function firstSentence({ description: [first = ''] }: OptionWords): string {
  const sentence = /^.*?[.:](?=\s|$)/s.exec(first)?.[0] ?? first;
  return toMarkdown(sentence.length > 160 ? `${sentence.slice(0, 159)}…` : sentence).replace(
    /\s*\n\s*/g,
    ' ',
  );
}

export function optionParagraphs({ description, choices = {} }: OptionWords): string[] {
  const explained = Object.entries(choices).map(
    ([name, words]) => `- ${toMarkdown(`C(${name})`)}: ${toMarkdown(words)}`,
  );
  return [...markdown(description), ...(explained.length === 0 ? [] : [explained.join('\n')])];
}

/** Of an option by its path: `['state']`, `['networks', 'name']`. */
export function wordsOfOption(
  words: ModuleWords | undefined,
  path: readonly string[],
): OptionWords | undefined {
  let at: { readonly options?: Readonly<Record<string, OptionWords>> } | undefined = words;
  let found: OptionWords | undefined;
  for (const name of path) at = found = at?.options?.[name];
  return found;
}

function markdown(paragraphs: readonly string[]): string[] {
  return paragraphs
    .slice(0, MOST_PARAGRAPHS)
    .map(toMarkdown)
    .filter((each) => each !== '');
}
