import { describe, expect, it } from 'vitest';
import { knowledgeOf } from '../../../../core/analysis/playbook/knowledge.ts';
import { allFixed, analysed, findingsOf, fixed, knowledge, PROJECT, told } from './findings.ts';

const TASKS = 'roles/x/tasks/main.yml';

/** What is told of one task of a role. */
const ofTask = (task: string): string[] => told(task, TASKS);

describe('fixes', () => {
  it.each([
    [
      'a value with braces',
      'unquoted-template',
      '- debug:\n    msg: {{ a }}/b # why\n',
      '- debug:\n    msg: "{{ a }}/b" # why\n',
    ],
    ['a colon', 'colon-in-value', '- name: a: b\n  ping:\n', '- name: "a: b"\n  ping:\n'],
    ['a quote', 'unclosed-quote', '- name: "a\n  ping:\n', '- name: "a"\n  ping:\n'],
    ['a tab', 'yaml-tab', '- ping:\n\tdata: x\n', '- ping:\n  data: x\n'],
    [
      'an indentation',
      'yaml-indentation',
      '- file:\n    path: /a\n     state: touch\n',
      '- file:\n    path: /a\n    state: touch\n',
    ],
    [
      'a glued colon',
      'yaml-syntax',
      '- debug:\n    msg:a\n    verbosity: 1\n',
      '- debug:\n    msg: a\n    verbosity: 1\n',
    ],
    ['a keyword', 'unknown-keyword', '- ping:\n  whne: a\n', '- ping:\n  when: a\n'],
    ['sudo', 'removed-keyword', '- ping:\n  sudo: yes\n', '- ping:\n  become: true\n'],
    ['no sudo', 'removed-keyword', '- ping:\n  sudo: no # a\n', '- ping:\n  become: false # a\n'],
    [
      'sudo of a variable',
      'removed-keyword',
      '- ping:\n  sudo: "{{ a }}"\n',
      '- ping:\n  become: "{{ a }}"\n',
    ],
    ['an include', 'removed-keyword', '- include: a.yml\n', '- include_tasks: a.yml\n'],
    ['static', 'removed-keyword', '- ping:\n  static: yes\n  when: a\n', '- ping:\n  when: a\n'],
    [
      'always_run',
      'removed-keyword',
      '- ping:\n  always_run: yes\n',
      '- ping:\n  check_mode: false\n',
    ],
    ['a module', 'unknown-module', '- ansible.builtin.reboott:\n', '- ansible.builtin.reboot:\n'],
    [
      'a moved module',
      'moved-module',
      '- docker_container:\n    name: a\n',
      '- community.docker.docker_container:\n    name: a\n',
    ],
    ['an option', 'unknown-option', '- stat:\n    paht: /a\n', '- stat:\n    path: /a\n'],
    [
      'a state',
      'option-value',
      '- apt:\n    name: a\n    state: "installed"\n',
      '- apt:\n    name: a\n    state: "present"\n',
    ],
    [
      'a state in free form',
      'option-value',
      '- apt: name=a state=removed\n',
      '- apt: name=a state=absent\n',
    ],
    [
      'a mode',
      'octal-mode',
      '- file:\n    path: /a\n    mode: 644\n',
      '- file:\n    path: /a\n    mode: "0644"\n',
    ],
    [
      'a mode that is too open',
      'open-mode',
      '- file:\n    path: /a\n    mode: 0777\n',
      '- file:\n    path: /a\n    mode: "0775"\n',
    ],
    [
      'a mode in quotes that is too open',
      'open-mode',
      "- file:\n    path: /a\n    mode: '666'\n",
      "- file:\n    path: /a\n    mode: '0664'\n",
    ],
    [
      'a mode in free form that is too open',
      'open-mode',
      '- file: path=/a mode=0777 state=directory\n',
      '- file: path=/a mode=0775 state=directory\n',
    ],
    [
      'a loop',
      'bare-loop-variable',
      '- ping:\n  with_items: a.b\n',
      '- ping:\n  with_items: "{{ a.b }}"\n',
    ],
    [
      'free form',
      'free-form',
      '- apt: "name={{ item }} state=present mode=0644 enabled=yes"\n',
      '- apt:\n    name: "{{ item }}"\n    state: present\n    mode: "0644"\n    enabled: true\n',
    ],
    [
      'free form of a command',
      'free-form',
      '- command: make install chdir=/opt/a\n',
      '- command:\n    cmd: make install\n    chdir: /opt/a\n',
    ],
    [
      'action',
      'old-action',
      '- action: service name=ssh state=restarted\n',
      '- service:\n    name: ssh\n    state: restarted\n',
    ],
    [
      'local_action',
      'old-action',
      '- local_action: command date -u\n',
      '- command: date -u\n  delegate_to: localhost\n',
    ],
    [
      'reboot',
      'reboot-by-command',
      '- name: a\n  command: /sbin/reboot\n',
      '- name: a\n  reboot:\n',
    ],
    [
      'what is lost',
      'duplicate-key',
      '- name: a\n  debug:\n    msg: a # once\n    msg: b\n',
      '- name: a\n  debug:\n    msg: b\n',
    ],
    [
      'what is lost, with all that is in it',
      'duplicate-key',
      '- name: a\n  vars:\n    b: 1\n    c: [2]\n  vars:\n    d: 1\n  ping:\n',
      '- name: a\n  vars:\n    d: 1\n  ping:\n',
    ],
    [
      'config.txt',
      'boot-config',
      '- shell: echo a >> "/boot/config.txt"\n',
      '- shell: echo a >> "/boot/firmware/config.txt"\n',
    ],
  ])('correct %s', (_, code, before, after) => {
    expect(fixed(before, code, TASKS)).toBe(after);
  });

  it.each([
    ['- include: a.yml\n', '- import_tasks: a.yml\n'],
    ['- ansible.builtin.include: a.yml\n', '- ansible.builtin.import_tasks: a.yml\n'],
    ['- include: a.yml\n  with_items: [b]\n', '- include_tasks: a.yml\n  with_items: [b]\n'],
  ])('import handlers, as those of an include are notified by nobody: %j', (before, after) => {
    expect(fixed(before, 'removed-keyword', 'roles/a/handlers/main.yml')).toBe(after);
    const inPlay = (text: string): string =>
      `- hosts: all\n  handlers:\n    ${text.trimEnd().replaceAll('\n', '\n    ')}\n`;
    expect(fixed(inPlay(before), 'removed-keyword')).toBe(inPlay(after));
  });

  it.each([
    ['name: a\n        state: present # b', 1],
    ['state: present\n        name:\n          - a\n          - b', 0],
  ])('renew the package lists in %j', (options, line) => {
    const play = (text: string): string =>
      `- hosts: pis\n  become: true\n  tasks:\n    - apt:\n        ${text}\n    - ping:\n`;
    const lines = options.split('\n');
    const added = ['        update_cache: true', '        cache_valid_time: 3600'];
    const after = [...lines.slice(0, line + 1), ...added, ...lines.slice(line + 1)].join('\n');
    expect(fixed(play(options), 'apt-cache')).toBe(play(after));
  });

  it('let a play become root', () => {
    const play = '- hosts: pis # all\n  tasks:\n    - hostname: { name: a }\n';
    expect(fixed(play, 'needs-root')).toBe(play.replace('# all\n', '# all\n  become: true\n'));
  });

  it('turn a playbook of 2015 into one of today', () => {
    const before = `---
- hosts: webservers
  user: pi
  sudo: yes
  vars_files:
    - vars/apache.yml
  tasks:
    - name: install packages
      apt: "name={{ item }} state=installed update_cache=yes"
      with_items: apache_packages
    - name: document root
      file: path=/srv/www state=directory mode=0755
    - name: enable the site
      file: "src=/etc/apache2/sites-available/{{ site }} dest=/etc/apache2/sites-enabled/{{ site }} state=link"
      notify: restart apache
    # - include: firewall.yml
  handlers:
    - name: restart apache
      action: service name=apache2 state=restarted
`;
    expect(allFixed(before)).toBe(`---
- hosts: webservers
  remote_user: pi
  become: true
  vars_files:
    - vars/apache.yml
  tasks:
    - name: install packages
      apt:
        name: "{{ item }}"
        state: present
        update_cache: true
      with_items: "{{ apache_packages }}"
    - name: document root
      file:
        path: /srv/www
        state: directory
        mode: "0755"
    - name: enable the site
      file:
        src: "/etc/apache2/sites-available/{{ site }}"
        dest: "/etc/apache2/sites-enabled/{{ site }}"
        state: link
      notify: restart apache
    # - include: firewall.yml
  handlers:
    - name: restart apache
      service:
        name: apache2
        state: restarted
`);
  });
});

