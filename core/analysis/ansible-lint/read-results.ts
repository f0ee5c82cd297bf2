/** Reads what `ansible-lint --format codeclimate` prints. */
import * as z from 'zod';
import type { Severity } from '../finding.ts';
import type { LintResult } from './result.ts';

const place = z.union([
  z.number().transform((line) => ({ line, column: undefined })),
  z.looseObject({ line: z.number(), column: z.number().optional().catch(undefined) }),
]);
const issue = z.looseObject({
  check_name: z.string(),
  description: z.string().catch(''),
  severity: z.string().catch(''),
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .catch(undefined),
  location: z.looseObject({
    path: z.string(),
    lines: z.looseObject({ begin: place }).optional(),
    positions: z.looseObject({ begin: place }).optional(),
  }),
  content: z.looseObject({ body: z.string() }).optional().catch(undefined),
});

/** Undefined for what is not ansible-lint’s answer; an entry that does not fit is left out. */
export function readLintResults(printed: string): LintResult[] | undefined {
  let all: unknown;
  try {
    all = JSON.parse(printed);
  } catch {
    return undefined;
  }
  if (!Array.isArray(all)) return undefined;
  return all.flatMap((each): LintResult[] => {
    const read = issue.safeParse(each);
    if (!read.success) return [];
    const { check_name: rule, description, severity, url, location, content } = read.data;
    const begin = location.positions?.begin ??
      location.lines?.begin ?? { line: 1, column: undefined };
    const { line, column } = begin;
    const more = content === undefined || /^Task\/Handler/.test(content.body) ? '' : content.body;
    const message = [description, more].filter((words) => words !== '').join(' ');
    const weight = severityOf(rule, severity);
    return [{ rule, message, severity: weight, url, path: location.path, line, column }];
  });
}

/** What keeps Ansible from running is an error; its own levels call nearly everything one. */
function severityOf(rule: string, severity: string): Severity {
  if (/^(?:syntax-check|load-failure|parser-error|internal-error)\b/.test(rule)) return 'error';
  return severity === 'minor' || severity === 'info' ? 'information' : 'warning';
}
