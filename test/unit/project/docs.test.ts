import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { ERROR_CODES } from '../../../core/errors.ts';
import { configSchema } from '../../../core/project/config.ts';
import { parseConfig } from '../../../core/project/config.ts';
import { ROOT } from '../../../scripts/bundles.ts';

const docs = (name: string): Promise<string> => readFile(join(ROOT, 'docs', name), 'utf8');

test('docs/rpi-yml.md describes every setting, and no other', async () => {
  const described = [...(await docs('rpi-yml.md')).matchAll(/^\| `([a-z_.]+)` +\|/gm)].map(
    (match) => match[1] ?? '',
  );
  expect(described.sort()).toEqual(settings('', configSchema).sort());
});

test('the example of docs/rpi-yml.md is a right rpi.yml', async () => {
  const example = /```yaml\n([^]*?)```/.exec(await docs('rpi-yml.md'))?.[1] ?? '';
  expect(parseConfig(example)).toMatchObject({ ok: true });
});

test('every event kind and exit code has its line in the docs', async () => {
  const events = await docs('events.md');
  const source = await readFile(join(ROOT, 'core/runs/event.ts'), 'utf8');
  const kinds = [...source.matchAll(/^ {2}'?([a-z.]+)'?: z\.object\(/gm)].map((match) => match[1]);
  expect(kinds.length).toBeGreaterThan(15);
  const described = [...events.matchAll(/^\| `([a-z.]+)` +\|/gm)].map((match) => match[1]);
  for (const kind of kinds) expect(described).toContain(kind);
  expect(Object.keys(ERROR_CODES).every((code) => /^[a-z]+\.[a-z-]+$/.test(code))).toBe(true);
});

/** The dotted names of a schema's settings; a list of objects counts as one. */
function settings(prefix: string, schema: z.ZodType): string[] {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodObject)) return [prefix];
  return Object.entries(inner.shape).flatMap(([name, child]) =>
    settings(prefix === '' ? name : `${prefix}.${name}`, child as z.ZodType),
  );
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap() as z.ZodType) : schema;
}
