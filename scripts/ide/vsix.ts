/** What `npm run package` makes, and where an editor puts it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ROOT } from '../bundles.ts';

const { publisher, name, version } = z
  .object({ publisher: z.string(), name: z.string(), version: z.string() })
  .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));

export const VSIX = join(ROOT, 'dist', `${name}-${version}.vsix`);
/** The folder of the installed extension, in the editor’s folder of extensions. */
export const INSTALLED_NAME = `${publisher}.${name}-${version}`;
