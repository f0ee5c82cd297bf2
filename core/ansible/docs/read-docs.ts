/** Reads what `ansible-doc --json` prints. What does not fit is left out: its format has versions. */
import * as z from 'zod';
import type { ModuleFacts, OptionFacts } from '../../data/ansible-facts.ts';
import type { ModuleDocs, OptionWords } from './module-docs.ts';

/** Text, or a list of it. */
const words = z
  .union([z.string(), z.array(z.unknown())])
  .nullish()
  .catch(undefined)
  .transform((value): string[] =>
    value === null || value === undefined ? [] : [value].flat().map((each) => String(each)),
  );
const text = z.coerce.string().optional().catch(undefined);
const removal = z
  .looseObject({
    removed_in: z.unknown(),
    version: z.unknown(),
    removed_at_date: z.unknown(),
    removed_from_collection: z.unknown(),
    alternative: z.unknown(),
    alternatives: z.unknown(),
  })
  .partial()
  .nullish()
  .catch(undefined);

type WrittenOption = z.infer<typeof writtenOption> & {
  readonly suboptions?: Readonly<Record<string, unknown>> | null | undefined;
};
const record = z.record(z.string(), z.unknown());
const writtenOption = z.looseObject({
  description: words,
  type: z.string().nullish().catch(undefined),
  elements: z.string().nullish().catch(undefined),
  required: z.boolean().nullish().catch(undefined),
  choices: z
    .union([z.array(z.unknown()), record])
    .nullish()
    .catch(undefined),
  aliases: z.array(z.string()).nullish().catch(undefined),
  default: z.unknown().optional(),
  version_added: text,
  deprecated: removal,
  suboptions: record.nullish().catch(undefined),
});
const writtenModule = z.looseObject({
  doc: z.looseObject({
    short_description: text,
    description: words,
    notes: words,
    version_added: text,
    deprecated: removal,
    attributes: z
      .looseObject({ raw: z.looseObject({ support: z.unknown() }).optional().catch(undefined) })
      .nullish()
      .catch(undefined),
    options: record.nullish().catch(undefined),
  }),
  examples: z.string().nullish().catch(undefined),
});

/** Deeper options are not told apart. */
const DEEPEST = 8;

/** By full name: pairs of what was printed, for `readModule` one after the other. */
export function readPrinted(json: string): [string, unknown][] {
  try {
    return Object.entries(record.parse(JSON.parse(json)));
  } catch {
    return [];
  }
}

/** Names of `ansible-doc --list --json`. */
export function readNames(json: string): string[] {
  return readPrinted(json).map(([name]) => name);
}

/** One module; undefined for what is no documentation. */
export function readModule(value: unknown): ModuleDocs | undefined {
  const read = writtenModule.safeParse(value);
  if (!read.success) return undefined;
  const { doc, examples } = read.data;
  const { free_form: free, ...written } = doc.options ?? {};
  const options = readOptions(written, 0);
  return {
    facts: {
      options: options.facts,
      ...(free !== undefined || doc.attributes?.raw?.support === 'full' ? { free: true } : {}),
      ...added(doc.version_added),
      ...deprecatedModule(doc.deprecated),
    },
    words: {
      summary: doc.short_description ?? '',
      description: doc.description,
      notes: doc.notes,
      options: options.words,
      examples: examples ?? '',
    },
  };
}

type Options = {
  readonly facts: Record<string, OptionFacts>;
  readonly words: Record<string, OptionWords>;
};

function readOptions(written: Readonly<Record<string, unknown>>, depth: number): Options {
  const options: Options = { facts: {}, words: {} };
  for (const [name, value] of Object.entries(written)) {
    const read = writtenOption.safeParse(value);
    // It exists; nothing else can be said.
    if (!read.success) options.facts[name] = { type: 'raw' };
    else {
      const { suboptions } = read.data;
      const own =
        suboptions === null || suboptions === undefined || depth >= DEEPEST
          ? undefined
          : readOptions(suboptions, depth + 1);
      options.facts[name] = optionFacts(read.data, own?.facts);
      options.words[name] = optionWords(read.data, own?.words);
    }
  }
  return options;
}

function optionFacts(
  written: WrittenOption,
  options: Readonly<Record<string, OptionFacts>> | undefined,
): OptionFacts {
  const { type, elements, required, choices, aliases, version_added: since, deprecated } = written;
  const fallback = written.default;
  const hasChoices = choices !== null && choices !== undefined && Object.keys(choices).length > 0;
  return {
    ...(type === null || type === undefined || type === 'str' ? {} : { type }),
    ...(elements === null || elements === undefined ? {} : { elements }),
    ...(required === true ? { required } : {}),
    ...(hasChoices ? { choices: Array.isArray(choices) ? choices : Object.keys(choices) } : {}),
    ...(aliases === null || aliases === undefined || aliases.length === 0 ? {} : { aliases }),
    ...(fallback === null || fallback === undefined ? {} : { default: fallback }),
    ...added(since),
    ...(deprecated === null || deprecated === undefined
      ? {}
      : { deprecated: goneIn(deprecated) || 'a later version' }),
    ...(options === undefined ? {} : { options }),
  };
}

function optionWords(
  { description, choices }: WrittenOption,
  options: Readonly<Record<string, OptionWords>> | undefined,
): OptionWords {
  const explained =
    choices === null || choices === undefined || Array.isArray(choices)
      ? []
      : Object.entries(choices).map(([name, value]) => [name, words.parse(value).join(' ')]);
  return {
    description,
    ...(explained.length === 0
      ? {}
      : { choices: Object.fromEntries(explained) as Record<string, string> }),
    ...(options === undefined ? {} : { options }),
  };
}

function added(version: string | undefined): { readonly added?: string } {
  return version === undefined || version === 'historical' || version === 'null'
    ? {}
    : { added: version };
}

type Removal = NonNullable<z.infer<typeof removal>>;

function deprecatedModule(deprecated: Removal | null | undefined): Pick<ModuleFacts, 'deprecated'> {
  if (deprecated === null || deprecated === undefined) return {};
  const { alternative, alternatives } = deprecated;
  const instead = [alternative, alternatives].find((each) => typeof each === 'string') ?? '';
  return { deprecated: { in: goneIn(deprecated), instead } };
}

function goneIn({
  removed_in,
  version,
  removed_at_date,
  removed_from_collection,
}: Removal): string {
  const named = [removed_in, version, removed_at_date, removed_from_collection].find(
    (each) => typeof each === 'string' || typeof each === 'number',
  );
  return named === undefined ? '' : String(named);
}
