import { fileURLToPath } from 'node:url';

/**
 * The path of something that ships with the product: `ansible/…`, `templates/…`. It stands one
 * folder above this module, in the sources (core/) and in the bundles (dist/) alike.
 */
export function resource(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
