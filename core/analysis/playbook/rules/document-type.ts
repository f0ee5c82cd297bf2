/** Files that hold a mapping where Ansible wants a list, or the other way round. */
import type { PlaybookKind } from '../../../formats/playbook/document-kind.ts';
import { isEmpty } from '../../../formats/playbook/node.ts';
import { headOf } from '../edits.ts';
import type { TaskFileRule } from '../items.ts';

const LISTS: Readonly<Partial<Record<PlaybookKind, string>>> = {
  playbook: 'A playbook is a list of plays',
  tasks: 'A task file is a list of tasks',
  handlers: 'A file of handlers is a list',
};

const MAPS: Readonly<Partial<Record<PlaybookKind, string>>> = {
  vars: 'A file of variables is a mapping: names with values.',
  meta: 'meta/main.yml is a mapping: names with values.',
};

export const documentType: TaskFileRule = {
  code: 'document-type',
  *check({ role, kind, roots, faults }) {
    const [root, second] = roots;
    if (role !== 'whole' || root === undefined || faults.length > 0) return;
    const list = LISTS[kind];
    const { start, end } = headOf(root);
    if (list !== undefined && root.kind !== 'sequence') {
      yield { start, end, message: `${list}: each begins with a dash.` };
    } else if (MAPS[kind] !== undefined && root.kind !== 'map' && !isEmpty(root)) {
      yield { start, end, message: MAPS[kind] };
    }
    if (second !== undefined) {
      const place = headOf(second);
      yield {
        start: place.start,
        end: place.end,
        message: 'Ansible reads one document a file: nothing may follow a second “---”.',
      };
    }
  },
};
