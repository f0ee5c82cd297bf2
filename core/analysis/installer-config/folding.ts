/** What can be folded: comments of several lines, sections under a comment, values over lines. */
import type { Statement } from '../../formats/installer-config/statement.ts';
import type { Fold } from '../features.ts';
import type { InstallerFacts } from './facts.ts';

export function folds({ text, statements }: InstallerFacts): Fold[] {
  const found: Fold[] = [];
  for (const paragraph of paragraphs(text, statements)) {
    const [first] = paragraph;
    if (first === undefined) continue;
    const after = paragraph.findIndex((statement) => statement.kind !== 'comment');
    const comments = after === -1 ? paragraph : paragraph.slice(0, after);
    const last = paragraph.at(-1) ?? first;
    const lastComment = comments.at(-1);
    // A heading of one line folds what stands below it; longer ones fold themselves.
    if (comments.length > 1 && lastComment !== undefined) {
      found.push({ start: first.range.start, end: lastComment.range.end, kind: 'comment' });
    } else if (comments.length === 1 && after !== -1) {
      found.push({ start: first.range.start, end: last.range.end, kind: 'region' });
    }
    for (const { kind, range } of paragraph) {
      if (kind !== 'comment' && text.slice(range.start, range.end).trimEnd().includes('\n')) {
        found.push({ start: range.start, end: range.end, kind: 'region' });
      }
    }
  }
  return found;
}

/** Statements without a blank line between them. */
function paragraphs(text: string, statements: readonly Statement[]): Statement[][] {
  const found: Statement[][] = [];
  let end = 0;
  for (const statement of statements) {
    const { start } = statement.range;
    const between = text.slice(end, start);
    const current = found.at(-1);
    if (current === undefined || (between.match(/\n/g)?.length ?? 0) > 1) found.push([statement]);
    else current.push(statement);
    end = statement.range.end;
  }
  return found;
}
