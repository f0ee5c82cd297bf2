import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { resource } from './resources.ts';

/** The product's version, from package.json. */
export const VERSION: string = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(resource('package.json'), 'utf8'))).version;