describe('places', () => {
  it('are the word to change, in free form and in folded text', () => {
    expect(ofTask('- apt: >\n    name=nginx\n    state=instaled\n')).toEqual(
      [
        '2 hint free-form “>\n    name=nginx\n    state=instaled”',
        '3 error option-value “instaled”',
      ].map((each) => each.replace('2 hint', '1 hint')),
    );
    expect(ofTask('- apt: "name=\\"nginx\\" stat=present"\n')).toContain(
      '1 error unknown-option “stat”',
    );
    expect(ofTask('- action: aptt name=a\n')).toContain('1 error unknown-module “aptt”');
    expect(ofTask('- action:\n    module: copy\n    scr: a\n    dest: b\n')).toContain(
      '3 error unknown-option “scr”',
    );
  });

  it('are in blocks within blocks', () => {
    const text = '- block:\n    - block:\n        - ping:\n      rescue:\n        - pingg:\n';
    expect(ofTask(text)).toEqual(['5 error unknown-module “pingg”']);
  });
});

describe('what is not known is not judged', () => {
  it.each([
    '- apt:\n    name: a\n    state: "{{ b }}"\n',
    '- apt: "{{ all }}"\n',
    '- apt:\n    state: present\n  args: "{{ more }}"\n',
    '- my.collection.thing:\n    anything: goes\n',
    '- amazon.aws.module_of_another_version:\n    a: b\n',
    '- copy:\n    <<: *known\n  vars:\n    x: &known {src: a, dest: /b}\n',
    '- user:\n    name: a\n    uid: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6138\n',
    '- service:\n    name: ssh\n    state: "{{ omit }}"\n    daemon_reload: yes\n',
    '- shell: reboot\n  async: 1\n  poll: 0\n',
    '- action: "{{ which }} a=b"\n',
  ])('%j', (task) => {
    expect(ofTask(task).filter((each) => /error|warning/.test(each))).toEqual(
      task.includes('<<') ? [expect.stringContaining('yaml-syntax')] : [],
    );
  });

  it('where a module is the project’s own', () => {
    const project = { ...PROJECT, knowledge: knowledgeOf(knowledge.facts, new Set(['my_thing'])) };
    const text = '- my_thing:\n    a: b\n';
    expect(analysed(text, TASKS).findings).toHaveLength(1);
    expect(analysed(text, TASKS, undefined, project).findings).toEqual([]);
  });

  it('where collections give short names a meaning', () => {
    const text =
      '- hosts: all\n  collections: [a.b]\n  tasks:\n    - their_module:\n        a: b\n';
    expect(told(text)).toEqual([]);
  });

  it('where module_defaults give what is missing', () => {
    const text =
      '- hosts: all\n  module_defaults:\n    copy: {dest: /a}\n  tasks:\n    - copy:\n        src: a\n';
    expect(told(text)).toEqual([]);
  });
});

