/** Where a failed task stands today, in a file that may have been edited since. */
import type { OpenFailure } from './open-failures.ts';

/** Milliseconds: clocks of file systems are coarse. */
const SLACK = 2000;

/**
 * The line (from 1), or undefined where the task is not found any more. `modifiedAt`: the file's,
 * in milliseconds since the epoch. A file that has not changed since is as the run read it.
 */
export function placeOf(
  { line, task, at }: Pick<OpenFailure, 'line' | 'task' | 'at'>,
  lines: readonly string[],
  modifiedAt: number,
): number | undefined {
  const isUnchanged = modifiedAt <= Date.parse(at) + SLACK;
  if (isUnchanged) return line >= 1 && line <= lines.length ? line : undefined;
  // Of a task in a role Ansible says `role : task`.
  const name = task.includes(' : ') ? task.slice(task.indexOf(' : ') + 3) : task;
  const isHere = (text: string): boolean => text.includes(name) || text.includes(task);
  if (isHere(lines[line - 1] ?? '')) return line;
  const found = lines.flatMap((text, index) => (isHere(text) ? [index + 1] : []));
  const [only] = found;
  return found.length === 1 ? only : undefined;
}
