import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { changedText, Lines } from '../../../server/document.ts';

const text = fc
  .array(fc.constantFrom('a', 'é', '😀', '\n', '\r\n', '\r', ' '), { maxLength: 20 })
  .map((pieces) => pieces.join(''));

describe('places in a text', () => {
  it('are those of the reference implementation', () => {
    fc.assert(
      fc.property(text, fc.nat(30), fc.nat(30), fc.nat(30), (content, offset, line, character) => {
        const reference = TextDocument.create('file:///a', 'x', 1, content);
        const lines = new Lines(content);
        // Between a carriage return and its line feed there is no place for it.
        if (content.slice(offset - 1, offset + 1) !== '\r\n') {
          expect(lines.positionAt(offset)).toEqual(reference.positionAt(offset));
        }
        expect(lines.offsetAt({ line, character })).toBe(reference.offsetAt({ line, character }));
      }),
    );
  });

  it('count UTF-16 units', () => {
    expect(new Lines('a😀b\nc').positionAt(3)).toEqual({ line: 0, character: 3 });
  });
});

describe('changes of a text', () => {
  it('are applied one after the other', () => {
    const place = fc.record({ line: fc.nat(5), character: fc.nat(5) });
    const change = fc.oneof(
      { weight: 5, arbitrary: fc.record({ range: fc.record({ start: place, end: place }), text }) },
      { weight: 1, arbitrary: fc.record({ text }) },
    );
    fc.assert(
      fc.property(text, fc.array(change, { maxLength: 5 }), (content, changes) => {
        const ordered = changes.map((each) =>
          'range' in each ? { ...each, range: inOrder(each.range) } : each,
        );
        // One document a change: the reference keeps its lines from one to the next, not always rightly.
        const expected = ordered.reduce((before, each) => {
          const reference = TextDocument.create('file:///a', 'x', 1, before);
          return TextDocument.update(reference, [each], 2).getText();
        }, content);
        expect(changedText(content, ordered)).toBe(expected);
      }),
    );
  });
});

type Place = { line: number; character: number };

function inOrder({ start, end }: { start: Place; end: Place }): { start: Place; end: Place } {
  const swapped =
    start.line > end.line || (start.line === end.line && start.character > end.character);
  return swapped ? { start: end, end: start } : { start, end };
}
