/** What is known around a playbook, and of it, when its rules are asked. */
import type { PlaybookKind, PlaybookPlace } from '../../formats/playbook/document-kind.ts';
import type { AnsibleProject } from '../ansible-project/project.ts';
import type { Knowledge } from './knowledge.ts';

/** What the rules here need; a language with rules of a project’s index asks for more. */
export type PlaybookProject = {
  readonly knowledge: Knowledge;
  readonly place: PlaybookPlace;
  /** The inventory, ansible.cfg or the command line make every play run as root. */
  readonly becomesElsewhere?: boolean;
  /** The project’s other files, where there are any. */
  readonly ansible?: AnsibleProject | undefined;
};

export type PlaybookContext = {
  readonly kind: PlaybookKind;
  readonly path: string;
  readonly knowledge: Knowledge;
};
