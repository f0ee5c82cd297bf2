import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../core/analysis/finding.ts';
import { fixAll } from '../../../../core/analysis/fix-all.ts';
import { PROJECT_RULES } from '../../../../core/analysis/playbook/rules/project/table.ts';
import { applyEdits } from '../../../../core/formats/text-edit.ts';
import { filesInMemory, findingsOf, indexOf, pathsOf, ROOT, toldOf } from './project.ts';

const OWN = new Set(PROJECT_RULES.map(({ code }) => code));
const own = ({ code }: Finding): boolean => OWN.has(code) || code === 'document-type';

const HOSTS = `all:
  children:
    sensors:
      hosts:
        pi[1:3]:
    displays:
      hosts:
        kitchen:
    empty:
`;

type Case = readonly [name: string, texts: Readonly<Record<string, string>>, ...told: string[]];

const play = (tasks: string, head = ''): string => `- hosts: all\n${head}  tasks:\n${tasks}`;

const FILES: readonly Case[] = [
  [
    'a playbook',
    {
      'site.yml': '- import_playbook: bas.yml\n- import_playbook: base.yml\n',
      'base.yml': '- hosts: all\n',
    },
    'site.yml:1 error missing-playbook “bas.yml”',
  ],
  [
    'a playbook of a collection, which is elsewhere',
    { 'site.yml': '- import_playbook: my.collection.site\n' },
  ],
  [
    'a role, as a word, in a mapping and in a task',
    {
      'site.yml': play(
        '    - include_role:\n        name: weeb\n    - import_role: name=web\n    - include_role:\n        name: "{{ any }}"\n',
        '  roles:\n    - webb\n    - role: web\n    - { role: wob, tags: [x] }\n',
      ),
      'roles/web/tasks/main.yml': '- debug:\n',
    },
    'site.yml:3 error missing-role “webb”',
    'site.yml:5 error missing-role “wob”',
    'site.yml:8 error missing-role “weeb”',
  ],
  [
    'a dependency, and roles that are installed from elsewhere',
    {
      'site.yml': '- hosts: all\n  roles:\n    - web\n    - installed\n    - geerlingguy.docker\n',
      'requirements.yml': '- src: https://example.org/installed.git\n',
      'roles/web/meta/main.yml': 'dependencies:\n  - role: web\n  - nothing\n',
    },
    'roles/web/meta/main.yml:3 error missing-role “nothing”',
  ],
  [
    'roles that a collection, or a folder outside, may have',
    {
      'ansible.cfg': '[defaults]\nroles_path = roles:~/.ansible/roles\n',
      'site.yml': '- hosts: all\n  roles: [weeb, elsewhere]\n',
      'roles/web/tasks/main.yml': '- debug:\n',
    },
    'site.yml:2 error missing-role “weeb”',
  ],
  [
    'roles of the collections of a play',
    { 'site.yml': '- hosts: all\n  collections: [a.b]\n  roles: [elsewhere]\n' },
  ],
  [
    'a part of a role',
    {
      'site.yml': play('    - include_role:\n        name: web\n        tasks_from: instal\n'),
      'roles/web/tasks/install.yml': '- debug:\n',
    },
    'site.yml:5 error missing-role “instal”',
  ],
  [
    'files of tasks',
    {
      'site.yml': play(
        '    - include_tasks: tasks/more.yml\n    - import_tasks:\n        file: tasks/mor.yml\n    - include_tasks: "{{ x }}.yml"\n    - import_tasks: more.yml\n',
      ),
      'tasks/more.yml': '- include_tasks: other.yml\n',
      'tasks/other.yml': '- debug:\n',
    },
    'site.yml:5 error missing-tasks “tasks/mor.yml”',
    'site.yml:7 error missing-tasks “more.yml”',
  ],
  [
    'files of tasks in a role',
    {
      'site.yml': '- hosts: all\n  roles: [web]\n',
      'roles/web/tasks/main.yml':
        '- import_tasks: a.yml\n- import_tasks: sub/b.yml\n- import_tasks: c.yml\n',
      'roles/web/tasks/a.yml': '- debug:\n',
      'roles/web/tasks/sub/b.yml': '- import_tasks: c.yml\n',
      'roles/web/tasks/sub/c.yml': '- debug:\n',
    },
    'roles/web/tasks/main.yml:3 error missing-tasks “c.yml”',
  ],
  [
    'files of variables',
    {
      'site.yml': play(
        '    - include_vars: nope.yml\n    - include_vars:\n        dir: vars/none\n    - include_vars: b.yml\n',
        '  vars_files:\n    - vars/a.yml\n    - vars/a.yaml\n    - [vars/x.yml, vars/y.yml]\n    - [vars/x.yml, vars/a.yml]\n    - "vars/{{ os }}.yml"\n',
      ),
      'vars/a.yml': 'a: 1\n',
      'vars/b.yml': 'b: 1\n',
    },
    'site.yml:4 error missing-vars “vars/a.yaml”',
    'site.yml:5 error missing-vars “[vars/x.yml, vars/y.yml]”',
    'site.yml:9 error missing-vars “nope.yml”',
    'site.yml:11 error missing-vars “vars/none”',
  ],
  [
    'templates and files',
    {
      'site.yml': play(
        '    - template: src=a.j2 dest=/a\n    - template: {src: b.j2, dest: /b}\n    - copy: {src: c.txt, dest: /c}\n    - copy: {src: d/, dest: /d}\n    - copy: {src: /etc/x, dest: /x, remote_src: yes}\n    - copy: {src: e, dest: /e}\n    - script: run.sh --fast\n    - script: runn.sh --fast\n    - unarchive: {src: https://x.org/a.tgz, dest: /}\n    - template: {src: "{{ item }}.j2", dest: /f}\n      loop: [a]\n',
      ),
      'templates/a.j2': 'a\n',
      'files/c.txt': 'c\n',
      'files/d/x': 'd\n',
      'run.sh': 'true\n',
    },
    'site.yml:4 error missing-template “b.j2”',
    'site.yml:8 warning missing-file “e”',
    'site.yml:10 warning missing-file “runn.sh”',
  ],
];

