/** Tasks that only root can do, in a play where nobody becomes root. */
import { SECTIONS } from '../../../formats/playbook/keywords.ts';
import { withChildren, type Task } from '../../../formats/playbook/model.ts';
import { childOf, isTemplate, textOf } from '../../../formats/playbook/node.ts';
import { nearest } from '../../../inventory/nearest.ts';
import { columnAt } from '../edits.ts';
import { placed, type At, type Play, type PlaybookFacts } from '../facts.ts';
import type { DocumentRule } from '../items.ts';
import type { Knowledge } from '../knowledge.ts';
import { knownCall, moduleNameOf } from '../tasks.ts';

const builtin = (names: readonly string[]): string[] =>
  names.map((name) => `ansible.builtin.${name}`);

/** They change what belongs to root, whatever their options are. */
const ALWAYS = new Set([
  ...builtin([
    'apt',
    'apt_key',
    'apt_repository',
    'deb822_repository',
    'dpkg_selections',
    'debconf',
  ]),
  ...builtin(['user', 'group', 'hostname', 'reboot', 'service', 'sysvinit', 'iptables', 'package']),
  ...['ansible.posix.sysctl', 'ansible.posix.mount', 'ansible.posix.firewalld'],
  ...['modprobe', 'ufw', 'timezone', 'locale_gen'].map((name) => `community.general.${name}`),
]);

/** They write where they are told to. */
const WRITES = new Set(
  builtin([
    'copy',
    'template',
    'file',
    'lineinfile',
    'blockinfile',
    'replace',
    'assemble',
    'get_url',
    'unarchive',
  ]),
);

export const needsRoot: DocumentRule = {
  code: 'needs-root',
  *check(facts, { becomesElsewhere }) {
    // Molecule’s machines are containers, in which one is root.
    if (becomesElsewhere === true || /(?:^|\/)molecule\//.test(facts.path)) return;
    for (const play of facts.plays) {
      if (play.isFaulty || isRootAlready(play)) continue;
      const tasks = SECTIONS.flatMap((section) => play.sections[section]);
      const all = tasks.flatMap(({ of, start, item }) =>
        [...withChildren(of)].map((task): At<Task> => ({ of: task, start, item })),
      );
      if (all.some(({ of }) => changesUser(of))) continue;
      const needing = all.filter(({ of }) => needs(of, facts.knowledge));
      const [first] = needing;
      const call = first === undefined ? undefined : knownCall(first.of, facts.knowledge);
      if (first === undefined || call === undefined) continue;
      const more =
        needing.length > 1
          ? ` ${needing.length - 1} more of this play ${needing.length > 2 ? 'do' : 'does'}, too.`
          : '';
      yield {
        ...placed(call.action.nameRange, first.start),
        message: `${call.action.name} needs root here, and the play has no “become: true”.${more}`,
        fixes: fixesFor(play, facts),
      };
    }
  },
};

/** A play that acts as root, that may, or of which it can’t be said. */
function isRootAlready({ keywords, sections }: Play): boolean {
  const text = (name: string): string | undefined => textOf(keywords.get(name)?.of.value);
  const user = text('remote_user') ?? text('user');
  if (user === 'root' || (user !== undefined && isTemplate(user))) return true;
  if (
    ['become', 'become_user', 'become_method', 'roles', 'sudo', 'su', '<<'].some((name) =>
      keywords.has(name),
    )
  ) {
    // Roles may bring anything, but they do not become for the play’s tasks.
    return (
      !keywords.has('roles') || keywords.has('become') || keywords.has('sudo') || keywords.has('<<')
    );
  }
  if (text('connection') === 'local' || /^(?:localhost|127\.0\.0\.1)$/.test(text('hosts') ?? ''))
    return true;
  if ([...keywords.keys()].some((name) => nearest(name, ['become']).length > 0)) return true;
  const vars = keywords.get('vars')?.of.value;
  const own = ['ansible_become', 'ansible_user', 'ansible_ssh_user', 'ansible_connection'];
  if (own.some((name) => childOf(vars, name) !== undefined)) return true;
  return (
    sections.tasks.length === 0 &&
    sections.pre_tasks.length === 0 &&
    sections.post_tasks.length === 0
  );
}

/** It becomes another user, or says that it does not. */
function changesUser({ keywords, actions, map }: Task): boolean {
  return (
    ['become', 'become_user', 'become_method', 'remote_user', 'connection'].some((name) =>
      keywords.has(name),
    ) ||
    map?.entries.some(({ name }) => name === '<<') === true ||
    childOf(keywords.get('vars')?.value, 'ansible_become') !== undefined ||
    actions.some(({ name }) => /^(?:sudo|su)(?:_user)?$/.test(name))
  );
}

function needs(task: Task, knowledge: Knowledge): boolean {
  if (task.keywords.has('delegate_to') || task.keywords.has('local_action')) return false;
  const call = knownCall(task, knowledge);
  const name = moduleNameOf(task, knowledge);
  if (call === undefined || name === undefined) return false;
  const option = (...names: readonly string[]): string | undefined =>
    textOf(call.action.args.options.find((each) => names.includes(each.name))?.value);
  if (/\.systemd(?:_service)?$/.test(name)) return (option('scope') ?? 'system') === 'system';
  if (ALWAYS.has(name)) return true;
  if (!WRITES.has(name)) return false;
  return /^\/(?:etc|boot|usr|lib|opt|root|var\/lib)(?:\/|$)/.test(
    option('dest', 'path', 'name') ?? '',
  );
}

function fixesFor(
  { keywords }: Play,
  { text }: PlaybookFacts,
): { title: string; edits: { start: number; end: number; text: string }[]; preferred: true }[] {
  const hosts = keywords.get('hosts');
  if (hosts === undefined) return [];
  const key = placed(hosts.of.key, hosts.start);
  const newline = text.indexOf('\n', placed(hosts.of.value, hosts.start).end);
  if (newline < 0) return [];
  const line = `\n${' '.repeat(columnAt(text, key.start))}become: true`;
  return [
    {
      title: 'Let the play become root',
      edits: [{ start: newline, end: newline, text: line }],
      preferred: true,
    },
  ];
}
