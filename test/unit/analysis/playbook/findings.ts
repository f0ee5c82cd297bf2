/** Short ways to say which findings a playbook has. */
import { expect } from 'vitest';
import type { Finding } from '../../../../core/analysis/finding.ts';
import { knowledgeOf } from '../../../../core/analysis/playbook/knowledge.ts';
import {
  analysePlaybook,
  type AnalysedPlaybook,
} from '../../../../core/analysis/playbook/language.ts';
import type { PlaybookProject } from '../../../../core/analysis/playbook/context.ts';
import { loadAnsibleFacts } from '../../../../core/data/ansible-facts.ts';
import { applyEdits } from '../../../../core/formats/text-edit.ts';

export const knowledge = knowledgeOf(await loadAnsibleFacts());

export const PROJECT: PlaybookProject = { knowledge, place: {} };

/** Everything the analysis knows of a text at a path; the rules must not crash. */
export function analysed(
  text: string,
  path = 'playbooks/site.yml',
  previous?: AnalysedPlaybook,
  project = PROJECT,
): AnalysedPlaybook {
  const found = analysePlaybook({ path, text }, project, previous, (code, error) => {
    throw new Error(`The rule ${code} crashed.`, { cause: error });
  });
  if (found === undefined) throw new Error(`No rules are for ${path}.`);
  return found;
}

export function findingsOf(text: string, path?: string): readonly Finding[] {
  return analysed(text, path).findings;
}

/** `LINE SEVERITY CODE “underlined”`, in the order of the text. */
export function told(text: string, path?: string): string[] {
  return findingsOf(text, path).map(({ start, end, severity, code }) => {
    const line = text.slice(0, start).split('\n').length;
    return `${line} ${severity} ${code} “${text.slice(start, end)}”`;
  });
}

/** The text after the preferred (or first) fix of the one finding with the code. */
export function fixed(text: string, code: string, path?: string): string {
  const found = findingsOf(text, path).filter((each) => each.code === code);
  expect(found, `findings ${code} in ${text}`).toHaveLength(1);
  const fixes = found[0]?.fixes ?? [];
  const fix = fixes.find(({ preferred }) => preferred === true) ?? fixes[0];
  expect(fix, `a fix of ${code} in ${text}`).toBeDefined();
  return applyEdits(text, fix?.edits ?? []);
}

/** The text after all preferred fixes, again and again until none is left; overlapping ones wait. */
export function allFixed(text: string, path?: string): string {
  let current = text;
  for (let turn = 0; turn < 10; turn++) {
    const edits: { start: number; end: number; text: string }[] = [];
    for (const { fixes } of findingsOf(current, path)) {
      const fix = fixes?.find(({ preferred }) => preferred === true);
      const isFree = fix?.edits.every((edit) =>
        edits.every((other) => edit.end < other.start || other.end < edit.start),
      );
      if (fix !== undefined && isFree === true) edits.push(...fix.edits);
    }
    if (edits.length === 0) return current;
    current = applyEdits(current, edits);
  }
  return current;
}