const LOOKUPS: readonly Case[] = [
  [
    'files and templates that templates name',
    {
      'site.yml': play(
        `    - debug:
        msg: "{{ lookup('file', 'keys/ada.pub') }} {{ lookup('file', 'keys/bob.pub') }}"
    - debug:
        msg: "{{ lookup('template', 'x.j2') }} {{ lookup('ansible.builtin.template', 'y.j2') }}"
    - debug:
        msg: "{{ lookup('file', 'keys/' ~ inventory_hostname) }} {{ lookup('file', 'no', errors='ignore') }}"
    - debug:
        msg: "{{ lookup('file', '~/.ssh/id.pub') }} {{ lookup('file', '/etc/hostname') }}"
`,
      ),
      'files/keys/ada.pub': 'x\n',
      'templates/x.j2': "{% include 'part.j2' %}{% import 'macro.j2' as m %}{{ m.x }}\n",
      'templates/part.j2': "{% include ['a.j2', 'b.j2'] ignore missing %}\n",
    },
    "site.yml:4 warning missing-file “'keys/bob.pub'”",
    "site.yml:6 error missing-template “'y.j2'”",
    "templates/x.j2:1 error missing-template “'macro.j2'”",
  ],
];

const HANDLERS: readonly Case[] = [
  [
    'of the play, by name, by what they listen to, by a template, of a role',
    {
      'site.yml': play(
        '    - debug:\n      notify: [one, two, three of it, four, "web : five", nothing, "{{ x }}"]\n',
        '  vars: {x: 1}\n  roles: [web]\n  handlers:\n    - name: one\n      debug:\n    - name: a\n      listen: [two]\n      debug:\n    - name: three {{ x }}\n      debug:\n',
      ),
      'roles/web/handlers/main.yml': '- name: four\n  debug:\n- name: five\n  debug:\n',
      'roles/web/tasks/main.yml': '- debug:\n  notify: one\n',
    },
    'site.yml:14 error unknown-handler “nothing”',
  ],
  [
    'silent where a role may have them',
    { 'site.yml': play('    - debug:\n      notify: x\n', '  roles: ["{{ any }}"]\n') },
  ],
  [
    'handlers that can never run',
    {
      'site.yml': play(
        '    - debug:\n      notify: [one, topic]\n',
        '  handlers:\n    - debug:\n    - name: one\n      debug:\n      when: true\n    - name: one\n      debug:\n    - name: two\n      listen: topic\n      debug:\n    - name: two\n      listen: topic\n      debug:\n    - meta: noop\n    - block:\n        - name: topic\n          debug:\n',
      ),
    },
    'site.yml:3 information unused-handler “debug”',
    'site.yml:4 information unused-handler “one”',
  ],
  [
    'imports by what only a host or a loop knows',
    {
      'site.yml': play(
        `    - import_tasks: "{{ ansible_os_family }}.yml"
    - import_tasks:
        file: "{{ my_os }}.yml"
    - ansible.builtin.import_role:
        name: "{{ ansible_facts.distribution }}"
        tasks_from: "{{ item }}"
    - import_tasks: "{{ ansible_system | default('x') }}.yml"
    - include_tasks: "{{ ansible_os_family }}.yml"
`,
        '  vars: {my_os: a}\n',
      ),
      'a.yml': '- ping:\n',
      'x.yml': '- ping:\n',
    },
    'site.yml:4 error import-variable “ansible_os_family”',
    'site.yml:8 error import-variable “ansible_facts”',
    'site.yml:9 error import-variable “item”',
  ],
  [
    'never notified',
    {
      'site.yml': play(
        '    - debug:\n      notify: one\n',
        '  handlers:\n    - name: one\n      debug:\n    - name: two\n      debug:\n    - debug:\n      listen: three\n    - name: four\n      listen: one\n      debug:\n    - name: more\n      include: more.yml\n',
      ),
      'more.yml': '- name: five\n  debug:\n',
    },
    'site.yml:5 information unused-handler “two”',
    'site.yml:8 information unused-handler “three”',
  ],
];

