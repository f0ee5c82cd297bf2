/** What is offered behind the dot of a variable, and below a role’s vars. “¦” is the place. */
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../../../core/analysis/ansible-project/read-document.ts';
import { complete } from '../../../../../core/analysis/playbook/features/complete.ts';
import { completeTemplate } from '../../../../../core/analysis/playbook/features/template-features.ts';
import { filesInMemory, indexOf, pathsOf, ROOT } from '../../ansible-project/project.ts';

const TEXTS = {
  'hosts.ini': '[pis]\npi1\n',
  'group_vars/all.yml': 'web:\n  port: 80\n  tls:\n    enabled: true\n    key-file: x\nplain: 1\n',
  'roles/web/defaults/main.yml': 'web_port: 80\nweb_user:\n  home: /srv\n',
  'roles/web/tasks/main.yml': '- ansible.builtin.debug:\n    var: web_port\n',
  'roles/web/templates/a.j2': 'x\n',
};
const index = await indexOf(filesInMemory(pathsOf(TEXTS)));
const ansible = await index.build();

function offered(marked: string, path = 'other.yml'): string[] {
  const offset = marked.indexOf('¦');
  const text = marked.replace('¦', '');
  const at = `${ROOT}/${path}`;
  const { knowledge } = ansible;
  const answer = path.endsWith('.j2')
    ? completeTemplate(text, offset, { knowledge, ansible }, at)
    : complete(readDocument(at, text, 'playbook', knowledge), offset, {
        ansible,
        leavesModules: false,
      });
  return ('items' in answer ? answer.items : answer).map(({ label }) => label);
}
const said = (expression: string): string[] =>
  offered(
    `- hosts: pis\n  vars:\n    here:\n      one: 1\n  tasks:\n    - ansible.builtin.command: uptime\n      register: up\n    - ansible.builtin.debug:\n        msg: "${expression}"\n`,
  );

describe('behind a variable', () => {
  it('the keys of a mapping in group_vars are offered, and those below them', () => {
    expect(said('{{ web.¦ }}')).toEqual(['port', 'tls']);
    expect(said('{{ web.p¦ }}')).toContain('port');
    expect(said('{{ web.tls.¦ }}')).toEqual(['enabled']);
    expect(said("{{ web['tls'].¦ }}")).toEqual(['enabled']);
    expect(said("{{ web['¦'] }}")).toEqual(['port', 'tls']);
    expect(said('{{ plain | default(web.¦) }}')).toEqual(['port', 'tls']);
  });

  it('the keys of a mapping of the play, and in the templates of a role those of its defaults', () => {
    expect(said('{{ here.¦ }}')).toEqual(['one']);
    expect(offered('{{ web_user.¦ }}', 'roles/web/templates/a.j2')).toEqual(['home']);
  });

  it('what a registered result has, also in a condition', () => {
    expect(said('{{ up.¦ }}').slice(0, 3)).toEqual(['stdout', 'stdout_lines', 'rc']);
    const task = '- hosts: pis\n  tasks:\n    - ansible.builtin.ping:\n      register: up\n';
    expect(offered(`${task}    - ansible.builtin.ping:\n      when: up.¦\n`)).toContain('changed');
  });

  it('the parts of facts', () => {
    expect(said('{{ ansible_default_ipv4.¦ }}')[0]).toBe('address');
    expect(said("{{ ansible_facts['date_time'].¦ }}")).toContain('epoch');
  });

  it('nothing of what is no mapping, of calls, and within strings', () => {
    expect(said('{{ plain.¦ }}')).toEqual([]);
    expect(said("{{ 'web.¦' }}")).toEqual([]);
    expect(said('{{ web().¦ }}')).toEqual([]);
    expect(said('{{ other[web].¦ }}')).toEqual([]);
  });
});

describe('below the vars of a role', () => {
  const DEFAULTS = ['web_port', 'web_user'];

  it('the variables of its defaults are offered that are not set yet', () => {
    const entry = '- hosts: pis\n  roles:\n    - other\n    - role: web\n      vars:\n';
    expect(offered(`${entry}        ¦\n`)).toEqual(DEFAULTS);
    expect(offered(`${entry}        web_port: 1\n        ¦\n  tasks: []\n`)).toEqual(['web_user']);
    expect(offered('- hosts: pis\n  roles:\n    - vars:\n        ¦\n      role: web\n')).toEqual(
      DEFAULTS,
    );
  });

  it('of include_role and import_role too, however they are written', () => {
    const before = '- hosts: pis\n  tasks:\n    - name: A role\n      ';
    const vars = 'vars:\n        ¦\n';
    for (const call of [
      'ansible.builtin.include_role:\n        name: web\n      ',
      'import_role: name=web\n      ',
      'include_role: {name: web}\n      ',
    ]) {
      expect(offered(before + call + vars)).toEqual(DEFAULTS);
    }
    expect(offered(`${before}${vars}      include_role:\n        name: web\n`)).toEqual(DEFAULTS);
  });

  it('nothing below the vars of another task, or of a role that is not there', () => {
    const task = '- hosts: pis\n  tasks:\n    - include_role:\n        name: web\n';
    expect(offered(`${task}    - ansible.builtin.ping:\n      vars:\n        ¦\n`)).toEqual([]);
    expect(offered('- hosts: pis\n  roles:\n    - role: no\n      vars:\n        ¦\n')).toEqual([]);
  });
});
