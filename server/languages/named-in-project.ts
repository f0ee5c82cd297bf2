/** What a language with names of an Ansible project does with them: all of it is core's. */
import type { AnsibleProject } from '../../core/analysis/ansible-project/project.ts';
import { occurrences } from '../../core/analysis/playbook/features/occurrences.ts';
import { movesFor } from '../../core/analysis/playbook/features/renames.ts';
import type { Parts } from '../language.ts';

type Features<Around> = Pick<
  Parts<{ readonly findings: readonly [] }, Around>['features'],
  'occurrences' | 'moves'
>;

/** Where a name stands, and what a new one moves; nothing where there is no project. */
export function namedInProject<Around>(
  projectOf: (around: Around) => AnsibleProject | undefined,
): Features<Around> {
  return {
    occurrences: async (named, around, path, read, only) => {
      const project = projectOf(around);
      return project === undefined ? [] : occurrences(named, project, path, read, only);
    },
    moves: async (named, newName, around, path, read) => {
      const project = projectOf(around);
      return project === undefined
        ? { moves: [], edits: [] }
        : movesFor(named, newName, project, path, read);
    },
  };
}
