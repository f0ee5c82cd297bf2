/** Playbooks, files of tasks and handlers, variables as a language of the analysis engine. */
import { kindOf, type PlaybookKind } from '../../formats/playbook/document-kind.ts';
import { splitPlaybook, type PlaybookItem } from '../../formats/playbook/split.ts';
import { analyse, type Analysed } from '../analyse.ts';
import type { Language } from '../document.ts';
import type { OnRuleError } from '../rule.ts';
import type { PlaybookContext, PlaybookProject } from './context.ts';
import { factsOf, type PlaybookFacts } from './facts.ts';
import type { PlaybookRule } from './items.ts';
import type { Knowledge } from './knowledge.ts';
import { honourNoqa, honourNoqaOfItem } from './noqa.ts';
import { PLAYBOOK_RULES } from './rules.ts';

export type AnalysedPlaybook = Analysed<PlaybookItem, PlaybookContext, PlaybookItem, PlaybookFacts>;

export type PlaybookLanguage<Project extends PlaybookProject> = Language<
  PlaybookItem,
  PlaybookContext,
  PlaybookItem,
  PlaybookFacts,
  Project
>;

/** Documents of which something is kept; more are hardly open at a time. */
const MOST_CONTEXTS = 500;

/**
 * The language of documents of one kind, with the rules of rules.ts and `more` of them. Make one a
 * kind and keep it: what was found is kept with it.
 */
export function playbookLanguage<Project extends PlaybookProject>(
  kind: PlaybookKind,
  more: readonly PlaybookRule<Project>[] = [],
): PlaybookLanguage<Project> {
  const rules: readonly PlaybookRule<Project>[] = [...PLAYBOOK_RULES, ...more];
  const contexts = new WeakMap<Knowledge, Map<string, PlaybookContext>>();
  return {
    split: (text, previous) => splitPlaybook(text, kind, previous),
    context: (_, path, { knowledge }) => {
      const paths = contexts.get(knowledge) ?? new Map<string, PlaybookContext>();
      contexts.set(knowledge, paths);
      const context = paths.get(path) ?? { kind, path, knowledge };
      // The one asked for last is the last to be forgotten.
      paths.delete(path);
      paths.set(path, context);
      const [oldest] = paths.keys();
      if (paths.size > MOST_CONTEXTS && oldest !== undefined) paths.delete(oldest);
      return context;
    },
    itemFacts: (item) => item,
    merge: factsOf,
    itemRules: rules.flatMap(({ item }) => (item === undefined ? [] : [honourNoqaOfItem(item)])),
    projectRules: rules.flatMap(({ document }) =>
      document === undefined ? [] : [honourNoqa(document)],
    ),
    infos: new Map(rules.map((info) => [info.code, info])),
  };
}

const languages = new Map<PlaybookKind, PlaybookLanguage<PlaybookProject>>();

/**
 * All findings in a document of Ansible’s that need no other file. Undefined for a text that is
 * none (see kindOf). `previous`: see analyse; one of another kind is not used.
 */
export function analysePlaybook(
  document: { readonly path: string; readonly text: string },
  project: PlaybookProject,
  previous: AnalysedPlaybook | undefined,
  onRuleError: OnRuleError,
): AnalysedPlaybook | undefined {
  const kind = kindOf(document.path, document.text, project.place);
  if (kind === undefined) return undefined;
  const language = languages.get(kind) ?? playbookLanguage<PlaybookProject>(kind);
  languages.set(kind, language);
  const usable = previous?.context.kind === kind ? previous : undefined;
  return analyse({ ...document, language }, project, usable, onRuleError);
}
