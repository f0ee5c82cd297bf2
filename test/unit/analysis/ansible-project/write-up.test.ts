import { describe, expect, it } from 'vitest';
import { fixedAll, toldOfAll, writeUp } from './write-up.ts';

describe('the project of a write-up of 2015', () => {
  it('has every fault shown at once, each on the line and word to change', async () => {
    expect(await toldOfAll(writeUp())).toEqual([
      'handlers/apache.yml:3 hint old-action “action”',
      'inventory/hosts:2 information inventory-old-variable “ansible_ssh_host”',
      'main.yml:3 error removed-keyword “include”',
      'main.yml:5 error removed-keyword “include”',
      'main.yml:7 error removed-keyword “include”',
      'playbooks/apache.yml:4 warning removed-keyword “user”',
      'playbooks/apache.yml:5 error removed-keyword “sudo”',
      'playbooks/apache.yml:10 hint apt-cache “apt”',
      'playbooks/apache.yml:10 hint free-form “"name={{ item }} state=installed"”',
      'playbooks/apache.yml:10 error option-value “installed”',
      'playbooks/apache.yml:11 error bare-loop-variable “apache_packages”',
      'playbooks/apache.yml:16 error removed-keyword “include”',
      'playbooks/apache.yml:20 error removed-keyword “include”',
      'playbooks/sqlite.yml:4 warning removed-keyword “user”',
      'playbooks/sqlite.yml:5 error removed-keyword “sudo”',
      'playbooks/sqlite.yml:9 hint apt-cache “apt”',
      'playbooks/sqlite.yml:9 hint free-form “name={{ item }} state=installed”',
      'playbooks/sqlite.yml:9 error option-value “installed”',
      'playbooks/sqlite.yml:10 error bare-loop-variable “database_packages”',
      'playbooks/sqlite.yml:17 warning open-mode “0777”',
      'playbooks/sqlite.yml:17 hint octal-mode “0777”',
      'playbooks/sqlite.yml:20 hint free-form “src=schema.sql dest={{ database_folder }}/schema.sql mode=0644”',
      'playbooks/sqlite.yml:23 hint free-form “sqlite3 {{ database }} < schema.sql chdir={{ database_folder }} creates={{ database }}”',
      'playbooks/sqlite.yml:26 hint free-form “src={{ database }} dest=/var/www/readings.db state=link”',
      'playbooks/sqlite.yml:32 error removed-keyword “sudo”',
      'playbooks/sqlite.yml:33 error removed-keyword “sudo_user”',
      'playbooks/sqlite.yml:36 hint old-action “local_action”',
      'playbooks/upgrade.yml:4 warning removed-keyword “user”',
      'playbooks/upgrade.yml:5 error removed-keyword “sudo”',
      'playbooks/upgrade.yml:8 hint free-form “update_cache=yes upgrade=safe”',
      'playbooks/upgrade.yml:13 error removed-keyword “always_run”',
      'playbooks/upgrade.yml:17 hint free-form “msg="{{ kernel.stdout }} on {{ inventory_hostname }}"”',
      'playbooks/upgrade.yml:18 warning braces-in-condition “"{{ kernel.stdout != \'\' }}"”',
      'tasks/site.yml:3 hint free-form “path={{ site_root }} state=directory owner=www-data group=www-data mode=0777”',
      'tasks/site.yml:3 warning open-mode “0777”',
      'tasks/site.yml:6 hint free-form “src=index.html.j2 dest={{ site_root }}/index.html owner=www-data mode=644”',
      'tasks/site.yml:12 hint octal-mode “0644”',
      'tasks/site.yml:17 hint free-form “src=../sites-available/{{ site_name }}.conf dest=/etc/apache2/sites-enabled/{{ site_name }}.conf state=link”',
      'tasks/site.yml:21 hint free-form “path=/etc/apache2/sites-enabled/000-default.conf state=absent”',
      'tasks/site.yml:25 hint old-action “action”',
      'tasks/site.yml:25 error option-value “running”',
    ]);
  });

  it('has none after “fix all”, which keeps comments and soon comes to an end', async () => {
    const before = writeUp();
    const { texts, turns } = await fixedAll(before);
    expect(await toldOfAll(texts)).toEqual([]);
    expect(turns).toBeLessThan(5);
    const comments = (all: typeof texts): string[] =>
      Object.values(all)
        .join('')
        .match(/^ *#.*$/gm) ?? [];
    expect(comments(texts)).toEqual(comments(before));
    expect(texts['playbooks/apache.yml']).toBe(`---
- name: A web server
  hosts: webservers
  remote_user: root
  become: false
  vars_files:
    - ../vars/apache.yml
  tasks:
    - name: Install the packages
      apt:
        name: "{{ item }}"
        state: present
        update_cache: true
        cache_valid_time: 3600
      with_items: "{{ apache_packages }}"
      notify: Restart apache

    # - include: ../tasks/php.yml
    - name: The site
      include_tasks: ../tasks/site.yml

  handlers:
    - name: What is done at the end
      import_tasks: ../handlers/apache.yml
`);
  });

  it('has what it names checked through its links', async () => {
    const before = writeUp();
    const wrong = (before['tasks/site.yml'] ?? '').replace('src=index.html.j2', 'src=indx.html.j2');
    expect(await toldOfAll({ ...before, 'tasks/site.yml': wrong })).toContain(
      'tasks/site.yml:6 error missing-template “indx.html.j2”',
    );
  });
});
