import { expect, it } from 'vitest';
import { toldOf } from './project.ts';

const play = (task: string): Record<string, string> => ({
  'site.yml': `- hosts: pi1\n  become: true\n  tasks:\n    - ${task.replaceAll('\n', '\n      ')}\n`,
});

it.each([
  ['include_role: web', ['site.yml:4 error stray-words “web”']],
  ['include_role:\n  name: web', ['site.yml:5 error missing-role “web”']],
  [
    'ansible.builtin.ping:\nvars:\n  ansible_ssh_user: pi\n  ansible_usr: pi',
    [
      'site.yml:6 information old-variable “ansible_ssh_user”',
      'site.yml:7 warning misspelt-variable “ansible_usr”',
    ],
  ],
  [
    'block:\n  - ansible.builtin.ping:\nvars:\n  ansible_become_password: geheim',
    ['site.yml:7 warning clear-secret “geheim”'],
  ],
])('%j', async (task, expected) => {
  expect(await toldOf(play(task))).toEqual(expected);
});
