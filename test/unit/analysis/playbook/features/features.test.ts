/** What the editor is told of playbooks besides findings. “¦” is the place that is asked about. */
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../../../core/analysis/ansible-project/read-document.ts';
import type { AnsibleProject } from '../../../../../core/analysis/ansible-project/project.ts';
import type { Completion, Outline } from '../../../../../core/analysis/features.ts';
import { readInventoryText } from '../../../../../core/analysis/inventory/facts.ts';
import type { PlaybookFacts } from '../../../../../core/analysis/playbook/facts.ts';
import {
  complete,
  describe as describeOne,
} from '../../../../../core/analysis/playbook/features/complete.ts';
import { folds } from '../../../../../core/analysis/playbook/features/folds.ts';
import { hints } from '../../../../../core/analysis/playbook/features/hints.ts';
import { hover } from '../../../../../core/analysis/playbook/features/hover.ts';
import {
  hoverInventory,
  inventoryOutline,
} from '../../../../../core/analysis/playbook/features/inventory-features.ts';
import { lenses } from '../../../../../core/analysis/playbook/features/lenses.ts';
import { links } from '../../../../../core/analysis/playbook/features/links.ts';
import { namedAt } from '../../../../../core/analysis/playbook/features/names.ts';
import { occurrences } from '../../../../../core/analysis/playbook/features/occurrences.ts';
import { outline } from '../../../../../core/analysis/playbook/features/outline.ts';
import { projectSymbols } from '../../../../../core/analysis/playbook/features/project-symbols.ts';
import { selections } from '../../../../../core/analysis/playbook/features/selections.ts';
import { completeTemplate } from '../../../../../core/analysis/playbook/features/template-features.ts';
import { tokens } from '../../../../../core/analysis/playbook/features/tokens.ts';
import { kindOf } from '../../../../../core/formats/playbook/document-kind.ts';
import { filesInMemory, indexOf, pathsOf, ROOT } from '../../ansible-project/project.ts';

const TEXTS = {
  'inventory/hosts.yml': `all:
  children:
    sensors:
      hosts:
        pi[1:3]:
    displays:
      hosts:
        kitchen:
          ansible_host: 10.0.0.9
          rpi_model: Raspberry Pi 4 Model B
          port_of_app: 81
`,
  'group_vars/sensors.yml': 'port_of_app: 80\n',
  'site.yml': `- hosts: sensors
  become: true
  vars_files:
    - vars/app.yml
  roles:
    - web
  tasks:
    - name: Configure
      ansible.builtin.template:
        src: app.conf.j2
        dest: /etc/app.conf
        mode: '0644'
      notify: Restart app
    - name: Say
      ansible.builtin.debug:
        msg: "{{ port_of_app | int }} {{ app_name }}"
  handlers:
    - name: Restart app
      ansible.builtin.service:
        name: app
        state: restarted
`,
  'vars/app.yml': 'app_name: thermometer\n',
  'templates/app.conf.j2': 'listen {{ port_of_app }}\nname {{ app_name }}\n',
  'tasks/install.yml': '- ansible.builtin.ping:\n',
  'roles/web/tasks/main.yml': `- ansible.builtin.debug:
    var: app_name
`,
};

async function project(more: Readonly<Record<string, string>> = {}): Promise<AnsibleProject> {
  return (await indexOf(filesInMemory(pathsOf({ ...TEXTS, ...more })))).build();
}

type Asked = {
  readonly facts: PlaybookFacts;
  readonly offset: number;
  readonly ansible: AnsibleProject;
};

async function ask(marked: string, path = 'other.yml'): Promise<Asked> {
  const offset = marked.indexOf('¦');
  const text = marked.replace('¦', '');
  const ansible = await project({ [path]: text });
  const at = `${ROOT}/${path}`;
  const kind = kindOf(at, text, { root: ROOT, isAnsible: true }) ?? 'playbook';
  return { facts: readDocument(at, text, kind, ansible.knowledge), offset, ansible };
}

async function completions(
  marked: string,
  { leavesModules = false, path = 'other.yml' } = {},
): Promise<readonly Completion[]> {
  const { facts, offset, ansible } = await ask(marked, path);
  const answer = complete(facts, offset, { ansible, leavesModules });
  const items = 'items' in answer ? answer.items : answer;
  expect(JSON.stringify(items).length).toBeLessThan(75_000);
  return [...items].sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
}
const labels = async (...args: Parameters<typeof completions>): Promise<string[]> =>
  (await completions(...args)).map(({ label }) => label);

