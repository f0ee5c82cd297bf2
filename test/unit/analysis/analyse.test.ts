import { describe, expect, it } from 'vitest';
import { analyse, type Analysed } from '../../../core/analysis/analyse.ts';
import type { Item, Language } from '../../../core/analysis/document.ts';
import { compareFindings, moveFinding } from '../../../core/analysis/finding.ts';
import { reportOnce, type OnRuleError } from '../../../core/analysis/rule.ts';

/** Lines of words. A line's fact is its length; the whole's facts are their sum. */
type Lines = Language<Item, string, number, number, { readonly limit: number }>;

const fail = (code: string, error: unknown): never => {
  throw new Error(`${code} crashed`, { cause: error });
};

/** A language that notes which lines its rule looked at. */
function lines(seen: string[], more: Partial<Lines> = {}): Lines {
  return {
    split: (text, previous) => {
      const known = new Map(previous.map((item) => [item.text, item]));
      let start = 0;
      return text.split('\n').map((line) => {
        const placed = { item: known.get(line) ?? { text: line }, start };
        start += line.length + 1;
        return placed;
      });
    },
    context: (text) => (text.startsWith('#loud') ? 'loud' : 'calm'),
    itemFacts: (item) => item.text.length,
    merge: (parts) => parts.reduce((sum, { facts }) => sum + facts, 0),
    itemRules: [
      {
        code: 'bad-word',
        *check({ text }, context) {
          seen.push(text);
          const start = text.indexOf('bad');
          if (start === -1) return;
          yield {
            start,
            end: start + 3,
            message: `not ${context}`,
            related: [
              { message: 'here', start: 0, end: 1 },
              { message: 'elsewhere', start: 0, end: 1, path: 'other' },
            ],
            fixes: [{ title: 'Write good', edits: [{ start, end: start + 3, text: 'good' }] }],
          };
        },
      },
    ],
    projectRules: [
      {
        code: 'too-long',
        *check(total, { limit }) {
          if (total > limit) yield { start: 0, end: 0, message: 'long', severity: 'hint' };
        },
      },
    ],
    infos: new Map([
      ['bad-word', { code: 'bad-word', severity: 'warning', title: 'A bad word' }],
      ['too-long', { code: 'too-long', severity: 'error', title: 'Too long' }],
    ]),
    ...more,
  };
}

const run = (
  language: Lines,
  text: string,
  previous?: Analysed<Item, string, number, number>,
  onRuleError: OnRuleError = fail,
): Analysed<Item, string, number, number> =>
  analyse({ path: 'a', text, language }, { limit: 20 }, previous, onRuleError);

describe('analysing a document', () => {
  it('finds what its items and the whole are reported for, in the order of the text', () => {
    const { findings } = run(lines([]), 'good\nvery bad\nmore text than fits');
    expect(findings.map(({ code, severity, start }) => [code, severity, start])).toEqual([
      ['too-long', 'hint', 0],
      ['bad-word', 'warning', 10],
    ]);
  });

  it('looks at an unchanged item once, and moves its findings along with it', () => {
    const seen: string[] = [];
    const language = lines(seen);
    const before = run(language, 'one\nbad\ntwo');
    const after = run(language, 'one\nnew\nbad\ntwo', before);
    expect(seen).toEqual(['one', 'bad', 'two', 'new']);
    expect(after.findings).toEqual(run(lines([]), 'one\nnew\nbad\ntwo').findings);
    expect(after.findings[0]).toMatchObject({
      start: 8,
      related: [{ start: 8 }, { start: 0, path: 'other' }],
      fixes: [{ edits: [{ start: 8, end: 11 }] }],
    });
  });

  it('looks at all again when what surrounds the items changes', () => {
    const seen: string[] = [];
    const language = lines(seen);
    const before = run(language, 'x\nbad');
    const after = run(language, '#loud\nbad', before);
    expect(after.findings.map(({ message }) => message)).toEqual(['not loud']);
    expect(seen.filter((text) => text === 'bad')).toHaveLength(2);
  });

  it('leaves out what is said of items that take no effect', () => {
    const language = lines([], { reach: () => 4 });
    expect(run(language, 'bad\nbad').findings.map(({ start }) => start)).toEqual([0]);
  });

  it('goes on when a rule crashes, also half-way, and reports it once', () => {
    const reported: string[] = [];
    const crashing = lines([], {
      projectRules: [
        {
          code: 'crash',
          *check() {
            yield { start: 0, end: 1, message: 'half' };
            throw new Error('no');
          },
        },
        ...lines([]).projectRules,
      ],
    });
    const onRuleError = reportOnce((code) => reported.push(code));
    const text = 'bad and a long line of text';
    const first = run(crashing, text, undefined, onRuleError);
    const second = run(crashing, text, first, onRuleError);
    expect(second.findings.map(({ code }) => code)).toEqual(['too-long', 'bad-word']);
    expect(reported).toEqual(['crash']);
  });
});

it('findings at one place are sorted by weight', () => {
  const at = (severity: 'error' | 'hint', code: string) => ({
    code,
    severity,
    message: '',
    start: 1,
    end: 2,
  });
  const list = [at('hint', 'a'), at('error', 'c'), at('error', 'b')];
  expect(list.sort(compareFindings).map(({ code }) => code)).toEqual(['b', 'c', 'a']);
  const [first] = list;
  expect(first && moveFinding(first, 0)).toBe(first);
});
