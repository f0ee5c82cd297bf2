import { assignmentsOf, type LineRule } from '../items.ts';

/** The installer reads the variables itself; no other program has to see them. */
export const needlessExport: LineRule = {
  code: 'needless-export',
  *check({ text, statements }, dialect) {
    const exported = assignmentsOf(statements).filter((each) => each.exported);
    for (const { name, range } of exported) {
      if (dialect.option(name) === undefined) continue;
      const word = /\bexport[ \t]+$/.exec(text.slice(0, range.start));
      const start = word?.index ?? range.start;
      yield {
        start,
        end: word === null ? range.end : start + 'export'.length,
        message: '“export” is not needed: the installer itself reads this file.',
        ...(word === null || exported.length > 1
          ? {}
          : {
              fixes: [
                {
                  title: 'Remove “export”',
                  edits: [{ start, end: range.start, text: '' }],
                  preferred: true,
                },
              ],
            }),
      };
    }
  },
};