const PATTERNS: readonly Case[] = [
  [
    'names, ranges, unions, exclusions, wildcards',
    {
      'inventory/hosts.yml': HOSTS,
      'a.yml': [
        'all',
        'sensors',
        'pi1',
        'pi9',
        'pi*',
        'x*',
        'sensors:!pi1',
        'sensors:!pi9',
        'sensors:&displays',
        '"displays,sensors"',
        'displays,sensor',
        '~pi[12]',
        '~x.',
        'sensors[0]',
        'sensors[7]',
        'localhost',
        '"{{ target }}"',
        'empty',
        'all:!sensors',
        '127.0.0.1',
        'sensors[0:1]:kitchen',
        '[sensors, nope]',
        'sensors:!localhost',
      ]
        .map((pattern) => `- hosts: ${pattern}\n`)
        .join(''),
    },
    'a.yml:4 warning host-pattern “pi9”',
    'a.yml:6 warning host-pattern “x*”',
    'a.yml:8 warning host-pattern “pi9”',
    'a.yml:9 warning host-pattern “sensors:&displays”',
    'a.yml:11 warning host-pattern “sensor”',
    'a.yml:13 warning host-pattern “~x.”',
    'a.yml:15 warning host-pattern “sensors[7]”',
    'a.yml:18 information host-pattern “empty”',
    'a.yml:22 warning host-pattern “nope”',
  ],
  [
    'silent without hosts',
    { 'inventory/hosts.yml': 'all:\n  hosts:\n', 'a.yml': '- hosts: web\n' },
  ],
  [
    'silent where a run adds hosts',
    {
      'inventory/hosts.yml': HOSTS,
      'a.yml': play('    - add_host: name=x groups=fresh\n') + '- hosts: fresh\n',
    },
  ],
  [
    'silent beside an inventory that is a program',
    { 'inventory/hosts.yml': HOSTS, 'inventory/hosts': '#!/bin/sh\n', 'a.yml': '- hosts: web\n' },
  ],
];