const PLAY = '- hosts: all\n  tasks:\n';

describe('completion', () => {
  it('offers keywords of plays that are not set', async () => {
    const names = await labels('- hosts: all\n  ¦\n');
    expect(names.slice(0, 2)).toEqual(['name', 'become']);
    expect(names).not.toContain('hosts');
    expect(names).not.toContain('register');
  });

  it('offers modules by what their own names begin with, not by letters that all names have', async () => {
    const typed = await completions(`${PLAY}    - bl¦\n`);
    const [first] = typed.filter(({ kind }) => kind === 'module');
    expect(first).toMatchObject({ label: 'ansible.builtin.blockinfile', filter: 'blockinfile' });
    const whole = await completions(`${PLAY}    - ansible.builtin.bl¦\n`);
    const [named] = whole.filter(({ kind }) => kind === 'module');
    expect(named?.label).toBe('ansible.builtin.blockinfile');
    expect(named).not.toHaveProperty('filter');
  });

  it('offers modules in the order people use them, and few of them', async () => {
    const found = await completions(`${PLAY}    - ¦\n`);
    const modules = found.filter(({ kind }) => kind === 'module');
    expect(modules.slice(0, 3).map(({ label }) => label)).toEqual([
      'ansible.builtin.apt',
      'ansible.builtin.copy',
      'ansible.builtin.template',
    ]);
    expect(modules.length).toBeLessThan(200);
    const typed = await completions(`${PLAY}    - name: x\n      doc¦\n`);
    expect(typed.map(({ label }) => label)).toContain('community.docker.docker_container');
    const one = typed.find(({ label }) => label === 'community.docker.docker_container');
    expect(one).toMatchObject({ text: 'community.docker.docker_container:' });
    const { ansible } = await ask(`${PLAY}¦`);
    expect(describeOne(one?.described ?? '', ansible.knowledge)?.documentation).toContain(
      '| **name** |',
    );
  });

  it('offers options and their values in arguments that are a string', async () => {
    const options = await completions(`${PLAY}    - apt: name=git ¦\n`);
    expect(options.find(({ label }) => label === 'state')).toMatchObject({ text: 'state=' });
    expect(options.map(({ label }) => label)).not.toContain('name');
    expect(await labels(`${PLAY}    - apt: name=git state=¦\n`)).toContain('latest');
    expect(await labels(`${PLAY}    - apt: name=git sta¦ update_cache=yes\n`)).toContain('state');
    expect(await labels(`${PLAY}    - template: src=¦ dest=/etc/x\n`)).toEqual(['app.conf.j2']);
    expect(await labels(`${PLAY}    - apt: >\n        name=git\n        sta¦\n`)).toContain(
      'state',
    );
    expect(await labels(`${PLAY}    - action: apt state=¦\n`)).toContain('latest');
    expect(await labels(`${PLAY}    - local_action: comm¦\n`)).toContain('ansible.builtin.command');
    expect(await labels(`${PLAY}    - shell: echo x=1 ¦\n`)).toEqual([]);
    const left = await labels(`${PLAY}    - apt: name=git ¦\n`, { leavesModules: true });
    expect(left).toEqual([]);
  });

  it('offers keywords of roles', async () => {
    const names = await labels('- hosts: all\n  roles:\n    - role: web\n      ¦\n');
    expect(names.slice(0, 3)).toEqual(['vars', 'when', 'tags']);
    expect(names).not.toContain('notify');
  });

  it('offers no second module, and none where another extension does', async () => {
    const second = await completions(`${PLAY}    - apt:\n        name: x\n      w¦\n`);
    expect(second.map(({ label }) => label)).toContain('when');
    expect(second.some(({ kind }) => kind === 'module')).toBe(false);
    const left = await completions(`${PLAY}    - ¦\n`, { leavesModules: true });
    expect(left.some(({ kind }) => kind === 'module')).toBe(false);
    expect(left.map(({ label }) => label)).toContain('register');
  });

  it('offers options, required ones first, without those that are given', async () => {
    const names = await labels(`${PLAY}    - ansible.builtin.copy:\n        src: a\n        ¦\n`);
    expect(names[0]).toBe('dest');
    expect(names).not.toContain('src');
    expect(names).toContain('mode');
  });

  it('offers choices, and the values of switches', async () => {
    expect(await labels(`${PLAY}    - apt:\n        state: ¦\n`)).toContain('latest');
    expect(await labels(`${PLAY}    - become: ¦\n`)).toEqual(['true', 'false']);
  });

  it('offers hosts and groups, handlers, roles, files and tags', async () => {
    expect(await labels('- hosts: ¦\n')).toEqual(
      expect.arrayContaining(['all', 'sensors', 'displays', 'kitchen', 'pi1']),
    );
    const site = TEXTS['site.yml'];
    expect(
      await labels(site.replace('notify: Restart app', 'notify: ¦'), { path: 'site.yml' }),
    ).toEqual(['Restart app']);
    expect(await labels('- hosts: all\n  roles:\n    - ¦\n')).toEqual(['web']);
    expect(await labels(`${PLAY}    - template:\n        src: ¦\n`)).toEqual(['app.conf.j2']);
    expect(await labels(`${PLAY}    - include_role:\n        name: ¦\n`)).toEqual(['web']);
    expect(await labels('- import_playbook: ¦\n')).toEqual(['site.yml']);
    expect(
      await labels(
        `${PLAY}    - command: a\n      tags: [slow]\n    - command: b\n      tags:\n        - ¦\n`,
      ),
    ).toContain('slow');
  });

  it('offers what keywords can be, and the keys of what belongs to no module', async () => {
    expect(await labels('- hosts: all\n  strategy: ¦\n')).toContain('free');
    expect(await labels('- hosts: all\n  gather_facts: ¦\n')).toEqual(['true', 'false']);
    expect(await labels(`${PLAY}    - meta: ¦\n`)).toContain('flush_handlers');
    expect(await labels(`${PLAY}    - meta: ¦\n`, { leavesModules: true })).toEqual([]);
    const control = `${PLAY}    - ping:\n      loop: [1]\n      loop_control:\n        label: x\n        ¦\n`;
    const keys = await labels(control);
    expect(keys).toContain('loop_var');
    expect(keys).not.toContain('label');
    expect(await labels('- hosts: all\n  vars_prompt:\n    - ¦\n')).toContain('prompt');
  });

  it('offers files as they are found: of tasks outside a role, and those of a role', async () => {
    const site = (path: string, line: string): Promise<string[]> =>
      labels(`${PLAY}    - ${line}\n`, { path });
    // Beside a playbook Ansible goes into no folder by itself.
    expect(await site('a.yml', 'include_tasks: ¦')).toEqual(['tasks/install.yml']);
    expect(await site('tasks/a.yml', 'include_tasks: ¦')).toEqual(['install.yml']);
    expect(
      await labels(`${PLAY}    - include_role:\n        name: web\n        tasks_from: ¦\n`),
    ).toEqual(['main']);
  });

  it('offers facts within ansible_facts', async () => {
    const facts = async (inside: string): Promise<string[]> =>
      labels(`${PLAY}    - debug:\n        msg: "{{ ${inside}¦ }}"\n`);
    expect(await facts('ansible_facts.')).toContain('os_family');
    expect(await facts("ansible_facts['dist")).toContain('distribution_release');
  });

  it('offers variables, filters, tests and lookups within templates', async () => {
    const vars = await labels(TEXTS['site.yml'].replace('{{ port_of_app | int }}', '{{ ¦ }}'), {
      path: 'site.yml',
    });
    expect(vars).toEqual(expect.arrayContaining(['port_of_app', 'app_name', 'inventory_hostname']));
    const filters = await labels(`${PLAY}    - debug:\n        msg: "{{ x | to_j¦ }}"\n`);
    expect(filters).toContain('to_json');
    expect(await labels(`${PLAY}    - debug:\n      when: x is def¦\n`)).toContain('defined');
    expect(await labels(`${PLAY}    - debug:\n      when: inv¦\n`)).toContain('inventory_hostname');
    expect(await labels(`${PLAY}    - debug:\n        msg: "{{ groups['¦'] }}"\n`)).toContain(
      'sensors',
    );
    expect(await labels(`${PLAY}    - debug:\n        msg: "{{ lookup('fi¦') }}"\n`)).toContain(
      'file',
    );
    const ansible = await project();
    const template = completeTemplate(
      'a {{ app',
      8,
      { knowledge: ansible.knowledge, ansible },
      `${ROOT}/templates/app.conf.j2`,
    );
    expect(('items' in template ? template.items : template).map(({ label }) => label)).toContain(
      'app_name',
    );
  });

  it('offers nothing in comments, strings and names', async () => {
    expect(await labels(`${PLAY}    # ¦\n`)).toEqual([]);
    expect(await labels(`${PLAY}    - name: ¦\n`)).toEqual([]);
    expect(await labels(`${PLAY}    - debug:\n        msg: "{{ 'x ¦' }}"\n`)).toEqual([]);
  });
});

