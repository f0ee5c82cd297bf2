import type { z } from 'zod';
import { nearest } from '../../../inventory/nearest.ts';
import { issueWords } from '../../../project/issue-words.ts';
import type { Draft } from '../../rule.ts';
import type { RpiYmlFacts, SettingsPath } from '../facts.ts';
import type { RpiYmlRule } from '../rpi-yml-rule.ts';
import { settingAt, type Setting } from '../schema-tree.ts';

/** What the schema refuses. */
export const rpiValue: RpiYmlRule = {
  code: 'rpi-value',
  *check(facts) {
    for (const issue of facts.issues) {
      if (issue.code !== 'unrecognized_keys') yield* ofIssue(facts, issue);
    }
  },
};

function* ofIssue(facts: RpiYmlFacts, issue: z.core.$ZodIssue): Iterable<Draft> {
  const path = issue.path as SettingsPath; // YAML has no symbols
  const range = facts.valueRange(path) ?? facts.keyRange(path);
  if (range === undefined) return;
  const key = facts.keyRange(path);
  const isWritten = facts.text.slice(range.start, range.end).trim() !== '';
  const place = isWritten ? firstLine(facts.text, range) : (key ?? range);
  const setting = settingAt(path);
  const near = isWritten ? nearChoices(facts.text.slice(range.start, range.end), setting) : [];
  yield {
    ...place,
    message: messageOf(issue, setting),
    fixes: near.map((choice, index) => ({
      title: `Write ${choice}`,
      edits: [{ ...range, text: choice }],
      ...(index === 0 && near.length === 1 ? { preferred: true } : {}),
    })),
  };
}

function nearChoices(written: string, setting: Setting | undefined): string[] {
  const plain = written.replace(/^["']|["']$/g, '');
  return nearest(plain, setting?.choices.map((choice) => choice.replaceAll("'", '')) ?? []).map(
    (found) => setting?.choices.find((choice) => choice.replaceAll("'", '') === found) ?? found,
  );
}

function messageOf(issue: z.core.$ZodIssue, setting: Setting | undefined): string {
  // A refinement knows more than the kind: the value may be one of the choices.
  if (setting !== undefined && setting.kind === 'choice' && issue.code !== 'custom') {
    const { choices } = setting;
    return choices.length === 1
      ? `Only ${choices.join('')} is possible here.`
      : `One of ${choices.join(', ')} is wanted here.`;
  }
  const words = issueWords(issue);
  // The schema's own words say what is wanted: “letters, digits and _ only”.
  return issue.code === 'invalid_format' && words === issue.message && !/^Invalid/.test(words)
    ? `This does not fit: ${words}.`
    : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function firstLine(
  text: string,
  range: { start: number; end: number },
): { start: number; end: number } {
  const newline = text.indexOf('\n', range.start);
  return { start: range.start, end: newline === -1 ? range.end : Math.min(range.end, newline) };
}
