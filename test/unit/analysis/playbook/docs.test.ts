import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PLAYBOOK_DOCS, PLAYBOOK_RULES } from '../../../../core/analysis/playbook/rules.ts';
import { resource } from '../../../../core/resources.ts';
import { findingsOf } from './findings.ts';

const page = readFileSync(resource(PLAYBOOK_DOCS), 'utf8');

/** Each section’s blocks of YAML: the fault, then how it is better. */
const sections = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const blocks = [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map(
        (match) => match[1] ?? '',
      );
      return [section.slice(0, section.indexOf('\n')), blocks] as const;
    }),
);

describe('the page that every finding in a playbook refers to', () => {
  const codes = PLAYBOOK_RULES.map(({ code }) => code);

  it('has a section for each code', () => {
    expect(codes.filter((code) => !sections.has(code))).toEqual([]);
  });

  it.each(codes)('shows %s as it is found, and how it is not', (code) => {
    const [fault, ...better] = sections.get(code) ?? [];
    // The fault of the page is the only thing that is wrong with its example.
    const serious = findingsOf(fault ?? '').filter(
      ({ severity, code: other }) => other === code || severity === 'error',
    );
    expect(serious.map((each) => each.code)).toEqual([code]);
    for (const text of better) expect(findingsOf(text).map((each) => each.code)).toEqual([]);
  });
});
