import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document, parseDocument, Scalar, visit } from 'yaml';
import {
  templateString,
  type TemplateString,
} from '../../../../core/formats/jinja/template-string.ts';
import { runs } from '../../../property-runs.ts';

/** The strings of a YAML document. */
function stringsOf(text: string): TemplateString[] {
  const strings: TemplateString[] = [];
  visit(parseDocument(text, { version: '1.1' }), {
    Scalar(_, { range, value }) {
      if (typeof value !== 'string' || range === undefined || range === null) return;
      strings.push(templateString(text, { start: range[0], end: range[1], value }));
    },
  });
  return strings;
}

const EXAMPLES: readonly (readonly [string, string])[] = [
  ['plain', 'a: x {{ b }} y\n'],
  ['plain on lines', 'a: x\n  y\n\n  {{ b }} z # c\n'],
  ['single quotes', "a: 'it''s {{ b }}\n  c'\n"],
  ['double quotes', 'a: "x\\n\\u00e9\\\n  c \\"{{ b }}\\" d"\n'],
  ['literal', 'a: |\n  x\n\n    y {{ b }}\n'],
  ['literal with given indentation', 'a:\n  c: |2-\n      x\n    {{ b }}\n'],
  ['folded', 'a: >-\n  x\n  y\n\n   deeper\n  z {{ b }}\n'],
  ['tag and anchor', "a: &x !unsafe '{{ b }}'\n"],
  ['carriage returns', 'a: |\r\n  x\r\n  {{ b }}\r\n'],
  ['flow', '{a: [x, "{{ b }}"]}\n'],
];

describe('a string of a YAML document', () => {
  it.each(EXAMPLES)('knows where its template stands: %s', (_, text) => {
    const found = stringsOf(text).find(({ value }) => value.includes('{{'));
    if (found === undefined) throw new Error('no template');
    const start = found.value.indexOf('{{');
    const range = found.rangeOf({ start, end: start + 7 });
    expect(found.exact).toBe(true);
    expect(text.slice(range.start, range.end)).toBe('{{ b }}');
    expect(found.rangeOf({ start, end: start })).toEqual({ start: range.start, end: range.start });
  });

  it('marks an escape as a whole', () => {
    const text = 'a: "x\\u00e9y"\n';
    const found = stringsOf(text)[1]?.rangeOf({ start: 1, end: 2 });
    expect(text.slice(found?.start, found?.end)).toBe('\\u00e9');
  });

  it('falls back to the whole scalar where it can’t be retraced', () => {
    const odd = templateString('a: b', { start: 3, end: 4, value: 'something else' });
    expect(odd.exact).toBe(false);
    expect(odd.rangeOf({ start: 2, end: 5 })).toEqual({ start: 3, end: 4 });
  });

  it('is retraced in every style, with places in order', () => {
    const styles = [
      'PLAIN',
      'QUOTE_SINGLE',
      'QUOTE_DOUBLE',
      'BLOCK_LITERAL',
      'BLOCK_FOLDED',
    ] as const;
    const value = fc
      .array(
        fc.constantFrom(
          '{{ a }}',
          ' ',
          '  ',
          '\n',
          '\n\n',
          '\t',
          "'",
          '"',
          '\\',
          '#',
          ': ',
          'é',
          '😀',
          'word ',
        ),
        {
          maxLength: 25,
        },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(value, fc.constantFrom(...styles), fc.nat({ max: 3 }), (string, style, depth) => {
        const scalar = new Scalar(string);
        scalar.type = style;
        let content: unknown = scalar;
        for (let level = 0; level < depth; level++) content = { k: content };
        const text = new Document({ key: content, after: 1 }, { version: '1.1' }).toString({
          lineWidth: 30,
        });
        const found = stringsOf(text).find((each) => each.value === string);
        if (found === undefined) return;
        expect(found.exact, text).toBe(true);
        let last = 0;
        for (let at = 0; at < string.length; at++) {
          const range = found.rangeOf({ start: at, end: at + 1 });
          expect(range.start).toBeGreaterThanOrEqual(last);
          if (/[^\s'"\\]/.test(string.charAt(at)) && range.end - range.start === 1) {
            expect(text.charAt(range.start)).toBe(string.charAt(at));
          }
          last = range.start;
        }
      }),
      runs(500),
    );
  });
});
