/** Files, roles, tags, modules and plugins: where they are named, and what goes along with them. */
import { describe, expect, it } from 'vitest';
import { moduleFactsOf } from '../../../../../core/analysis/ansible-project/module-docs.ts';
import { editsForMoves } from '../../../../../core/analysis/ansible-project/moves.ts';
import type { AnsibleProject } from '../../../../../core/analysis/ansible-project/project.ts';
import { readDocument } from '../../../../../core/analysis/ansible-project/read-document.ts';
import type { FileMove, Moves, Named, ReadText } from '../../../../../core/analysis/features.ts';
import type { FileEdits } from '../../../../../core/analysis/finding.ts';
import { hover } from '../../../../../core/analysis/playbook/features/hover.ts';
import { links } from '../../../../../core/analysis/playbook/features/links.ts';
import { namedAt } from '../../../../../core/analysis/playbook/features/names.ts';
import { occurrences } from '../../../../../core/analysis/playbook/features/occurrences.ts';
import { movesFor } from '../../../../../core/analysis/playbook/features/renames.ts';
import { applyEdits } from '../../../../../core/formats/text-edit.ts';
import { filesInMemory, indexOf, pathsOf, ROOT, told } from '../../ansible-project/project.ts';

const TEXTS: Readonly<Record<string, string>> = {
  'rpi.yml': `version: 1
id: greenhouse
ansible:
  provision: playbooks/site.yml
groups:
  - ip: 10.0.0.0/24
    group: sensors
`,
  'inventory/hosts.yml': 'all:\n  children:\n    sensors:\n      hosts:\n        pi1:\n',
  'group_vars/sensors.yml': 'port: 80\n',
  'playbooks/site.yml': `- hosts: sensors
  tags: [base, web]
  vars_files:
    - ../vars/app.yml
  roles:
    - web
    - role: web
      tags: web
  tasks:
    - include_role:
        name: web
        tasks_from: install
    - template: src=app.conf.j2 dest=/etc/app.conf mode=0644
      tags: web, late
    - debug:
        msg: "{{ lookup('file', 'motd') | shout }}"
- import_playbook: other.yml
`,
  'playbooks/other.yml':
    '- hosts: all\n  tasks:\n    - pump:\n        speed: 3\n        colour: red\n',
  'playbooks/templates/app.conf.j2': "{% include 'part.j2' %}\n",
  'playbooks/templates/part.j2':
    "port {{ port }}\n{% if 'sensors' in group_names %}{{ hostvars['pi1'].port }}{% endif %}\n",
  'playbooks/files/motd': 'hello\n',
  'vars/app.yml': 'name: app\n',
  'roles/web/tasks/main.yml': '- import_tasks: install.yml\n- copy: {src: site.html, dest: /srv}\n',
  'roles/web/tasks/install.yml': '- debug: msg=x\n',
  'roles/web/files/site.html': '<p>\n',
  'filter_plugins/words.py':
    "def shout(x):\n    return x\n\nclass FilterModule:\n    def filters(self):\n        return {'shout': shout}\n",
  'library/pump.py': `#!/usr/bin/python
DOCUMENTATION = r'''
module: pump
options:
  speed:
    type: int
    required: true
  mode:
    choices: [fast, slow]
    default: slow
'''
`,
  'collections/ansible_collections/acme/garden/plugins/modules/valve.py': `DOCUMENTATION = """
options:
  open: {type: bool}
"""
`,
  'collections/ansible_collections/acme/garden/roles/beds/tasks/main.yml': '- debug:\n',
};

const paths = pathsOf(TEXTS);
const read: ReadText = (path) => Promise.resolve(paths.get(path));

async function project(): Promise<AnsibleProject> {
  return (await indexOf(filesInMemory(paths))).build();
}

/** The lines that differ, of each file. */
function changed(edits: readonly FileEdits[]): string[] {
  return edits.flatMap(({ path, edits: own }) => {
    const before = paths.get(path) ?? '';
    const after = applyEdits(before, own).split('\n');
    return before.split('\n').flatMap((line, index) => {
      const now = after[index] ?? '';
      return line === now ? [] : [`${path.slice(ROOT.length + 1)}: ${now.trim()}`];
    });
  });
}

async function moved(moves: Readonly<Record<string, string>>): Promise<string[]> {
  const all = Object.entries(moves).map(([from, to]): FileMove => ({
    from: `${ROOT}/${from}`,
    to: `${ROOT}/${to}`,
  }));
  return changed(await editsForMoves(await project(), all, read));
}

