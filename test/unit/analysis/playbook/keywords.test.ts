import { describe, expect, it } from 'vitest';
import { findingsOf, fixed, told } from './findings.ts';

const TASKS = 'roles/x/tasks/main.yml';

describe('a play', () => {
  it.each([
    ["- hosts: ''\n  tasks: []\n", ['1 error no-hosts “hosts”']],
    ['- hosts: []\n  tasks: []\n', ['1 error no-hosts “hosts”']],
    ['- hosts: [a]\n  tasks: []\n', []],
    ["- hosts: '{{ a }}'\n  tasks: []\n", []],
    ['- import_playbook:\n', ['1 error no-hosts “import_playbook”']],
    ['- hosts: a\n  roles:\n    - src: b\n    - role: c\n', ['3 error keyword-type “src”']],
    [
      '- hosts: a\n  tasks:\n    - import_playbook: a.yml\n',
      ['3 error wrong-level “import_playbook”'],
    ],
    ['- hosts: a\n  roles:\n    - {name: b, tags: c}\n    - "{{ d }}"\n', []],
    ['- hosts: a\n  vars_prompt: b\n', ['2 error keyword-type “b”']],
    ['- hosts: a\n  order: sortd\n', ['2 error keyword-type “sortd”']],
    ['- hosts: a\n  order: reverse_sorted\n', []],
  ])('%j', (text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  it('without its dash is one still, where playbooks are', () => {
    const text = 'hosts: all\ntasks:\n  - ping:\n';
    expect(told(text, 'site.yml')).toEqual(['1 error document-type “hosts”']);
    expect(told(text, 'playbooks/a.yml')).toEqual(['1 error document-type “hosts”']);
    expect(() => told(text, 'config/a.yml')).toThrow('No rules');
    expect(() => told('all:\n  hosts:\n    a:\n', 'playbooks/a.yml')).toThrow('No rules');
  });
});

describe('a task', () => {
  it.each([
    ['- rescue:\n    - ping:\n', ['1 error wrong-level “rescue”']],
    ['- blok:\n    - ping:\n  rescue:\n    - ping:\n', ['1 error unknown-keyword “blok”']],
    ['- block:\n    - ping:\n  always:\n    - ping:\n', []],
    ['- ping:\n  loop: packages\n', ['2 error bare-loop-variable “packages”']],
    ['- ping:\n  loop: 3\n', ['2 error keyword-type “3”']],
    ['- ping:\n  loop: {a: b}\n', ['2 error keyword-type “{a: b}”']],
    ['- ping:\n  register: a-b\n', ['2 error keyword-type “a-b”']],
    ['- ping:\n  register: a_b2\n', []],
    ['- ping:\n  when:\n    - a: b\n', ['3 error keyword-type “a”']],
    ['- ping:\n  failed_when: [{a: b}, c]\n', ['2 error keyword-type “{a: b}”']],
    ['- action:\n', ['1 error no-module “action”']],
    ['- command: echo {{ a\n', []],
    ['- meta: flush_handler\n', ['1 error option-value “flush_handler”']],
    ['- meta: flush_handlers\n', []],
    ['- meta: "{{ a }}"\n', []],
    ['- file:\n    path: /a\n    mode: 420\n', ['3 hint octal-mode “420”']],
    ["- file:\n    path: /a\n    mode: '0888'\n", ["3 error octal-mode “'0888'”"]],
    ['- file:\n    path: /a\n    mode: u=rw,g=z\n', ['3 error octal-mode “u=rw,g=z”']],
    ['- file:\n    path: /a\n    mode: u=rwX,g-s,o+t,a=u\n', []],
    ['- file:\n    path: /a\n    mode: +x\n', []],
    ['- copy:\n    src: a\n    dest: /a\n    mode: preserve\n', []],
    ['- ping:\n  register: "{{ a }}"\n', []],
    ['- ping:\n  register: [a]\n', ['2 error keyword-type “[a]”']],
    ['- ping:\n  tags:\n    a: b\n    c: d\n', ['3 error keyword-type “a”']],
  ])('%j', (text, expected) => {
    expect(told(text, TASKS)).toEqual(expected);
  });

  it('has a fix that keeps the mode where decimals were meant', () => {
    const task = (mode: string): string => `- file:\n    path: /a\n    mode: ${mode}\n`;
    expect(fixed(task('493'), 'octal-mode', TASKS)).toBe(task('"0755"'));
    expect(fixed(task('644'), 'octal-mode', TASKS)).toBe(task('"0644"'));
  });

  it('whose options stand beside its module says so', () => {
    const messages = findingsOf('- debug:\n  msg: a\n  verbosty: 1\n', TASKS).map(
      ({ message }) => message,
    );
    expect(messages).toEqual([
      '“msg” is an option of debug: indent it further.',
      '“verbosty” is neither a keyword nor a module.',
    ]);
  });

  it('that loops over a word has one fix', () => {
    expect(fixed('- ping:\n  loop: packages\n', 'bare-loop-variable', TASKS)).toBe(
      '- ping:\n  loop: "{{ packages }}"\n',
    );
  });

  it.each([
    ['- copy:\n    dest: /a\n', ['1 error option-combination “copy”']],
    ['- lineinfile:\n    path: /a\n    regexp: ^b\n', ['1 error option-combination “lineinfile”']],
    ['- lineinfile: {path: /a, regexp: ^b, state: absent}\n', []],
    [
      '- copy:\n    src: a\n    content: b\n    dest: /a\n',
      ['3 error option-combination “content”'],
    ],
    ["- copy:\n    content: ''\n    dest: /a\n", []],
    ['- copy: "{{ all }}"\n', []],
  ])('that copies: %j', (text, expected) => {
    expect(told(text, TASKS).filter((each) => !each.includes('missing-option'))).toEqual(expected);
  });
});
