/** Every rule for `config/files/*.list`: a line here and a file in rules/. */
import type { Severity } from '../finding.ts';
import type { RuleInfo } from '../rule.ts';
import type { ListLineRule, ListRule } from './items.ts';
import { listFields } from './rules/list-fields.ts';
import { listMode } from './rules/list-mode.ts';
import { listOwner } from './rules/list-owner.ts';
import { listPath } from './rules/list-path.ts';
import { listPermissions } from './rules/list-permissions.ts';
import { listSource } from './rules/list-source.ts';
import { listUnknownUser } from './rules/list-unknown-user.ts';
import { listUnused } from './rules/list-unused.ts';

type Entry = RuleInfo & { readonly line?: ListLineRule; readonly list?: ListRule };

const ofLine = (line: ListLineRule, severity: Severity, title: string): Entry => ({
  code: line.code,
  severity,
  title,
  line,
});
const ofList = (list: ListRule, severity: Severity, title: string): Entry => ({
  code: list.code,
  severity,
  title,
  list,
});

export const FILES_LIST_RULES: readonly Entry[] = [
  ofLine(listFields, 'warning', 'Lists: three fields'),
  ofLine(listOwner, 'warning', 'Lists: the owner'),
  ofLine(listMode, 'warning', 'Lists: the mode'),
  ofLine(listPath, 'warning', 'Lists: the path'),
  ofLine(listPermissions, 'error', 'Lists: permissions that lock out'),
  ofList(listUnknownUser, 'information', 'Lists: a user that is not made here'),
  ofList(listSource, 'warning', 'Lists: the source is missing'),
  ofList(listUnused, 'warning', 'Lists: never installed'),
];