/** What has a name behind the text in the file. */
function nameIn(ansible: AnsibleProject, path: string, found: string): Named {
  const text = TEXTS[path] ?? '';
  const at = `${ROOT}/${path}`;
  const kind = ansible.documents.get(at)?.kind ?? 'playbook';
  const named = namedAt(readDocument(at, text, kind, ansible.knowledge), text.indexOf(found) + 1);
  if (named === undefined) throw new Error(`Nothing has a name at ${found}.`);
  return named;
}

async function places(path: string, found: string, only?: 'definitions'): Promise<string[]> {
  const ansible = await project();
  const named = nameIn(ansible, path, found);
  const all = await occurrences(named, ansible, `${ROOT}/${path}`, read, only);
  return all.map(({ path: where, start }) => {
    const line = (paths.get(where) ?? '').slice(0, start).split('\n').length;
    return `${where.slice(ROOT.length + 1)}:${line}`;
  });
}

describe('a file that moves', () => {
  it('is named anew by playbooks, in strings of arguments too', async () => {
    expect(
      await moved({ 'playbooks/templates/app.conf.j2': 'playbooks/templates/web.j2' }),
    ).toEqual(['playbooks/site.yml: - template: src=web.j2 dest=/etc/app.conf mode=0644']);
  });
  it('is named by where it is from there', async () => {
    expect(await moved({ 'vars/app.yml': 'settings/app.yml' })).toEqual([
      'playbooks/site.yml: - ../settings/app.yml',
    ]);
    expect(await moved({ 'playbooks/files/motd': 'playbooks/files/texts/motd' })).toEqual([
      `playbooks/site.yml: msg: "{{ lookup('file', 'texts/motd') | shout }}"`,
    ]);
  });
  it('is named anew by templates, rpi.yml, other playbooks and roles', async () => {
    expect(await moved({ 'playbooks/templates/part.j2': 'playbooks/templates/port.j2' })).toEqual([
      "playbooks/templates/app.conf.j2: {% include 'port.j2' %}",
    ]);
    expect(await moved({ 'playbooks/site.yml': 'playbooks/main.yml' })).toEqual([
      'rpi.yml: provision: playbooks/main.yml',
    ]);
    expect(await moved({ 'playbooks/other.yml': 'playbooks/next.yml' })).toEqual([
      'playbooks/site.yml: - import_playbook: next.yml',
    ]);
    expect(await moved({ 'roles/web/tasks/install.yml': 'roles/web/tasks/setup.yml' })).toEqual([
      'playbooks/site.yml: tasks_from: setup',
      'roles/web/tasks/main.yml: - import_tasks: setup.yml',
    ]);
  });
  it('names others from its new place', async () => {
    expect(await moved({ 'playbooks/site.yml': 'playbooks/pi/site.yml' })).toEqual([
      'playbooks/site.yml: - ../../vars/app.yml',
      'playbooks/site.yml: - template: src=../templates/app.conf.j2 dest=/etc/app.conf mode=0644',
      `playbooks/site.yml: msg: "{{ lookup('file', '../files/motd') | shout }}"`,
      'playbooks/site.yml: - import_playbook: ../other.yml',
      'rpi.yml: provision: playbooks/pi/site.yml',
    ]);
  });
});

describe('a role that moves', () => {
  it('is called by its new name everywhere, and itself stays as it is', async () => {
    const ansible = await project();
    const named = nameIn(ansible, 'playbooks/site.yml', 'web\n    - role');
    const { moves, edits } = await movesFor(
      named,
      'http',
      ansible,
      `${ROOT}/playbooks/site.yml`,
      read,
    );
    expect(moves).toEqual([{ from: `${ROOT}/roles/web`, to: `${ROOT}/roles/http` }]);
    expect(changed(edits)).toEqual([
      'playbooks/site.yml: - http',
      'playbooks/site.yml: - role: http',
      'playbooks/site.yml: name: http',
    ]);
  });
});

describe('a group with another name', () => {
  it('takes its variables along, and is found in rpi.yml', async () => {
    const ansible = await project();
    const site = `${ROOT}/playbooks/site.yml`;
    const named = nameIn(ansible, 'playbooks/site.yml', 'sensors');
    const { moves }: Moves = await movesFor(named, 'probes', ansible, site, read);
    expect(moves).toEqual([
      { from: `${ROOT}/group_vars/sensors.yml`, to: `${ROOT}/group_vars/probes.yml` },
    ]);
    expect(await places('playbooks/site.yml', 'sensors')).toEqual([
      'inventory/hosts.yml:3',
      'playbooks/site.yml:1',
      'playbooks/templates/part.j2:2',
      'rpi.yml:7',
    ]);
  });
});