async function told(
  marked: string,
  path?: string,
  leavesModules = false,
): Promise<string | undefined> {
  const { facts, offset, ansible } = await ask(marked, path);
  const found = hover(facts, offset, { ansible, leavesModules });
  return found === undefined
    ? undefined
    : `${facts.text.slice(found.range.start, found.range.end)}\n${found.markdown}`;
}

describe('hover', () => {
  it('tells of modules, options and keywords', async () => {
    const module = await told(`${PLAY}    - a¦pt:\n        name: x\n`);
    expect(module).toMatch(/^apt\n\*\*ansible\.builtin\.apt\*\*/);
    expect(module).toContain('| cache_valid_time | int |');
    expect(await told(`${PLAY}    - apt:\n        up¦grade: dist\n`)).toMatch(/^upgrade\n.*`dist`/);
    expect(await told(`${PLAY}    - apt: name=x\n      bec¦ome: true\n`)).toMatch(
      /^become\n.*another user/,
    );
    expect(await told('- ho¦sts: all\n')).toMatch(/^hosts\n/);
    expect(await told(`${PLAY}    - a¦pt:\n        name: x\n`, undefined, true)).toBeUndefined();
  });

  it('tells a variable with its values and where they come from', async () => {
    const site = TEXTS['site.yml'].replace('{{ port_of', '{{ por¦t_of');
    const markdown = await told(site, 'site.yml');
    expect(markdown).toMatch(/^port_of_app\n/);
    expect(markdown).toContain('`group_vars/sensors.yml`');
    expect(markdown).toMatch(/\| kitchen \| `81` \|/);
  });

  it('tells a host and a group with what is known of them', async () => {
    expect(await told('- hosts: sen¦sors\n')).toContain('3 hosts');
    expect(await told('- hosts: kit¦chen\n')).toContain('Raspberry Pi 4 Model B');
    const ansible = await project();
    const text = TEXTS['inventory/hosts.yml'];
    const facts = readInventoryText(text, `${ROOT}/inventory/hosts.yml`);
    expect(hoverInventory(facts, text.indexOf('kitchen'), ansible)?.markdown).toContain('10.0.0.9');
  });

  it('tells of filters', async () => {
    expect(await told(`${PLAY}    - debug:\n        msg: "{{ x | to¦_json }}"\n`)).toMatch(
      /^to_json\n/,
    );
  });
});

