/** Whatever an editor asks, wherever: nothing throws, and what is answered lies within the text. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fullTests } from '../../../../property-runs.ts';
import { readDocument } from '../../../../../core/analysis/ansible-project/read-document.ts';
import type { Outline, TextRange } from '../../../../../core/analysis/features.ts';
import { complete } from '../../../../../core/analysis/playbook/features/complete.ts';
import { folds } from '../../../../../core/analysis/playbook/features/folds.ts';
import { hover } from '../../../../../core/analysis/playbook/features/hover.ts';
import { namedAt } from '../../../../../core/analysis/playbook/features/names.ts';
import { outline } from '../../../../../core/analysis/playbook/features/outline.ts';
import { selections } from '../../../../../core/analysis/playbook/features/selections.ts';
import { tokens } from '../../../../../core/analysis/playbook/features/tokens.ts';
import { knowledgeOf } from '../../../../../core/analysis/playbook/knowledge.ts';
import { loadAnsibleFacts } from '../../../../../core/data/ansible-facts.ts';
import { kindOf } from '../../../../../core/formats/playbook/document-kind.ts';

const CORPUS = join(import.meta.dirname, '..', 'corpus');
const files = readdirSync(CORPUS, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.ya?ml$/.test(path))
  .sort();
/** A prime, so that every column is met; the text is also cut off there, as while it is typed. */
const STEP = fullTests ? 101 : 389;

const knowledge = knowledgeOf(await loadAnsibleFacts());
const around = { ansible: undefined, leavesModules: false };

function read(path: string, text: string): ReturnType<typeof readDocument> {
  const kind = kindOf(`/corpus/${path}`, text, { root: '/corpus', isAnsible: true }) ?? 'playbook';
  return readDocument(`/corpus/${path}`, text, kind, knowledge);
}

const isWithin = ({ start, end }: TextRange, outer: TextRange): boolean =>
  outer.start <= start && start <= end && end <= outer.end;

function expectNested(outlines: readonly Outline[], outer: TextRange): void {
  for (const { range, nameRange, children = [] } of outlines) {
    expect(isWithin(range, outer)).toBe(true);
    expect(isWithin(nameRange, range)).toBe(true);
    expectNested(children, { start: 0, end: outer.end });
  }
}

describe('anywhere in the corpus', () => {
  it('has files', () => expect(files.length).toBeGreaterThan(20));

  it.each(files)('%s', (path) => {
    const whole = readFileSync(join(CORPUS, path), 'utf8');
    const facts = read(path, whole);
    const all = { start: 0, end: whole.length };
    expectNested(outline(facts), all);
    for (const each of [...folds(facts), ...tokens(facts)]) expect(isWithin(each, all)).toBe(true);
    for (let offset = 0; offset <= whole.length; offset += STEP) {
      const [inner, ...outer] = selections(facts, offset);
      outer.reduce<TextRange>((before, range) => {
        expect(isWithin(before, range)).toBe(true);
        return range;
      }, inner ?? all);
      const named = namedAt(facts, offset);
      if (named !== undefined) {
        expect(whole.slice(named.start, named.end)).toBe(named.name);
      }
      const told = hover(facts, offset, around);
      if (told !== undefined) expect(isWithin(told.range, all)).toBe(true);
    }
    for (let offset = 0; offset <= whole.length; offset += STEP * 5) {
      const cut = read(path, whole.slice(0, offset));
      const answer = complete(cut, offset, around);
      for (const { range } of 'items' in answer ? answer.items : answer) {
        expect(isWithin(range, { start: 0, end: offset })).toBe(true);
        expect(range.start).toBeLessThanOrEqual(offset);
      }
      hover(cut, offset, around);
    }
  });
});
