/** Whether one path is below another. */
import { isAbsolute, relative, sep } from 'node:path';

/** `path` is `folder` or below it; both absolute. Links are not followed: `..` alone is seen through. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
