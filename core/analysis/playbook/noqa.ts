/**
 * ansible-lint’s `# noqa: rule` at the end of a line: silences ours there where they mean the same,
 * and those named by their own code. `# noqa` alone silences all on its line.
 */
import type { Draft, ItemRule, ProjectRule } from '../rule.ts';

const MISSING = ['playbook', 'role', 'tasks', 'vars'].map((what) => `missing-${what}`);

/** ansible-lint’s rules (a tag in brackets is part of the name), and ours that they stand for. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  args: ['unknown-option', 'missing-option', 'option-value', 'option-combination'],
  'risky-octal': ['octal-mode'],
  'risky-file-permissions': ['open-mode'],
  'command-instead-of-module': ['reboot-by-command'],
  'deprecated-bare-vars': ['bare-loop-variable'],
  'deprecated-command-syntax': ['free-form'],
  'deprecated-local-action': ['old-action'],
  'deprecated-module': ['moved-module', 'removed-module'],
  'no-free-form': ['free-form'],
  'no-jinja-when': ['braces-in-condition'],
  'no-same-owner': [],
  'jinja[invalid]': ['jinja-syntax'],
  jinja: ['jinja-syntax'],
  'load-failure': MISSING,
  'no-tabs': ['yaml-tab'],
  schema: ['unknown-keyword', 'wrong-level', 'keyword-type', 'removed-keyword'],
  'syntax-check': ['unknown-module', 'several-modules', 'no-module', 'unknown-keyword', ...MISSING],
  fqcn: ['moved-module'],
  'yaml[key-duplicates]': ['duplicate-key'],
  'yaml[indentation]': ['yaml-indentation'],
  'yaml[octal-values]': ['octal-mode'],
  yaml: ['duplicate-key', 'yaml-indentation', 'yaml-tab', 'octal-mode'],
};

export function honourNoqaOfItem<I extends { readonly text: string }, Context>(
  rule: ItemRule<I, Context>,
): ItemRule<I, Context> {
  const { code } = rule;
  return { code, check: (item, context) => kept(rule.check(item, context), item.text, code) };
}

export function honourNoqa<F extends { readonly text: string }, Project>(
  rule: ProjectRule<F, Project>,
): ProjectRule<F, Project> {
  const { code } = rule;
  return { code, check: (facts, project) => kept(rule.check(facts, project), facts.text, code) };
}

const NONE: readonly Draft[] = [];

/** Called for each rule and task: there is a list only where something was found. */
function kept(drafts: Iterable<Draft>, text: string, code: string): readonly Draft[] {
  let all: Draft[] | undefined;
  for (const draft of drafts) {
    if (!isSilenced(text, draft.start, code)) (all ??= []).push(draft);
  }
  return all ?? NONE;
}

/** Whether the line of an offset says that nobody wants to hear of this. */
export function isSilenced(text: string, offset: number, code: string): boolean {
  const newline = text.indexOf('\n', offset);
  const line = text.slice(
    text.lastIndexOf('\n', offset - 1) + 1,
    newline < 0 ? undefined : newline,
  );
  const noqa = /(?:^|\s)#\s*noqa(?:\s*:\s*|\s+|$)(.*)$/i.exec(line);
  if (noqa === null) return false;
  const named = (noqa[1] ?? '').split(/[\s,]+/).filter((word) => word !== '');
  if (named.length === 0) return true;
  return named.some((name) => name === code || oursFor(name).includes(code));
}

/** Codes of ours that a rule of ansible-lint stands for, as in `args[module]`. */
export function oursFor(name: string): readonly string[] {
  const [rule = ''] = name.split('[', 1);
  // One tag of a rule, of which others have an entry of their own, stands for nothing of ours.
  const isApart = name !== rule && Object.keys(OURS).some((each) => each.startsWith(`${rule}[`));
  return OURS[name] ?? (isApart ? [] : (OURS[rule] ?? []));
}
