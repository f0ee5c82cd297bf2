import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { playbookOutline } from '../../../core/ansible/playbook-outline.ts';

describe('the outline of a playbook', () => {
  test('has the tags of plays, roles, blocks and tasks, each once', () => {
    const outline = playbookOutline(`---
- name: Base
  hosts: all
  tags: base
  roles:
    - common
    - { role: web, tags: [web, page] }
  tasks:
    - name: One
      ansible.builtin.debug:
      tags: "slow, base"
    - block:
        - name: Two
          ansible.builtin.debug:
          tags: [inner, "{{ computed }}"]
      rescue:
        - ansible.builtin.debug:
          tags: rescued
- import_playbook: other.yml
  tags: 7
`);
    expect(outline).toEqual({
      plays: ['Base', 'other.yml'],
      tags: ['7', 'base', 'inner', 'page', 'rescued', 'slow', 'web'],
    });
  });

  test('names a play without a name by its hosts', () => {
    expect(playbookOutline('- hosts: greenhouse\n')?.plays).toEqual(['hosts: greenhouse']);
  });

  test('reads past vaulted values', () => {
    const text =
      '- hosts: all\n  vars:\n    secret: !vault |\n      $ANSIBLE_VAULT;1.1\n  tags: x\n';
    expect(playbookOutline(text)?.tags).toEqual(['x']);
  });

  test('is there for a playbook with a fault: running it shows what Ansible says', () => {
    expect(playbookOutline('- hosts: all\n  tasks: [\n')?.plays).toEqual(['hosts: all']);
  });

  test.each([
    ['a task file', '- name: One\n  ansible.builtin.debug:\n'],
    ['variables', 'a: 1\n'],
    ['an empty list', '[]'],
    ['nothing', ''],
    ['a list of words', '- hosts\n- all\n'],
  ])('is none of %s', (_what, text) => {
    expect(playbookOutline(text)).toBeUndefined();
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string(), (text) => void playbookOutline(text)));
  });
});
