/** Variables that nothing defines. Silent wherever something that is not known might define them. */
import { nearest } from '../../../../inventory/nearest.ts';
import { isKnownVariable } from '../../../ansible-project/known-variables.ts';
import { reachOf } from '../../../ansible-project/reach.ts';
import { proposal } from '../../edits.ts';
import { draftIn, extractOf, templatesOf, type ProjectRuleOfPlaybooks } from './project.ts';

export const undefinedVariable: ProjectRuleOfPlaybooks = {
  code: 'undefined-variable',
  *check(facts, { ansible }) {
    if (ansible === undefined) return;
    const own = extractOf(facts);
    const reach = reachOf(ansible, facts.path);
    if (reach.mayDefineMore || own.definesUnknown) return;
    // A role that no playbook uses here is for playbooks elsewhere.
    if (!reach.isReached && facts.kind !== 'playbook') return;
    // Molecule brings an inventory of its own.
    if (/\/molecule\/|\/(?:group_vars|host_vars|inventor(?:y|ies))\//.test(facts.path)) return;
    const defined = new Set(own.definitions.map(({ name }) => name));
    for (const found of templatesOf(facts)) {
      const { use } = found;
      if (use.place === 'name' || use.place === 'hosts' || use.faults.length > 0) continue;
      for (const read of use.references.reads) {
        const { name } = read;
        if (read.guarded || read.local !== undefined || isKnownVariable(name)) continue;
        if (reach.variables.has(name) || defined.has(name)) continue;
        if (name === 'item') {
          // A loop may be around the include that brings a file of tasks.
          if (use.isLooped || use.place === 'variable' || facts.kind !== 'playbook') continue;
          yield draftIn(found, read, {
            message: '“item” is what a loop gives, and there is none here.',
          });
          continue;
        }
        const near = nearest(name, [...reach.variables, ...defined]);
        yield draftIn(found, read, {
          message: `Nothing defines ${name}${proposal(near)}`,
          // None is preferred: the command line may define it, and another name is another value.
          fixes: near.map((better) => ({
            title: `Write ${better}`,
            edits: [{ ...rangeOf(found, read), text: better }],
          })),
        });
      }
    }
  },
};

function rangeOf(
  found: Parameters<typeof draftIn>[0],
  range: { readonly start: number; readonly end: number },
): { start: number; end: number } {
  const { start, end } = draftIn(found, range, { message: '' });
  return { start, end };
}
