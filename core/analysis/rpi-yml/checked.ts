/**
 * An rpi.yml held against its schema. It stands apart from facts.ts, as a server that looks for
 * names in an rpi.yml needs no schema, which costs it 5 MB.
 */
import type { z } from 'zod';
import { configSchema } from '../../project/config.ts';
import { readRpiYml, type RpiYmlFacts } from './facts.ts';

export type CheckedRpiYml = RpiYmlFacts & {
  /** What the schema says; nothing where the text is no YAML. */
  readonly issues: readonly z.core.$ZodIssue[];
};

export function checkRpiYml(text: string): CheckedRpiYml {
  const facts = readRpiYml(text);
  if (facts.document.errors.length > 0) return { ...facts, issues: [] };
  const parsed = configSchema.safeParse(facts.values ?? {});
  return { ...facts, issues: parsed.success ? [] : parsed.error.issues };
}