const VARIABLES: readonly Case[] = [
  [
    'in options, conditions and strings over lines',
    {
      'a.yml': play(
        `    - debug:
        msg: "{{ nobody }} {{ known }}"
    - debug:
        msg: >-
          one
          {{ known }} {{ missing.x }}
      when: unset == 1 and known
    - assert:
        that:
          - other is defined
          - other == 1
          - never == 1
    - debug:
        var: knwon
    - shell: echo "{{ 'a' ~ lost }}"
    - debug: msg="{{ gone }}"
`,
        '  vars:\n    known: 1\n',
      ),
    },
    'a.yml:6 warning undefined-variable “nobody”',
    'a.yml:10 warning undefined-variable “missing”',
    'a.yml:11 warning undefined-variable “unset”',
    'a.yml:16 warning undefined-variable “never”',
    'a.yml:18 warning undefined-variable “knwon”',
    'a.yml:19 warning undefined-variable “lost”',
    'a.yml:20 warning undefined-variable “gone”',
  ],
  [
    'everything that defines one',
    {
      'inventory/hosts.yml': 'all:\n  hosts:\n    pi1: {of_host: 1}\n  vars: {of_inventory: 1}\n',
      'group_vars/all.yml': 'of_group: 1\n',
      'host_vars/pi1/x.yml': 'of_host_vars: 1\n',
      'vars/a.yml': 'of_file: 1\n',
      'roles/r/defaults/main.yml': 'of_defaults: 1\n',
      'roles/r/vars/main.yml': 'of_vars: "{{ of_parameter }}"\n',
      'roles/r/tasks/main.yml':
        '- debug: msg="{{ of_vars + of_defaults + of_parameter + of_file }}"\n',
      'run.sh': 'ansible-playbook a.yml -e "of_command=1 other=2"\n',
      'a.yml': play(
        `    - debug:
      register: registered
    - set_fact: {fact: 1}
    - set_fact: short=1
    - debug: msg="{{ item + own }}"
      loop: [1]
      loop_control: {loop_var: own, index_var: index}
    - vars: {of_block: 1}
      block:
        - debug: msg="{{ of_block + registered + fact + short + index + prompted + of_play }}"
    - debug: msg="{{ of_host + of_inventory + of_group + of_host_vars + of_file + of_command }}"
    - debug: msg="{{ ansible_facts.x }} {{ ansible_anything }} {{ hostvars[inventory_hostname].x }} {{ omit }}"
    - debug: msg="{{ [1] | map('extract', hostvars) | list }} {% for x in [1] %}{{ x }}{{ loop.index }}{% endfor %}"
    - debug: msg="{{ maybe | default('') }} {{ q('env', 'HOME') }} {{ maybe2 if maybe2 is defined else 1 }}"
    - service_facts:
    - debug: msg="{{ services }}"
    - include_vars: {file: vars/a.yml, name: spaced}
    - debug: msg="{{ spaced.of_file }}"
    - add_host: {name: x, added: 1}
    - debug: msg="{{ hostvars.x.added }} {{ added }}"
    - debug: msg={{ not_defined }}
      when: not_defined is defined
`,
        `  vars: {of_play: 1}
  vars_prompt: [{name: prompted}]
  vars_files: [vars/a.yml]
  roles: [{role: r, of_parameter: 1}]
`,
      ),
    },
  ],
  [
    'silent where what defines them is not known',
    {
      'a.yml': play('    - include_vars: "{{ anything }}"\n    - debug: msg="{{ nobody }}"\n'),
      'b.yml': play('    - set_fact: {"{{ name }}": 1}\n    - debug: msg="{{ nobody }}"\n'),
      'c.yml': play('    - debug: msg="{{ nobody }}"\n', '  roles: [geerlingguy.x]\n'),
      'd.yml': play('    - some.where.else_facts:\n    - debug: msg="{{ nobody }}"\n'),
      'e.yml': play('    - debug: msg="{{ nobody }}"\n', '  vars: "{{ all_of_them }}"\n'),
      'f.yml': play('    - debug: msg="{{ nobody }}"\n', '  vars_files: [vault.yml]\n'),
      'vault.yml': '$ANSIBLE_VAULT;1.1;AES256\n3333\n',
      'g.yml': play('    - debug: msg="{{ nobody }}"\n', '  roles: [encrypted]\n'),
      'roles/encrypted/vars/main.yml': '$ANSIBLE_VAULT;1.1;AES256\n3333\n',
      'roles/unused/tasks/main.yml': '- debug: msg="{{ of_another_project }}"\n',
    },
  ],
  [
    'silent without an inventory, whose variables are not known, and in Molecule’s scenarios',
    {
      'inventory/hosts.yml': '#!/bin/sh\n',
      'a.yml': play('    - debug: msg="{{ nobody }}"\n'),
    },
  ],
  [
    'silent where variables of a group are encrypted',
    {
      'a.yml': play('    - debug: msg="{{ nobody }}"\n'),
      'group_vars/all/vault': '$ANSIBLE_VAULT;1.1;AES256\n3333\n',
    },
  ],
  [
    'a file of variables that a template names, beside which are those it can mean',
    {
      'a.yml': play(
        '    - include_vars: "vars/{{ ansible_os_family }}.yml"\n    - debug: msg="{{ of_debian }} {{ of_nobody }}"\n',
      ),
      'vars/Debian.yml': 'of_debian: 1\n',
    },
    'a.yml:4 warning undefined-variable “of_nobody”',
  ],
  [
    'in the arguments of debug that are a string',
    {
      'a.yml': play(
        '    - debug: var=gone\n    - debug: var=there.x verbosity=1\n    - debug: msg=gone\n    - debug: "var=nowhere"\n',
        '  vars: {there: 1}\n',
      ),
    },
    'a.yml:4 warning undefined-variable “gone”',
    'a.yml:7 warning undefined-variable “nowhere”',
  ],
  [
    'item without a loop',
    {
      'a.yml': play(
        '    - debug: msg="{{ item }}"\n    - debug: msg="{{ item }}"\n      with_items: [1]\n    - include_tasks: tasks/b.yml\n      loop: [1]\n',
        '  vars:\n    later: "{{ item }}"\n',
      ),
      'tasks/b.yml': '- debug: msg="{{ item }}"\n',
    },
    'a.yml:5 warning undefined-variable “item”',
  ],
  [
    'in templates, with those of the role that uses them',
    {
      'a.yml': '- hosts: all\n  roles: [r]\n',
      'roles/r/defaults/main.yml': 'port: 1\n',
      'roles/r/tasks/main.yml': '- template: {src: x.j2, dest: /x}\n  loop: [1]\n',
      'roles/r/templates/x.j2':
        'a {{ port }} {{ item }}\n{% for p in prots %}{{ p }}{% endfor %}\n{{ template_path }}\n',
    },
    'roles/r/templates/x.j2:2 warning undefined-variable “prots”',
  ],
];

