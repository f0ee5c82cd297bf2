import { expect, it } from 'vitest';
import type { Finding } from '../../../core/analysis/finding.ts';
import { fixAll } from '../../../core/analysis/fix-all.ts';
import { applyEdits, type TextEdit } from '../../../core/formats/text-edit.ts';

function finding(code: string, edits: TextEdit[], more: object = { preferred: true }): Finding {
  const [{ start, end } = { start: 0, end: 0 }] = edits;
  return {
    code,
    severity: 'error',
    message: '',
    start,
    end,
    fixes: [{ title: '', edits, ...more }],
  };
}

const a = finding('one', [{ start: 0, end: 1, text: 'A' }]);
const c = finding('two', [{ start: 4, end: 5, text: 'C' }]);

it('applies the preferred fixes of all findings, or of one kind', () => {
  expect(applyEdits('a b c', fixAll([c, a]))).toBe('A b C');
  expect(applyEdits('a b c', fixAll([a, c], 'two'))).toBe('a b C');
});

it('leaves a fix that meets another for the next time', () => {
  const near = finding('near', [{ start: 1, end: 2, text: '' }]);
  expect(applyEdits('a b c', fixAll([a, near, c]))).toBe('A b C');
  const same = finding('same', [{ start: 3, end: 3, text: 'x' }]);
  expect(applyEdits('a b c', fixAll([same, same]))).toBe('a bx c');
});

it('takes neither doubtful fixes nor those of other files', () => {
  const doubtful = finding('one', [{ start: 0, end: 1, text: 'A' }], {});
  const elsewhere = finding('one', [{ start: 0, end: 1, text: 'A' }], {
    preferred: true,
    files: [{ path: 'other', edits: [] }],
  });
  expect(fixAll([doubtful, elsewhere])).toEqual([]);
});
