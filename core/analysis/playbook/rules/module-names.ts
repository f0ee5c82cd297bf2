/** Modules that do not exist, moved, or went away. */
import { nearest } from '../../../inventory/nearest.ts';
import { proposal, renameFixes, replace } from '../edits.ts';
import type { Range } from '../../../formats/playbook/node.ts';
import type { AnsibleProject } from '../../ansible-project/project.ts';
import type { Draft } from '../../rule.ts';
import { placed } from '../facts.ts';
import type { DocumentRule, TaskFileRule } from '../items.ts';
import type { Knowledge } from '../knowledge.ts';
import { readTask, tasksIn } from '../tasks.ts';

/** Over the whole document, as a play’s “collections” gives short names a meaning. */
export const unknownModule: DocumentRule = {
  code: 'unknown-module',
  *check({ items, text, path, knowledge }, { ansible }) {
    const hasCollections =
      /^[ \t-]*collections[ \t]*:/m.test(text) || namesCollections(path, ansible);
    for (const { item, start } of items) {
      for (const task of tasksIn(item)) {
        const { unknownModule: unknown, call } = readTask(task, knowledge);
        const action = call?.meaning.kind === 'unknown' ? call.action : unknown;
        if (action === undefined || (hasCollections && !action.name.includes('.'))) continue;
        yield draft(placed(action.nameRange, start), action.name, knowledge);
      }
    }
  },
};

/** A collection’s own roles use its modules by short names, as do those whose meta names some. */
function namesCollections(path: string, project: AnsibleProject | undefined): boolean {
  if (/\/ansible_collections\//.test(path)) return true;
  if (project === undefined) return false;
  return (
    project.tree.files.has(`${project.root}/galaxy.yml`) ||
    [...project.documents.values()].some(({ extract }) => extract.namesCollections)
  );
}

function draft(range: Range, name: string, { moduleNames }: Knowledge): Draft {
  const short = name.replace(/^ansible\.(?:builtin|legacy)\./, '');
  const prefix = name.slice(0, name.length - short.length);
  const names = nearest(short, moduleNames).map((each) =>
    each.includes('.') ? each : prefix + each,
  );
  return {
    ...range,
    message: `There is no module “${name}”${proposal(names)}`,
    fixes: renameFixes(range, names),
  };
}

export const movedModule: TaskFileRule = {
  code: 'moved-module',
  *check(item, { knowledge }) {
    for (const task of tasksIn(item)) {
      const { call } = readTask(task, knowledge);
      if (call === undefined || !('redirectedFrom' in call.meaning)) continue;
      const { action, meaning } = call;
      if (meaning.redirectedFrom === undefined) continue;
      const { start, end } = action.nameRange;
      yield {
        start,
        end,
        message: `“${action.name}” is now called ${meaning.name}.`,
        tags: ['deprecated'],
        fixes: [
          {
            title: `Write ${meaning.name}`,
            edits: [replace(action.nameRange, meaning.name)],
            preferred: true,
          },
        ],
      };
    }
  },
};

export const removedModule: TaskFileRule = {
  code: 'removed-module',
  *check(item, { knowledge }) {
    for (const task of tasksIn(item)) {
      const { call } = readTask(task, knowledge);
      if (call === undefined) continue;
      const { action, meaning } = call;
      const { start, end } = action.nameRange;
      if (meaning.kind === 'removed') {
        const why = meaning.routing.why ?? '';
        const message = `The module “${action.name}” was removed (${meaning.routing.removed ?? ''}). ${why}`;
        yield { start, end, message: message.trim(), tags: ['deprecated'] };
      } else if (meaning.kind === 'known' && meaning.module.deprecated !== undefined) {
        const { in: version, instead } = meaning.module.deprecated;
        const message = `The module “${action.name}” will be removed (${version}). ${instead}`;
        yield { start, end, severity: 'warning', message: message.trim(), tags: ['deprecated'] };
      }
    }
  },
};