const TEMPLATES: readonly Case[] = [
  [
    'syntax',
    {
      'a.yml': play(
        `    - debug:
        msg: "{{ a"
    - debug:
        msg: "{% if a %}x"
    - debug:
        msg: 'it''s {{ ''a'' + }} b'
    - debug:
        msg: "{{ a }} {# open"
      when: a ==
    - debug:
        msg: "{% endfor %}"
    - debug:
        msg: fine {{ a | default('{{') }}
`,
        '  vars: {a: 1}\n',
      ),
      'templates/x.j2': 'fine\n{% for x in y %}\n{{ x }\n',
    },
    'a.yml:5 error jinja-syntax “{{”',
    'a.yml:7 error jinja-syntax “{% if a %}”',
    'a.yml:9 error jinja-syntax “+”',
    'a.yml:11 error jinja-syntax “{#”',
    'a.yml:12 error jinja-syntax “==”',
    'a.yml:14 error jinja-syntax “endfor”',
    'templates/x.j2:2 error jinja-syntax “{% for x in y %}”',
    'templates/x.j2:3 error jinja-syntax “}”',
  ],
  [
    'unknown names beside faults of syntax, and no guesses within them',
    {
      'a.yml': play(
        `    - debug:
        msg: |
          {{ 1 + }} {{ 1 | to_jsn }}
          {{ 1 | to_yml + }} {{ lookup('fil', 'a') 1 }}
          {% if true %}{{ 1 is defnd }}
`,
      ),
      'templates/x.j2':
        '{{ 1 | to_jsn }}\n{% if groups["gone"] %}\n{{ 2 + }}\n{{ 1 is defnd }}\n{{ 1 | to_yml\n',
      hosts: '[web]\na\n',
    },
    'a.yml:5 error jinja-syntax “+”',
    'a.yml:5 error unknown-filter “to_jsn”',
    'a.yml:6 error jinja-syntax “+”',
    'a.yml:6 error jinja-syntax “1”',
    'a.yml:7 error jinja-syntax “{% if true %}”',
    'a.yml:7 error unknown-test “defnd”',
    'templates/x.j2:1 error unknown-filter “to_jsn”',
    'templates/x.j2:2 error jinja-syntax “{% if groups["gone"] %}”',
    'templates/x.j2:2 warning unknown-host “gone”',
    'templates/x.j2:3 error jinja-syntax “+”',
    'templates/x.j2:4 error unknown-test “defnd”',
    'templates/x.j2:5 error jinja-syntax “{{”',
  ],
  [
    'tags of extensions that Ansible does not load by itself',
    {
      'a.yml': play('    - debug:\n        msg: "{% do x.append(1) %}"\n', '  vars: {x: []}\n'),
      'templates/x.j2': '{% for x in [] %}\n{% break %}\n{% endfor %}\n',
    },
    'a.yml:5 error jinja-syntax “do”',
    'templates/x.j2:2 error jinja-syntax “break”',
  ],
  [
    'tags of extensions that ansible.cfg names',
    {
      'ansible.cfg': '[defaults]\njinja2_extensions = jinja2.ext.do,jinja2.ext.loopcontrols\n',
      'a.yml': play('    - debug:\n        msg: "{% do x.append(1) %}"\n', '  vars: {x: []}\n'),
      'templates/x.j2': '{% for x in [] %}\n{% break %}\n{% endfor %}\n',
    },
  ],
  [
    'braces in conditions',
    {
      'a.yml': play(
        `    - debug:
      when: "{{ a }}"
    - debug:
      when: a == "{{ a }}"
      failed_when: a
    - debug:
      until: "{{ a }}"
      changed_when: false
    - assert:
        that: "{{ a }}"
`,
        '  vars: {a: 1}\n',
      ),
    },
    'a.yml:5 warning braces-in-condition “"{{ a }}"”',
    'a.yml:7 warning braces-in-condition “a == "{{ a }}"”',
    'a.yml:10 warning braces-in-condition “"{{ a }}"”',
    'a.yml:13 warning braces-in-condition “"{{ a }}"”',
  ],
  [
    'filters, tests and lookups',
    {
      'a.yml': play(
        `    - debug: msg="{{ a | to_jsn }} {{ a | to_json }} {{ a | own }}"
    - debug: msg="{{ a is defind }} {{ a is ansible.builtin.defined }} {{ lookup('fil', 'x') }}"
    - debug: msg="{{ a | community.general.json_qery('x') }} {{ a | json_query('x') }} {{ a | who.knows.what }}"
    - debug: msg="{{ a | succeeded }} {{ lookup('who.knows.that', 'x') }}"
    - debug: msg="{{ [a] | selectattr('x', 'equalto', 1) | map('upper') | list }}"
`,
        '  vars: {a: 1}\n',
      ),
      'filter_plugins/x.py':
        'class FilterModule:\n    def filters(self):\n        return {"own": None}\n',
      'roles/r/templates/x.j2': '{{ 1 | abss }}\n{% if 1 is evn %}{% endif %}\n',
    },
    'a.yml:4 error unknown-filter “to_jsn”',
    'a.yml:5 error unknown-test “defind”',
    'a.yml:5 error unknown-lookup “fil”',
    'a.yml:6 error unknown-filter “community.general.json_qery”',
    'a.yml:7 error unknown-filter “succeeded”',
    'roles/r/templates/x.j2:1 error unknown-filter “abss”',
    'roles/r/templates/x.j2:2 error unknown-test “evn”',
  ],
  [
    'nothing of an encrypted file',
    {
      'group_vars/all/vault': '$ANSIBLE_VAULT;1.1;AES256\n33\n',
      'host_vars/pi1.yml': '$ANSIBLE_VAULT;1.1;AES256\n33\n',
    },
  ],
  [
    'connection variables in vars',
    {
      'group_vars/all.yml':
        'ansible_usr: pi\nansible_ssh_user: pi\nansible_become_password: geheim\nansible_password: "{{ vaulted }}"\nansible_user: pi\n',
      'host_vars/pi1': 'ansible_hots: 10.0.0.1\n',
      'a.yml': '- hosts: all\n  vars:\n    ansible_pasword: "{{ x }}"\n    x: 1\n',
    },
    'group_vars/all.yml:1 warning misspelt-variable “ansible_usr”',
    'group_vars/all.yml:2 information old-variable “ansible_ssh_user”',
    'group_vars/all.yml:3 warning clear-secret “geheim”',
    'host_vars/pi1:1 warning misspelt-variable “ansible_hots”',
    'a.yml:3 warning misspelt-variable “ansible_pasword”',
  ],
];

