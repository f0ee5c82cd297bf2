/** Between the editor's addresses and paths of this machine. */
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Absolute. A document that is no file (a new one) has the path of its name in no folder. */
export function pathOf(uri: string): string {
  try {
    if (uri.startsWith('file:')) return fileURLToPath(uri);
    return decodeURIComponent(new URL(uri).pathname);
  } catch {
    return uri;
  }
}

export function uriOf(path: string): string {
  return pathToFileURL(path).href;
}

/** A path that a finding names, seen from the file that it is about. */
export function resolvePath(from: string, path: string): string {
  return resolve(dirname(from), path);
}
