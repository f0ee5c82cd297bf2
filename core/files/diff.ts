/** Unified diffs, as plans and events show them. */
import { createTwoFilesPatch } from 'diff';

/**
 * What changes from one text to the other, with `context` unchanged lines around it; empty where they are
 * equal. A line end that changes shows, as `\r` does in other tools.
 */
export function unifiedDiff(path: string, before: string, after: string, context = 3): string {
  if (before === after) return '';
  const patch = createTwoFilesPatch(path, path, before, after, undefined, undefined, {
    context,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  });
  return patch;
}
