import type { Assignment } from '../../../formats/installer-config/statement.ts';
import type { Fix } from '../../finding.ts';
import { assignmentsOf, type LineRule } from '../items.ts';

/** The installer reads the variables itself; no other program has to see them. */
export const needlessExport: LineRule = {
  code: 'needless-export',
  *check({ text, statements }, dialect) {
    const exported = assignmentsOf(statements).filter((each) => each.exported);
    for (const [index, { name, range }] of exported.entries()) {
      if (dialect.option(name) === undefined) continue;
      // Of several behind one “export”, the first stands for all.
      const before = exported[index - 1]?.range.end;
      if (before !== undefined && isBlank(text.slice(before, range.start))) continue;
      const word = /\bexport[ \t]+$/.exec(text.slice(0, range.start));
      const start = word?.index ?? range.start;
      yield {
        start,
        end: word === null ? range.end : start + 'export'.length,
        message: '“export” is not needed: the installer itself reads this file.',
        fixes: word === null ? [] : removal(text, exported.slice(index), start),
      };
    }
  },
};

/** Only where nothing but settings stands behind the word: another name would become a command. */
function removal(text: string, [first, ...more]: readonly Assignment[], start: number): Fix[] {
  if (first === undefined) return [];
  let { end } = first.range;
  for (const { range } of more) {
    if (isBlank(text.slice(end, range.start))) end = range.end;
  }
  if (!/^[ \t]*(?:[\r\n;#]|$)/.test(text.slice(end))) return [];
  const edits = [{ start, end: first.range.start, text: '' }];
  return [{ title: 'Remove “export”', edits, preferred: true }];
}

function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}
