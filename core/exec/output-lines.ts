/** Whole lines out of chunks: so that the words of many hosts can stand in one terminal. */

/** Characters of a line without an end after which it is passed on all the same. */
const LONGEST_LINE = 64 * 1024;

export type LineReader = {
  /** The whole lines that are complete by now, with their ends; '' where none is. */
  readonly push: (text: string) => string;
  /** What is left, ended by a line end; '' where nothing is. */
  readonly end: () => string;
};

export function createLineReader(): LineReader {
  let rest = '';
  const end = (): string => {
    const last = rest === '' ? '' : `${rest}\n`;
    rest = '';
    return last;
  };
  return {
    push: (text) => {
      const all = rest + text;
      const cut = all.lastIndexOf('\n') + 1;
      rest = all.slice(cut);
      const lines = all.slice(0, cut);
      return rest.length > LONGEST_LINE ? lines + end() : lines;
    },
    end,
  };
}