describe('what stands beside a fault', () => {
  it('is read as it is: a list over lines with comments and quotes in it', () => {
    const list = 'a: [\n  one, # it\'s the first\n  "two # no comment",\n]\n';
    expect(told(`${list}b: @x\n`, 'group_vars/all.yml')).toEqual(['5 error yaml-syntax “@”']);
    expect(told(list, 'group_vars/all.yml')).toEqual([]);
  });
});

describe('a byte order mark', () => {
  it('changes nothing', () => {
    const text = '- hosts: all\n  tasks:\n    - debug:\n        mesg: a\n';
    for (const path of ['site.yml', 'anything.yml']) {
      expect(told(`\uFEFF${text}`, path)).toEqual(['4 error unknown-option “mesg”']);
      expect(told(`\uFEFF---\n${text}`, path)).toEqual(['5 error unknown-option “mesg”']);
    }
  });
});

describe('a role’s meta/main.yml', () => {
  it('has few keywords, and none else', () => {
    const text = 'dependancies: []\ngalaxy_info:\n  author: me\nallow_duplicates: true\nfoo: 1\n';
    expect(told(text, 'roles/x/meta/main.yml')).toEqual([
      '1 error unknown-keyword “dependancies”',
      '5 error unknown-keyword “foo”',
    ]);
  });
});