async function places(marked: string, path: string, only?: 'definitions'): Promise<string[]> {
  const { facts, offset, ansible } = await ask(marked, path);
  const named = namedAt(facts, offset);
  if (named === undefined) return [];
  const texts = pathsOf({ ...TEXTS, [path]: facts.text });
  const read = (each: string): Promise<string | undefined> => Promise.resolve(texts.get(each));
  const found = await occurrences(named, ansible, facts.path, read, only);
  return found.map(({ path: at, start, end, isDefinition }) => {
    const text = texts.get(at) ?? '';
    const line = text.slice(0, start).split('\n').length;
    return `${at.slice(ROOT.length + 1)}:${line} ${text.slice(start, end)}${isDefinition ? '!' : ''}`;
  });
}

describe('names in all of the project', () => {
  const site = TEXTS['site.yml'];

  it('finds a variable', async () => {
    expect(await places(site.replace('{{ app_name', '{{ app¦_name'), 'site.yml')).toEqual([
      'roles/web/tasks/main.yml:2 app_name',
      'site.yml:16 app_name',
      'templates/app.conf.j2:2 app_name',
      'vars/app.yml:1 app_name!',
    ]);
    expect(await places(site.replace('{{ port', '{{ ¦port'), 'site.yml', 'definitions')).toEqual([
      'group_vars/sensors.yml:1 port_of_app!',
      'inventory/hosts.yml:11 port_of_app!',
    ]);
  });

  it('finds a handler, a role, a group and a host', async () => {
    expect(await places(site.replace('notify: R', 'notify: ¦R'), 'site.yml')).toEqual([
      'site.yml:13 Restart app',
      'site.yml:18 Restart app!',
    ]);
    expect(await places(site.replace('- web', '- w¦eb'), 'site.yml', 'definitions')).toEqual([
      'roles/web/tasks/main.yml:1 !',
    ]);
    expect(await places(site.replace('sensors', 'sens¦ors'), 'site.yml')).toEqual([
      'inventory/hosts.yml:3 sensors!',
      'site.yml:1 sensors',
    ]);
    expect(await places('- hosts: kit¦chen\n', 'other.yml', 'definitions')).toEqual([
      'inventory/hosts.yml:8 kitchen!',
    ]);
    expect(await places('- hosts: pi¦2\n', 'other.yml', 'definitions')).toEqual([
      'inventory/hosts.yml:5 pi[1:3]!',
    ]);
  });

  it('finds symbols by some of their letters', async () => {
    const ansible = await project();
    const names = projectSymbols(ansible, 'appnm').map(({ name }) => name);
    expect(names).toEqual(['app_name']);
    expect(projectSymbols(ansible, 'restart').map(({ name }) => name)).toEqual(['Restart app']);
  });
});