const ALL = { FILES, LOOKUPS, HANDLERS, PATTERNS, VARIABLES, TEMPLATES };

describe.each(Object.entries(ALL))('%s', (_, cases) => {
  const named = cases.map(([name, texts, ...wanted]) => ({ name, texts, wanted }));
  it.each(named)('$name', async ({ texts, wanted }) => {
    expect(await toldOf(texts, own)).toEqual(wanted);
  });
});

describe('fixes', () => {
  const fixed = async (
    texts: Readonly<Record<string, string>>,
    path: string,
    code: string,
  ): Promise<string> => {
    const paths = pathsOf({ 'hosts.yml': 'all:\n  hosts:\n    pi1:\n', ...texts });
    const ansible = await (await indexOf(filesInMemory(paths))).build();
    const text = texts[path] ?? '';
    const found = findingsOf(ansible, `${ROOT}/${path}`, text).filter((each) => each.code === code);
    expect(found).toHaveLength(1);
    return applyEdits(text, found[0]?.fixes?.[0]?.edits ?? []);
  };

  it.each([
    ['when: "{{ a }}"', 'when: "a"'],
    ['when: \'{{ a == "x" }}\'', 'when: \'a == "x"\''],
  ])('take the braces of %s away', async (before, after) => {
    const text = (condition: string): string =>
      play(`    - debug:\n      ${condition}\n`, '  vars: {a: 1}\n');
    expect(await fixed({ 'a.yml': text(before) }, 'a.yml', 'braces-in-condition')).toBe(
      text(after),
    );
  });

  it('write the nearest names', async () => {
    const files = { 'templates/site.conf.j2': '', 'roles/web/tasks/main.yml': '- debug:\n' };
    const template = play('    - template: {src: site.con.j2, dest: /x}\n');
    expect(await fixed({ ...files, 'a.yml': template }, 'a.yml', 'missing-template')).toContain(
      'src: site.conf.j2',
    );
    const role = '- hosts: all\n  roles: [weeb]\n';
    expect(await fixed({ ...files, 'a.yml': role }, 'a.yml', 'missing-role')).toContain('[web]');
    const variable = play('    - debug: {msg: "{{ porrt }}"}\n', '  vars: {port: 1}\n');
    expect(await fixed({ 'a.yml': variable }, 'a.yml', 'undefined-variable')).toContain(
      '{{ port }}',
    );
  });
});

