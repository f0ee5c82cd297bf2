import { readFileSync } from 'node:fs';
import { resource } from './resources.ts';

/** The product's version, from package.json. Read by hand: a schema would cost each start 24 ms. */
export const VERSION: string = versionIn(
  JSON.parse(readFileSync(resource('package.json'), 'utf8')),
);

function versionIn(manifest: unknown): string {
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  if (!isManifest || typeof manifest.version !== 'string') {
    throw new TypeError('package.json names no version.');
  }
  return manifest.version;
}
