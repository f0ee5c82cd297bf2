/** What the editor makes of a snippet that is left as it is: placeholders by their first choice. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ROOT } from '../../../scripts/bundles.ts';

const file = z.record(
  z.string(),
  z.strictObject({
    prefix: z.string().regex(/^rpi-[a-z0-9-]+$/),
    description: z.string().min(10),
    body: z.array(z.string()).min(1),
  }),
);
export type Snippets = z.infer<typeof file>;

export async function readSnippets(name: string): Promise<Snippets> {
  return file.parse(JSON.parse(await readFile(join(ROOT, 'snippets', name), 'utf8')));
}

/** TextMate's syntax as far as ours uses it: `$1`, `${1:text}`, `${1|a,b|}`, and `\` before `$`, `}`, `\`. */
export function expand(body: readonly string[]): string {
  return body
    .join('\n')
    .replace(
      /\\([\\$}])|\$\{\d+:([^}]*)\}|\$\{\d+\|([^,|]*)[^}]*\}|\$\d+/g,
      (_all, escaped?: string, text?: string, choice?: string) => escaped ?? text ?? choice ?? '',
    );
}
