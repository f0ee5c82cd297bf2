/** Many quick fixes in one go. */
import type { TextEdit } from '../formats/text-edit.ts';
import type { Finding, Fix } from './finding.ts';

/**
 * The edits of the preferred fixes of the findings, in order; with `code`, of those of one kind.
 * A fix that would touch what an earlier one changes is left for the next time, as are fixes that
 * reach into other files.
 */
export function fixAll(findings: readonly Finding[], code?: string): TextEdit[] {
  const accepted: TextEdit[] = [];
  for (const finding of findings) {
    if (code !== undefined && finding.code !== code) continue;
    const fix = preferredFix(finding);
    if (fix === undefined) continue;
    if (fix.edits.some((edit) => accepted.some((other) => touches(edit, other)))) continue;
    accepted.push(...fix.edits);
  }
  return accepted.sort((a, b) => a.start - b.start);
}

/** The fix that “fix all” takes, if there is one. */
export function preferredFix({ fixes = [] }: Finding): Fix | undefined {
  return fixes.find(
    ({ preferred, files, edits }) =>
      preferred === true && (files ?? []).length === 0 && edits.length > 0,
  );
}

/** Also where they only meet: two insertions at one place have no order. */
function touches(a: TextEdit, b: TextEdit): boolean {
  return a.start <= b.end && b.start <= a.end;
}
