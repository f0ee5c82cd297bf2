import type { EditorCommand } from '../editor-command.ts';
import { pickGroup } from '../fleet/pick-group.ts';
import { placePis } from '../fleet/place-pis.ts';
import { mayStart, pickHosts } from '../target.ts';
import { nodesOf } from '../nodes.ts';

/** Moves the selection out of the groups where it was selected, into the one that is picked. */
export const moveToGroup: EditorCommand = async (app, ...args) => {
  if (!(await mayStart(app))) return;
  const target = await pickHosts(app, args, { title: 'Move to Group', anyName: true });
  if (target === undefined) return;
  const { project } = target;
  const fleet = await project.fleet();
  const group = await pickGroup(fleet, { title: 'Move to Group' });
  if (group === undefined) return;
  const from = new Map(
    nodesOf(args).flatMap((node): [string, string][] => {
      const path = node.kind === 'pi' && 'path' in node ? node.path : undefined;
      const last: unknown = Array.isArray(path) ? path.at(-1) : undefined;
      return node.kind === 'pi' && typeof last === 'string' ? [[node.name, last]] : [];
    }),
  );
  const hosts = target.hosts
    .map((name) => ({ name, from: from.get(name) }))
    .filter(({ name, from: left }) => {
      const there = fleet.pis.get(name)?.groups.includes(group) === true;
      return left !== group && !(there && left === undefined);
    });
  if (hosts.length > 0) await placePis(app, project, { hosts, devices: [], group });
};
