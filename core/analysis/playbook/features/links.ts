/** Files that a document names and that are there. */
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { targetsOf } from '../../ansible-project/search-paths.ts';
import type { Link } from '../../features.ts';
import type { PlaybookFacts } from '../facts.ts';
import { extractOf } from '../rules/project/project.ts';

export function links(facts: PlaybookFacts, project: AnsibleProject): Link[] {
  return extractOf(facts).files.flatMap((use): Link[] => {
    if (use.isDynamic || use.kind === 'vars-folder') return [];
    const { paths } = targetsOf(project, facts.path, use);
    const path = paths.find((each) => project.tree.files.has(each));
    if (path === undefined) return [];
    const { start, end } = use;
    return [{ start, end, target: { path }, tooltip: path.slice(project.root.length + 1) }];
  });
}