describe('noqa of ansible-lint', () => {
  it.each([
    ['- debug:\n  when: "{{ a }}" # noqa: no-jinja-when\n', 'braces-in-condition'],
    ['- debug:\n    msg: "{{ a b }}" # noqa: jinja[invalid]\n', 'jinja-syntax'],
    ['- include_tasks: gone.yml # noqa: load-failure\n', 'missing-tasks'],
    ['- include_vars: gone.yml # noqa: load-failure[filenotfounderror]\n', 'missing-vars'],
    ['- import_tasks: gone.yml # noqa: syntax-check\n', 'missing-tasks'],
    ['- import_role: {name: gone} # noqa: syntax-check[specific]\n', 'missing-role'],
  ])('%j: not %s', async (task, code) => {
    const codes = async (text: string): Promise<string[]> => {
      const told = await toldOf({
        'site.yml': `- hosts: all\n  tasks:\n    ${text.trimEnd().replaceAll('\n', '\n    ')}\n  vars: {a: 1}\n`,
      });
      return told.map((each) => each.split(' ')[2] ?? '');
    };
    expect(await codes(task.replace(/ # noqa.*/, ''))).toContain(code);
    expect(await codes(task)).toEqual([]);
    expect(await codes(task.replace(/noqa: .*/, 'noqa: risky-octal'))).toContain(code);
  });
});

describe('short names of modules', () => {
  const task = '- hosts: all\n  tasks:\n    - their_module:\n';
  const role = {
    'site.yml': '- hosts: all\n  roles: [web]\n',
    'roles/web/tasks/main.yml': '- their_module:\n',
  };
  const unknown = ({ code }: Finding): boolean => code === 'unknown-module';

  it('are unknown', async () => {
    expect(await toldOf({ 'site.yml': task }, unknown)).toHaveLength(1);
    expect(await toldOf(role, unknown)).toHaveLength(1);
  });

  it('may be of a collection that the project is or names', async () => {
    expect(await toldOf({ 'site.yml': task, 'galaxy.yml': 'name: a\n' }, unknown)).toEqual([]);
    const meta = 'collections:\n  - some.where\n';
    expect(await toldOf({ ...role, 'roles/web/meta/main.yml': meta }, unknown)).toEqual([]);
    const play =
      '- hosts: all\n  collections: [some.where]\n  tasks:\n    - include_tasks: more.yml\n';
    expect(
      await toldOf({ 'site.yml': play, 'tasks/more.yml': '- their_module:\n' }, unknown),
    ).toEqual([]);
  });
});

describe('filters of collections', () => {
  const told = (filter: string): Promise<string[]> =>
    toldOf({ 'site.yml': play(`    - debug:\n        msg: "{{ 1 | ${filter} }}"\n`) }, own);

  it('are judged where one of the same collection is called much like it', async () => {
    expect(await told('ansible.utils.ipadr')).toHaveLength(1);
    // Other versions have it.
    expect(await told('ansible.netcommon.ipaddr')).toEqual([]);
  });
});

describe('single hosts and groups', () => {
  const told = (task: string, more: Readonly<Record<string, string>> = {}): Promise<string[]> =>
    toldOf({ 'inventory/hosts.yml': HOSTS, 'site.yml': play(`    - ${task}\n`), ...more }, own);
  const debug = (text: string): string => `debug:\n        msg: "${text}"`;

  it.each([
    ['ping:\n      delegate_to: kitchne', 4, 'kitchne'],
    [debug("{{ hostvars['pi4'].ansible_host }}"), 4, 'pi4'],
    [debug("{{ hostvars['pi1'].ansible_host }} {{ groups['sensor'] }}"), 4, 'sensor'],
    [debug('{{ groups.nothing | length }}'), 4, 'nothing'],
  ])('%j', async (task, line, name) => {
    expect(await told(task)).toEqual([`site.yml:${line} warning unknown-host “${name}”`]);
  });

  it.each([
    'ping:\n      delegate_to: kitchen',
    'ping:\n      delegate_to: localhost',
    'ping:\n      delegate_to: gateway',
    'ping:\n      delegate_to: kitchne.example.org',
    'ping:\n      delegate_to: "{{ item }}"\n      loop: [kitchen]',
    debug("{{ hostvars['pi1'].a }} {{ hostvars[inventory_hostname].a }} {{ groups['all'] }}"),
    debug("{{ groups['empty'] }} {{ groups.keys() }} {{ groups.get('x', []) }}"),
    debug("{{ groups['x'] | default([]) }}"),
    debug("{{ groups['x'] if 'x' in groups else [] }}"),
    `${debug("{{ groups['x'] }}")}\n      when: groups['x'] is defined`,
    `${debug("{{ hostvars['x'].a }}")}\n      when: "'x' in hostvars"`,
  ])('%j is right', async (task) => {
    expect(await told(task)).toEqual([]);
  });

  it('are not judged where the run makes some', async () => {
    const more = { 'more.yml': '- hosts: all\n  tasks:\n    - group_by: key=x\n' };
    expect(await told(debug("{{ groups['x'] }}"), more)).toEqual([]);
  });

  it('are never chosen by “fix all”, and variables neither', async () => {
    const text = play(
      `    - ${debug("{{ vlue }} {{ hostvars['kitchn'] }}")}\n`,
      '  vars: {value: 1}\n',
    ).replace('all', 'display');
    const paths = pathsOf({ 'inventory/hosts.yml': HOSTS, 'site.yml': text });
    const project = await (await indexOf(filesInMemory(paths))).build();
    const found = findingsOf(project, `${ROOT}/site.yml`, text);
    expect(found.map(({ code, fixes }) => [code, fixes?.length])).toEqual([
      ['host-pattern', 1],
      ['undefined-variable', 1],
      ['unknown-host', 1],
    ]);
    expect(fixAll(found)).toEqual([]);
  });
});