describe('needs-root', () => {
  const play = (head: string, task = 'hostname: { name: a }'): string =>
    `- hosts: pis\n${head}  tasks:\n    - ${task}\n`;
  const codes = (text: string): string[] => findingsOf(text).map(({ code }) => code);

  it('is silent where somebody is root', () => {
    for (const head of [
      '  become: yes\n',
      '  remote_user: root\n',
      '  connection: local\n',
      '  vars: {ansible_become: yes}\n',
    ]) {
      expect(codes(play(head)), head).toEqual([]);
    }
    expect(codes(play('', 'hostname: { name: a }\n      become: true'))).toEqual([]);
    expect(codes(play('').replace('pis', 'localhost'))).toEqual([]);
    const project = { ...PROJECT, becomesElsewhere: true };
    expect(analysed(play(''), undefined, undefined, project).findings).toEqual([]);
  });

  it('leaves a misspelt become to the rule of keywords: two fixes would write it twice', () => {
    expect(codes(play('  becom: true\n'))).toEqual(['unknown-keyword']);
    expect(allFixed(play('  becom: true\n'))).toBe(play('  become: true\n'));
  });

  it('is silent on what molecule runs in containers, as root', () => {
    expect(findingsOf(play(''), 'roles/a/molecule/default/converge.yml')).toEqual([]);
  });

  it('looks at where a file goes', () => {
    expect(codes(play('', 'copy: { src: a, dest: /home/pi/a }'))).toEqual([]);
    expect(codes(play('', 'copy: { src: a, dest: /etc/a }'))).toEqual(['needs-root']);
    expect(codes(play('', 'copy: { src: a, dest: /etc/a }\n      delegate_to: localhost'))).toEqual(
      [],
    );
    expect(codes(play('', 'systemd: { name: a, scope: user, state: started }'))).toEqual([]);
  });

  it('is told once a play', () => {
    const two = play('', 'hostname: { name: a }\n    - reboot:');
    expect(findingsOf(two).map(({ message }) => message)).toEqual([
      'hostname needs root here, and the play has no “become: true”. 1 more of this play does, too.',
    ]);
  });
});

describe('document-type', () => {
  it.each([
    ['roles/a/tasks/main.yml', 'name: a\nping:\n', ['1 error document-type “name”']],
    ['roles/a/vars/main.yml', '- a: b\n', ['1 error document-type “- a: b”']],
    ['roles/a/vars/main.yml', '# nothing\n', []],
    ['roles/a/tasks/main.yml', '---\n', []],
  ])('%s %j', (path, text, expected) => {
    expect(told(text, path)).toEqual(expected);
  });
});

describe('noqa', () => {
  it.each([
    ['- command: reboot # noqa\n', []],
    ['- command: reboot # noqa: reboot-by-command\n', []],
    ['- command: reboot # noqa command-instead-of-module\n', []],
    ['- command: reboot # noqa: risky-octal\n', ['reboot-by-command']],
    ['- file:\n    path: /a\n    mode: 644 # noqa: risky-octal no-changed-when\n', []],
    ['- apt: name=a # noqa: no-free-form\n', []],
    ['- apt: nmae=a # noqa: args[module]\n', ['free-form']],
    ['# noqa\n- command: reboot\n', ['reboot-by-command']],
    ['- file:\n    path: /a\n    mode: 644 # noqa: yaml[octal-values]\n', []],
    ['- file:\n    path: /a\n    mode: 644 # noqa: yaml[truthy]\n', ['octal-mode']],
    ['- pingg: # noqa: syntax-check[unknown-module]\n', []],
  ])('%j', (text, codes) => {
    expect(findingsOf(text, TASKS).map(({ code }) => code)).toEqual(codes);
  });
});

describe('secrets', () => {
  it('are not repeated in messages', () => {
    const text = '- user:\n    name: a\n    password: [hunter2]\n- debug: "msg=hunter2\n';
    for (const { message } of findingsOf(text, TASKS)) expect(message).not.toContain('hunter2');
  });
});
