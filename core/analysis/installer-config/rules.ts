/**
 * Every rule for installer-config.txt: a line here and a file in rules/. The docs page has a section
 * for each code; its anchor is the code.
 */
import type { RuleInfo } from '../rule.ts';
import type { FileRule, LineRule } from './items.ts';

/** Where people read why a finding matters; the fragment is the finding's code. */
export const INSTALLER_CONFIG_DOCS = 'docs/installer-config.md';

const error = (code: string, title: string): RuleInfo => ({ code, severity: 'error', title });
const warning = (code: string, title: string): RuleInfo => ({ code, severity: 'warning', title });
const information = (code: string, title: string): RuleInfo => ({
  code,
  severity: 'information',
  title,
});
const hint = (code: string, title: string): RuleInfo => ({ code, severity: 'hint', title });

export const INSTALLER_CONFIG_RULES: readonly RuleInfo[] = [];

export const LINE_RULES: readonly LineRule[] = [];

export const FILE_RULES: readonly FileRule[] = [];
