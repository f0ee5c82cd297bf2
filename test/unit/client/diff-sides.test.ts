import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sidesOfDiff } from '../../../client/commands/diff-sides.ts';
import { unifiedDiff } from '../../../core/files/diff.ts';

const WHOLE = 1_000_000;
/** With lines that look like parts of a diff, and with and without a line end at the end. */
const text = fc
  .array(fc.constantFrom('', 'a', 'b', '-a', '+b', '@@ -1 +1 @@', '--- x', '+++ y', '\\ No'))
  .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));

test('both texts come back from a diff of all their lines', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      fc.pre(before !== after);
      expect(sidesOfDiff(unifiedDiff('kitchen:/boot/x', before, after, WHOLE))).toEqual({
        before,
        after,
      });
    }),
  );
});

test('a file that is made has nothing before, one that is removed nothing after', () => {
  expect(sidesOfDiff(unifiedDiff('x', '', 'a\nb\n', WHOLE))).toEqual({
    before: '',
    after: 'a\nb\n',
  });
  expect(sidesOfDiff(unifiedDiff('x', 'a\n', '', WHOLE))).toEqual({ before: 'a\n', after: '' });
});