describe('what is seen in the text', () => {
  const flat = (outlines: readonly Outline[]): string[] =>
    outlines.flatMap(({ name, children = [] }) => [
      name,
      ...flat(children).map((each) => `  ${each}`),
    ]);

  it('outlines plays, tasks and handlers, groups and hosts', async () => {
    const { facts } = await ask(TEXTS['site.yml'], 'site.yml');
    expect(flat(outline(facts))).toEqual([
      'sensors',
      '  Configure',
      '  Say',
      '  handlers',
      '    Restart app',
    ]);
    const inventory = readInventoryText(
      TEXTS['inventory/hosts.yml'],
      `${ROOT}/inventory/hosts.yml`,
    );
    expect(flat(inventoryOutline(inventory))).toEqual(
      expect.arrayContaining(['sensors', '  pi[1:3]', 'displays', '  kitchen']),
    );
  });

  it('leads to files, counts hosts and can run plays', async () => {
    const { facts, ansible } = await ask(TEXTS['site.yml'], 'site.yml');
    expect(links(facts, ansible).map(({ tooltip }) => tooltip)).toEqual(
      expect.arrayContaining(['vars/app.yml', 'templates/app.conf.j2']),
    );
    expect(hints(facts, ansible).map(({ label, at }) => [label, facts.text.slice(0, at)])).toEqual([
      ['3 hosts', '- hosts: sensors'],
    ]);
    expect(lenses(facts).map(({ runs }) => runs)).toEqual(['all', 'check', 'group']);
  });

  it('folds, selects and colours without overlaps', async () => {
    const { facts, offset } = await ask(
      TEXTS['site.yml'].replace('app.conf.j2', 'app.co¦nf.j2'),
      'site.yml',
    );
    expect(folds(facts).length).toBeGreaterThan(5);
    const around = selections(facts, offset).map(({ start, end }) => facts.text.slice(start, end));
    expect(around.slice(0, 2)).toEqual(['app.conf.j2', 'src: app.conf.j2']);
    around.slice(1).forEach((text, index) => expect(text).toContain(around[index]));
    const found = tokens(facts);
    const named = (type: string): string[] =>
      found
        .filter((token) => token.type === type)
        .map(({ start, end }) => facts.text.slice(start, end));
    expect(named('function')).toContain('ansible.builtin.template');
    expect(named('keyword')).toEqual(expect.arrayContaining(['hosts', 'notify', 'handlers']));
    expect(named('variable')).toEqual(['port_of_app', 'app_name']);
    expect(named('method')).toEqual(['int']);
    found
      .slice(1)
      .forEach(({ start }, index) => expect(start).toBeGreaterThanOrEqual(found[index]?.end ?? 0));
  });
});
