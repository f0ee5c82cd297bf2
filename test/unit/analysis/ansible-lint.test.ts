/** ansible-lint’s results among our findings. */
import { describe, expect, it } from 'vitest';
import { withLint } from '../../../core/analysis/ansible-lint/merge.ts';
import { readLintResults } from '../../../core/analysis/ansible-lint/read-results.ts';
import type { LintResult } from '../../../core/analysis/ansible-lint/result.ts';
import { knowledgeOf } from '../../../core/analysis/playbook/knowledge.ts';
import { analysePlaybook } from '../../../core/analysis/playbook/language.ts';
import { loadAnsibleFacts } from '../../../core/data/ansible-facts.ts';

const TEXT = `- name: Water
  hosts: ponds
  tasks:
    - name: Fill
      ansible.builtin.copy:
        src: a
        dest: /a
        mode: 0644
    - ansible.builtin.ping:
`;

const result = (rule: string, line: number, column?: number): LintResult => ({
  rule,
  message: rule,
  severity: 'warning',
  url: undefined,
  path: 'site.yml',
  line,
  column,
});

async function told(
  text: string,
  saved: string,
  results: readonly LintResult[],
): Promise<string[]> {
  const project = { knowledge: knowledgeOf(await loadAnsibleFacts()), place: { isAnsible: true } };
  const document = { path: '/p/site.yml', text };
  const found = analysePlaybook(document, project, undefined, (_, error) => {
    throw error;
  });
  if (found === undefined) throw new Error('no playbook');
  const findings = withLint(found.findings, found.facts, { text: saved, results });
  return findings
    .filter(({ source }) => source === 'ansible-lint')
    .map(({ code, start, end }) => `${code}: ${text.slice(start, end)}`);
}

describe('results of ansible-lint', () => {
  it('stand on the words of their line', async () => {
    expect(
      await told(TEXT, TEXT, [result('name[missing]', 9), result('yaml[colons]', 6, 14)]),
    ).toEqual(['yaml[colons]: a', 'name[missing]: ansible.builtin.ping:']);
  });

  it('are left out where a finding of ours means the same, on the line or in the task', async () => {
    const both = [result('risky-octal', 4), result('yaml[octal-values]', 8, 15)];
    expect(await told(TEXT, TEXT, both)).toEqual([]);
    expect(await told(TEXT, TEXT, [result('risky-octal', 9)])).toHaveLength(1);
  });

  it('go along with edits, and go where their line is edited', async () => {
    const missing = [result('name[missing]', 9)];
    expect(await told(`# Ponds\n${TEXT}`, TEXT, missing)).toHaveLength(1);
    expect(await told(TEXT.replace('ping', 'pong'), TEXT, missing)).toEqual([]);
    expect(await told(TEXT, 'short\n', [result('name[missing]', 40)])).toEqual([]);
  });

  it('are read in both of its forms, and other output is told from an empty answer', () => {
    const location = { path: 'site.yml', lines: { begin: 3 } };
    const exact = { path: 'site.yml', positions: { begin: { line: 10, column: 7 } } };
    const printed = JSON.stringify([
      {
        check_name: 'fqcn[action-core]',
        description: 'Use FQCN.',
        severity: 'major',
        url: 'https://lint.example/rules/fqcn/',
        location,
        content: { body: 'Use `ansible.builtin.apt`.' },
      },
      {
        check_name: 'syntax-check[specific]',
        description: 'No.',
        severity: 'blocker',
        location: exact,
      },
      {
        check_name: 'package-latest',
        description: '',
        severity: 'info',
        url: 'javascript:x',
        location,
      },
      { something: 'else' },
    ]);
    expect(readLintResults(printed)?.map((each) => Object.values(each))).toEqual([
      [
        'fqcn[action-core]',
        'Use FQCN. Use `ansible.builtin.apt`.',
        'warning',
        'https://lint.example/rules/fqcn/',
        'site.yml',
        3,
        undefined,
      ],
      ['syntax-check[specific]', 'No.', 'error', undefined, 'site.yml', 10, 7],
      ['package-latest', '', 'information', undefined, 'site.yml', 3, undefined],
    ]);
    expect(readLintResults('[]')).toEqual([]);
    expect(readLintResults('WARNING: no')).toBeUndefined();
  });
});
