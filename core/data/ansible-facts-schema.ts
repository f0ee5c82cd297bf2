/**
 * The shape of the file of Ansible’s facts. It is held against it when the file is made and by a
 * test, and stands apart because zod costs a process 5 MB at its start, which the language server is spared.
 */
import * as z from 'zod';
import type { AnsibleFacts, ModuleFacts, OptionFacts } from './ansible-facts.ts';

const option: z.ZodType<OptionFacts> = z.strictObject({
  type: z.string().exactOptional(),
  elements: z.string().exactOptional(),
  required: z.literal(true).exactOptional(),
  choices: z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).exactOptional(),
  aliases: z.array(z.string()).exactOptional(),
  default: z.unknown().exactOptional(),
  added: z.string().exactOptional(),
  deprecated: z.string().exactOptional(),
  get options() {
    return z.record(z.string(), option).exactOptional();
  },
});
const names = z.array(z.array(z.string()));
const module: z.ZodType<ModuleFacts> = z.strictObject({
  options: z.record(z.string(), option),
  free: z.literal(true).exactOptional(),
  added: z.string().exactOptional(),
  deprecated: z.strictObject({ in: z.string(), instead: z.string() }).exactOptional(),
  mutually_exclusive: names.exactOptional(),
  required_together: names.exactOptional(),
  required_one_of: names.exactOptional(),
  required_if: z.array(z.array(z.unknown())).exactOptional(),
  required_by: z.record(z.string(), z.unknown()).exactOptional(),
});
const routes = z.record(
  z.string(),
  z.strictObject({
    redirect: z.string().exactOptional(),
    removed: z.string().exactOptional(),
    why: z.string().exactOptional(),
  }),
);

export const ansibleFactsSchema: z.ZodType<AnsibleFacts> = z.strictObject({
  versions: z.record(z.string(), z.string()),
  modules: z.record(z.string(), module),
  other_modules: z.array(z.string()),
  routing: z.strictObject({ modules: routes, filter: routes, test: routes, lookup: routes }),
  keywords: z.record(
    z.string(),
    z.strictObject({
      applies_to: z.array(z.string()),
      type: z.string(),
      template: z.string(),
    }),
  ),
  filters: z.array(z.string()),
  tests: z.array(z.string()),
  lookups: z.array(z.string()),
});
