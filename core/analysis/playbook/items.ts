/** What rules of playbooks look at. */
import type { PlaybookItem } from '../../formats/playbook/split.ts';
import type { ItemRule, ProjectRule } from '../rule.ts';
import type { PlaybookFacts } from './facts.ts';
import type { PlaybookContext, PlaybookProject } from './language.ts';

export type { PlaybookItem };

/** A rule that needs one task, or one part of a play. Its ranges count from the item’s start. */
export type TaskFileRule = ItemRule<PlaybookItem, PlaybookContext>;

/** A rule that needs the whole document, or its project. Ranges of the document. */
export type DocumentRule<Project extends PlaybookProject = PlaybookProject> = ProjectRule<
  PlaybookFacts,
  Project
>;