describe('a variable with another name', () => {
  it('is named anew where it is taken of another host', async () => {
    expect(await places('group_vars/sensors.yml', 'port')).toEqual([
      'group_vars/sensors.yml:1',
      'playbooks/templates/part.j2:1',
      'playbooks/templates/part.j2:2',
    ]);
  });
});

describe('places', () => {
  it('of tags, in lists and strings', async () => {
    const found = await places('playbooks/site.yml', 'web]');
    expect(found).toEqual([
      'playbooks/site.yml:2',
      'playbooks/site.yml:8',
      'playbooks/site.yml:14',
    ]);
  });
  it('of a file', async () => {
    const ansible = await project();
    const path = `${ROOT}/roles/web/tasks/install.yml`;
    const named: Named = { kind: 'file', name: 'install', path, start: 0, end: 0 };
    const found = await occurrences(named, ansible, path, read);
    expect(found.map(({ path: where }) => where.slice(ROOT.length + 1))).toEqual([
      'roles/web/tasks/install.yml',
      'playbooks/site.yml',
      'roles/web/tasks/main.yml',
    ]);
  });
  it('where modules and filters of the project are defined', async () => {
    expect(await places('playbooks/other.yml', 'pump', 'definitions')).toEqual([
      'library/pump.py:2',
    ]);
    expect(await places('playbooks/site.yml', 'shout', 'definitions')).toEqual([
      'filter_plugins/words.py:1',
    ]);
  });
});

it('lookups and files of roles are links, and are renamed from there', async () => {
  const ansible = await project();
  const path = `${ROOT}/playbooks/site.yml`;
  const text = TEXTS['playbooks/site.yml'] ?? '';
  const all = links(readDocument(path, text, 'playbook', ansible.knowledge), ansible);
  const targets = all.map(({ target, start, end }) =>
    [text.slice(start, end), target.path?.slice(ROOT.length + 1)].join(' → '),
  );
  expect(targets).toEqual([
    '../vars/app.yml → vars/app.yml',
    'app.conf.j2 → playbooks/templates/app.conf.j2',
    'other.yml → playbooks/other.yml',
    'install → roles/web/tasks/install.yml',
    'motd → playbooks/files/motd',
  ]);
  const named: Named = {
    kind: 'file',
    name: 'install',
    path: `${ROOT}/roles/web/tasks/install.yml`,
    start: text.indexOf('install'),
    end: text.indexOf('install') + 7,
  };
  const { moves } = await movesFor(named, 'setup', ansible, path, read);
  expect(moves.map(({ to }) => to)).toEqual([`${ROOT}/roles/web/tasks/setup.yml`]);
});

describe('modules of the project', () => {
  it('are checked by what they say themselves', async () => {
    const ansible = await project();
    const path = `${ROOT}/playbooks/other.yml`;
    const text = TEXTS['playbooks/other.yml'] ?? '';
    expect(told(ansible, path, text, ({ code }) => code === 'unknown-option')).toEqual([
      'playbooks/other.yml:5 error unknown-option “colour”',
    ]);
    const facts = readDocument(path, text, 'playbook', ansible.knowledge);
    const shown = hover(facts, text.indexOf('pump') + 1, { ansible, leavesModules: false });
    expect(shown?.markdown).toContain('| **speed** | int |');
  });

  it('may take what only the program names, and nothing is told where other files say more', () => {
    const spec =
      "spec = dict(\n  old=dict(type='str'),\n  more={'type': 'int'},\n)\nresult = {'a': 1}\n";
    const read = moduleFactsOf(`DOCUMENTATION = '''\noptions:\n  name: {}\n'''\n${spec}`);
    expect(Object.keys(read?.options ?? {})).toEqual(['name', 'old', 'more']);
    const fragment = (name: string): string =>
      `DOCUMENTATION = '''\noptions: {}\nextends_documentation_fragment: [${name}]\n'''\n`;
    expect(moduleFactsOf(fragment('files'))).toBeUndefined();
    expect(moduleFactsOf(fragment('action_common_attributes'))).toEqual({ options: {} });
    expect(moduleFactsOf("DOCUMENTATION = '''\n[\n'''\n")).toBeUndefined();
  });

  it('of a collection that lies in it are known, and its roles are found', async () => {
    const ansible = await project();
    expect(ansible.knowledge.module('acme.garden.valve').kind).toBe('known');
    expect(ansible.knowledge.module('acme.garden.other').kind).toBe('foreign');
    expect([...ansible.local.roles.keys()]).toEqual(['acme.garden.beds']);
    expect(ansible.local.modules.get('acme.garden.valve')).toMatch(/valve\.py$/);
  });
});
