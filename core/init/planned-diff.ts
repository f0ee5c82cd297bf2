/** Unified diffs of what `init` does: new files and additions, never changes. */

/** The diff of a file that doesn't exist yet. */
export function creationDiff(path: string, content: string): string {
  return [`--- /dev/null`, `+++ ${path}`, ...addedLines(content)].join('\n');
}

/** The diff of text that goes to the end of a file, without its context. */
export function additionDiff(path: string, added: string): string {
  return [`--- ${path}`, `+++ ${path}`, ...addedLines(added.replace(/^\r?\n/, ''))].join('\n');
}

function addedLines(text: string): string[] {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  return text === '' ? [] : lines.map((line) => `+${line}`);
}
