/** What rules of playbooks look at. */
import type { PlaybookItem } from '../../formats/playbook/split.ts';
import type { ItemRule, ProjectRule, RuleInfo } from '../rule.ts';
import type { PlaybookFacts } from './facts.ts';
import type { PlaybookContext, PlaybookProject } from './context.ts';

export type { PlaybookItem };

/** A rule that needs one task, or one part of a play. Its ranges count from the item’s start. */
export type TaskFileRule = ItemRule<PlaybookItem, PlaybookContext>;

/** A rule that needs the whole document, or its project. Ranges of the document. */
export type DocumentRule<Project extends PlaybookProject = PlaybookProject> = ProjectRule<
  PlaybookFacts,
  Project
>;

/** A rule as the table has it: `item` looks at one task or play, `document` at all of the file. */
export type PlaybookRule<Project extends PlaybookProject> = RuleInfo & {
  readonly item?: TaskFileRule;
  readonly document?: DocumentRule<Project>;
};
