/**
 * Every rule for playbooks that needs no other file: a line here and a file in rules/. The docs page
 * has a section for each code; its anchor is the code.
 */
import type { PlaybookProject, PlaybookRule } from './language.ts';

/** Where people read why a finding matters; the fragment is the finding’s code. */
export const PLAYBOOK_DOCS = 'docs/playbook-rules.md';

export const PLAYBOOK_RULES: readonly PlaybookRule<PlaybookProject>[] = [];
