/** Who is notified and who listens. */
import { nearest } from '../../../../inventory/nearest.ts';
import type { Handler } from '../../../ansible-project/extract-types.ts';
import type { AnsibleProject, IndexedDocument } from '../../../ansible-project/project.ts';
import { roleFolderOf } from '../../../ansible-project/project.ts';
import { reachOf } from '../../../ansible-project/reach.ts';
import { proposal, renameFixes } from '../../edits.ts';
import { extractOf, type ProjectRuleOfPlaybooks } from './project.ts';

export const unknownHandler: ProjectRuleOfPlaybooks = {
  code: 'unknown-handler',
  *check(facts, { ansible }) {
    if (ansible === undefined) return;
    const { notifications, handlers: own } = extractOf(facts);
    if (notifications.length === 0) return;
    const reach = reachOf(ansible, facts.path);
    const handlers = [...reach.handlers, ...own];
    if (reach.mayHoldMore || handlers.some(({ isInclude }) => isInclude)) return;
    // Of a role that no playbook uses here: its handlers may stand in the playbook.
    if (!reach.isReached && facts.kind !== 'playbook') return;
    const names = new Set(handlers.flatMap((handler) => handler.names));
    const patterns = handlers
      .flatMap((handler) => handler.names)
      .filter((name) => name.includes('{{'));
    for (const { start, end, name, isDynamic } of notifications) {
      if (isDynamic || name === '') continue;
      const plain = withoutRole(name);
      if (names.has(name) || names.has(plain)) continue;
      if (patterns.some((pattern) => isLike(pattern, plain))) continue;
      const near = nearest(name, [...names]);
      yield {
        start,
        end,
        message: `No handler is called “${name}”, and none listens to it${proposal(near)}`,
        fixes: renameFixes({ start, end }, near),
      };
    }
  },
};

export const unusedHandler: ProjectRuleOfPlaybooks = {
  code: 'unused-handler',
  *check(facts, { ansible }) {
    if (ansible === undefined) return;
    const { handlers, notifications: own } = extractOf(facts);
    if (handlers.length === 0) return;
    const role = roleFolderOf(facts.path, ansible.root);
    const notifications = [
      ...own,
      ...[...ansible.documents.values()]
        .filter(({ path }) => path !== facts.path)
        .flatMap(({ extract }: IndexedDocument) => extract.notifications),
    ];
    const notified = new Set(notifications.flatMap(({ name }) => [name, withoutRole(name)]));
    const dynamic = notifications.filter(({ isDynamic }) => isDynamic);
    const mayComeFromElsewhere = role !== undefined && !isUsedRole(ansible, facts.path);
    if (mayComeFromElsewhere) return;
    // A slip in a notification is told there; the handler that was meant is not unused.
    const known = new Set(
      [...ansible.documents.values()].flatMap(({ extract }) =>
        extract.handlers.flatMap(({ names }) => names),
      ),
    );
    const lost = [...notified].filter((name) => !known.has(name));
    for (const [index, handler] of handlers.entries()) {
      if (handler.isDynamic || handler.isInclude) continue;
      const { names } = handler;
      const later = handlers.slice(index + 1).some((each) => isHidden(handler, each));
      if ((names.length === 0 && !handler.isNamed) || later) {
        const message =
          names.length === 0
            ? 'A handler without a name can’t be notified.'
            : `Another handler below is called “${names[0] ?? ''}” too: only the last one runs.`;
        yield { ...placeOf(handler), message, tags: ['unnecessary'] };
        continue;
      }
      if (names.length === 0) continue;
      if (handler.names.some((name) => notified.has(name))) continue;
      if (dynamic.some(({ name }) => handler.names.some((each) => isLike(name, each)))) continue;
      if (lost.some((name) => nearest(name, handler.names).length > 0)) continue;
      yield {
        ...placeOf(handler),
        message: 'Nothing notifies this handler.',
        tags: ['unnecessary'],
      };
    }
  },
};

function isUsedRole(project: AnsibleProject, path: string): boolean {
  return reachOf(project, path).isReached;
}

/** Of handlers with one name the last counts; topics are heard by all. */
function isHidden({ isNamed, names: [name, ...topics] }: Handler, other: Handler): boolean {
  if (!isNamed || !other.isNamed || other.isInclude) return false;
  return name !== undefined && topics.length === 0 && name === other.names[0];
}

const placeOf = ({ start, end }: Handler): { start: number; end: number } => ({ start, end });

/** `role : name` names a handler of one role. */
function withoutRole(name: string): string {
  return name.replace(/^[\w.]+ : /, '');
}

/** Whether a text may be what a template becomes. */
function isLike(template: string, text: string): boolean {
  const pattern = template
    .split(/\{\{.*?\}\}|\{%.*?%\}/s)
    .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`))
    .join('[^]*');
  return new RegExp(`^${pattern}$`).test(text);
}
