/** Unified diffs, as plans and events show them. */
import { createTwoFilesPatch } from 'diff';

/**
 * What changes from one text to the other, with three lines around it; empty where they are
 * equal. A line end that changes shows, as `\r` does in other tools.
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch(path, path, before, after, undefined, undefined, {
    context: 3,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
  return patch;
}
