/** Documents of Ansible’s with all rules: those of one file, and those that need the project. */
import type { PlaybookKind } from '../../formats/playbook/document-kind.ts';
import { analyse } from '../analyse.ts';
import {
  playbookLanguage,
  type AnalysedPlaybook,
  type PlaybookLanguage,
} from '../playbook/language.ts';
import type { AnsiblePlaybookProject } from '../playbook/rules/project/project.ts';
import { PROJECT_RULES } from '../playbook/rules/project/table.ts';
import type { OnRuleError } from '../rule.ts';
import { ansibleKindOf } from './read-document.ts';

const languages = new Map<PlaybookKind, PlaybookLanguage<AnsiblePlaybookProject>>();

/** The language of a kind of documents; one a kind, as what was found is kept with it. */
export function ansibleLanguage(kind: PlaybookKind): PlaybookLanguage<AnsiblePlaybookProject> {
  const language = languages.get(kind) ?? playbookLanguage(kind, PROJECT_RULES);
  languages.set(kind, language);
  return language;
}

/**
 * All findings in a playbook, a file of tasks, handlers, variables. Undefined for a text that is
 * none of them (see ansibleKindOf). `previous`: see analyse; one of another kind is not used.
 */
export function analyseAnsible(
  document: { readonly path: string; readonly text: string },
  project: AnsiblePlaybookProject,
  previous: AnalysedPlaybook | undefined,
  onRuleError: OnRuleError,
): AnalysedPlaybook | undefined {
  const kind = ansibleKindOf(document.path, document.text, project.place);
  if (kind === undefined) return undefined;
  const usable = previous?.context.kind === kind ? previous : undefined;
  return analyse({ ...document, language: ansibleLanguage(kind) }, project, usable, onRuleError);
}
