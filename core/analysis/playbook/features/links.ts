/** Files that a document names and that are there. */
import { pathUsesOf } from '../../ansible-project/path-uses.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import { targetsOf } from '../../ansible-project/search-paths.ts';
import type { Link } from '../../features.ts';
import type { PlaybookFacts } from '../facts.ts';
import { extractOf } from '../rules/project/project.ts';

export function links(facts: PlaybookFacts, project: AnsibleProject): Link[] {
  const files = extractOf(facts).files.flatMap((use): Link[] => {
    if (use.isDynamic || use.kind === 'vars-folder') return [];
    const { paths } = targetsOf(project, facts.path, use);
    const path = paths.find((each) => project.tree.files.has(each));
    if (path === undefined) return [];
    const { start, end } = use;
    return [{ start, end, target: { path }, tooltip: path.slice(project.root.length + 1) }];
  });
  // Files of lookups, and of roles.
  const others = pathUsesOf(project, facts).flatMap((use): Link[] => {
    const { start, end, target: path } = use;
    const isKnown = files.some((link) => link.start < end && start < link.end);
    if (isKnown || !project.tree.files.has(path)) return [];
    return [{ start, end, target: { path }, tooltip: path.slice(project.root.length + 1) }];
  });
  return [...files, ...others];
}
