/** Every rule for playbooks that needs the project's other files, or templates: a line here. */
import type { Severity } from '../../../finding.ts';
import type { PlaybookRule } from '../../items.ts';
import { unknownHandler, unusedHandler } from './handlers.ts';
import { hostPattern } from './host-pattern.ts';
import { importVariable } from './import-variable.ts';
import {
  missingFile,
  missingPlaybook,
  missingRole,
  missingTasks,
  missingTemplate,
  missingVars,
} from './missing-file.ts';
import type { AnsiblePlaybookProject, ProjectRuleOfPlaybooks } from './project.ts';
import { clearSecret, misspeltVariable, oldVariable } from './set-variables.ts';
import {
  bracesInCondition,
  jinjaSyntax,
  unknownFilter,
  unknownLookup,
  unknownTest,
} from './templates.ts';
import { undefinedVariable } from './undefined-variable.ts';
import { unknownHost } from './unknown-host.ts';

type Entry = PlaybookRule<AnsiblePlaybookProject> & { readonly document: ProjectRuleOfPlaybooks };

const entry = (document: ProjectRuleOfPlaybooks, severity: Severity, title: string): Entry => ({
  code: document.code,
  severity,
  title,
  document,
});

export const PROJECT_RULES: readonly Entry[] = [
  entry(missingPlaybook, 'error', 'A playbook that is missing'),
  entry(missingRole, 'error', 'A role that is missing'),
  entry(missingTasks, 'error', 'A file of tasks that is missing'),
  entry(importVariable, 'error', 'An import by a fact'),
  entry(missingVars, 'error', 'A file of variables that is missing'),
  entry(missingTemplate, 'error', 'A template that is missing'),
  entry(missingFile, 'warning', 'A file that is missing'),
  entry(unknownHandler, 'error', 'Notified, but no handler'),
  entry(unusedHandler, 'information', 'A handler that nothing notifies'),
  entry(hostPattern, 'warning', 'Hosts that no inventory has'),
  entry(unknownHost, 'warning', 'A host that no inventory has'),
  entry(undefinedVariable, 'warning', 'A variable that nothing defines'),
  entry(jinjaSyntax, 'error', 'Templates: syntax'),
  entry(bracesInCondition, 'warning', 'Braces in a condition'),
  entry(unknownFilter, 'error', 'Unknown filters'),
  entry(unknownTest, 'error', 'Unknown tests'),
  entry(unknownLookup, 'error', 'Unknown lookups'),
  entry(misspeltVariable, 'warning', 'A misspelt connection variable'),
  entry(oldVariable, 'information', 'An old connection variable'),
  entry(clearSecret, 'warning', 'A secret in clear'),
];
