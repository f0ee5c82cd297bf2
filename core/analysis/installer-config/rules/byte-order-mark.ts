import type { FileRule } from '../items.ts';

export const BYTE_ORDER_MARK = '\uFEFF';

/** Some editors put a mark in front of UTF-8. It makes a command of the first line. */
export const byteOrderMark: FileRule = {
  code: 'byte-order-mark',
  *check({ text }) {
    if (!text.startsWith(BYTE_ORDER_MARK)) return;
    const place = { start: 0, end: 1 };
    yield {
      ...place,
      message:
        'An invisible mark stands in front of the file, so the shell takes the first line for a command: save it as UTF-8 without a byte order mark.',
      fixes: [{ title: 'Remove the mark', edits: [{ ...place, text: '' }], preferred: true }],
    };
  },
};
