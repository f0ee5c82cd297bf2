/** Imports by names that are known only while hosts are worked on. */
import { childOf, listOf, resolved, type YamlNode } from '../../../../formats/playbook/node.ts';
import { moduleNameOf, readTask, tasksIn } from '../../tasks.ts';
import { draftIn, templatesOf, type ProjectRuleOfPlaybooks } from './project.ts';

/** What a host says of itself, or a loop gives. Variables of one’s own may be called like no fact. */
const LATER = new RegExp(
  '^(?:item|inventory_hostname|inventory_hostname_short|group_names|ansible_facts|ansible_(?:' +
    'architecture|default_ipv4|distribution(?:_\\w+)?|fqdn|hostname|kernel|lsb|machine|nodename|' +
    'os_family|pkg_mgr|processor(?:_\\w+)?|service_mgr|system|virtualization_\\w+))$',
);

const NAMES = ['file', 'name', 'tasks_from', 'vars_from', 'defaults_from', 'handlers_from'];

export const importVariable: ProjectRuleOfPlaybooks = {
  code: 'import-variable',
  *check(facts, { ansible }) {
    const imported = new Map<YamlNode, string>();
    for (const { item } of facts.items) {
      for (const task of tasksIn(item)) {
        const module = moduleNameOf(task, facts.knowledge) ?? '';
        const [, what] = /^ansible\.(?:builtin|legacy)\.import_(tasks|role)$/.exec(module) ?? [];
        const entry = readTask(task, facts.knowledge).call?.action.entry;
        if (what === undefined || entry === undefined) continue;
        for (const node of [entry.value, ...NAMES.map((name) => childOf(entry.value, name))]) {
          for (const each of listOf(node)) imported.set(resolved(each), what);
        }
      }
    }
    if (imported.size === 0) return;
    for (const found of templatesOf(facts)) {
      const what = imported.get(found.use.scalar);
      if (what === undefined || found.use.faults.length > 0) continue;
      for (const read of found.use.references.reads) {
        if (read.guarded || read.local !== undefined || !LATER.test(read.name)) continue;
        if (ansible?.extraVariables.has(read.name) === true) continue;
        const message = `An import is read before any host is asked, so nothing has set ${read.name} by then: write include_${what}.`;
        yield draftIn(found, read, { message });
      }
    }
  },
};
