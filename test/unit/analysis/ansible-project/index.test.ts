import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAnsibleCfg } from '../../../../core/analysis/ansible-project/ansible-cfg.ts';
import { extraVariables } from '../../../../core/analysis/ansible-project/extra-variables.ts';
import { createAnsibleIndex } from '../../../../core/analysis/ansible-project/index.ts';
import { loadAnsibleFacts } from '../../../../core/data/ansible-facts.ts';
import type { InventoryFiles } from '../../../../core/inventory/files.ts';
import { readTemplates } from '../../../../core/init/template-tree.ts';
import { renderTemplate, sshOption, yamlScalar } from '../../../../core/init/template-values.ts';
import { SCAFFOLD_LAYOUT } from '../../../../core/init/ansible-layout.ts';
import { resource } from '../../../../core/resources.ts';
import {
  inventoryProjectOf,
  isInventoryFile,
  rpiYmlProjectOf,
} from '../../../../core/analysis/ansible-project/surroundings.ts';
import { filesInMemory, indexOf, pathsOf, ROOT, told } from './project.ts';

/** `files` that remember what was read. */
function watched(files: InventoryFiles): InventoryFiles & { readonly reads: string[] } {
  const reads: string[] = [];
  return {
    ...files,
    reads,
    read: (path) => {
      reads.push(path);
      return files.read(path);
    },
  };
}

/** A project of so many roles, each with four files. */
function manyRoles(count: number): Map<string, string> {
  const texts = pathsOf({
    'site.yml': `- hosts: all\n  roles:\n${Array.from({ length: count }, (_, n) => `    - role${n}\n`).join('')}`,
  });
  for (let n = 0; n < count; n++) {
    const role = join(ROOT, 'roles', `role${n}`);
    texts.set(join(role, 'defaults/main.yml'), `port${n}: ${n}\n`);
    texts.set(join(role, 'handlers/main.yml'), `- name: Restart ${n}\n  ansible.builtin.ping:\n`);
    texts.set(join(role, 'templates/x.conf.j2'), `port = {{ port${n} }}\n`);
    texts.set(
      join(role, 'tasks/main.yml'),
      `- name: Write\n  ansible.builtin.template:\n    src: x.conf.j2\n    dest: /etc/x${n}\n    mode: "0644"\n  notify: Restart ${n}\n`,
    );
  }
  return texts;
}

describe('the index', () => {
  it('reads again only what changed', async () => {
    const texts = manyRoles(5);
    const files = watched(filesInMemory(texts));
    const index = await indexOf(files);
    const first = await index.build();
    const path = join(ROOT, 'roles/role3/defaults/main.yml');
    files.reads.length = 0;
    texts.set(path, 'port3: 1\nmore: 2\n');
    const second = await index.update([path]);
    expect(new Set(files.reads)).toEqual(new Set([path]));
    expect(second.documents.get(path)?.extract.definitions.map(({ name }) => name)).toEqual([
      'port3',
      'more',
    ]);
    for (const [other, document] of first.documents) {
      if (other !== path) expect(second.documents.get(other)).toBe(document);
    }
    expect(second.knowledge).toBe(first.knowledge);
    expect(index.current()).toBe(second);
  });

  it('sees files come and go', async () => {
    const texts = manyRoles(1);
    const index = await indexOf(filesInMemory(texts));
    const before = await index.build();
    const site = join(ROOT, 'site.yml');
    const play = '- hosts: all\n  vars_files: [vars/new.yml]\n';
    expect(told(before, site, play)).toEqual(['site.yml:2 error missing-vars “vars/new.yml”']);
    const added = join(ROOT, 'vars/new.yml');
    texts.set(added, 'a: 1\n');
    expect(told(await index.update([added]), site, play)).toEqual([]);
    texts.delete(added);
    expect(told(await index.update([added]), site, play)).toHaveLength(1);
  });

  it('says the same after updates as when it is built anew', async () => {
    const texts = manyRoles(3);
    const index = await indexOf(filesInMemory(texts));
    await index.build();
    const changes: Readonly<Record<string, string>> = {
      'inventory/hosts.yml': 'all:\n  hosts:\n    pi1: {x: 1}\n',
      'group_vars/all.yml': 'y: 1\n',
      'library/mine.py': '',
      'filter_plugins/own.py': 'x = {"shorter": 1}\n',
      'roles/extra/tasks/main.yml': '- mine:\n  register: z\n',
      'ansible.cfg': '[defaults]\nroles_path = elsewhere\n',
      'site.yml': '- hosts: pi1\n  roles: [extra]\n',
    };
    for (const [path, text] of Object.entries(changes)) {
      texts.set(join(ROOT, path), text);
      await index.update([join(ROOT, path)]);
    }
    const fresh = await (await indexOf(filesInMemory(texts))).build();
    const updated = index.current();
    const shown = (project: typeof fresh | undefined): unknown => ({
      documents: [...(project?.documents.keys() ?? [])].sort(),
      roles: [...(project?.roles ?? [])].sort(),
      files: [...(project?.tree.files ?? [])].sort(),
      plugins: [...(project?.plugins.filter ?? [])],
      modules: [...(project?.knowledge.localModules ?? [])],
      variables: [...(project?.hosts.variables ?? [])],
      hosts: project?.hosts.inventories,
    });
    expect(shown(updated)).toEqual(shown(fresh));
  });

  it('leaves room for other work while it is built', async () => {
    const facts = await loadAnsibleFacts();
    const files = filesInMemory(manyRoles(50));
    const index = createAnsibleIndex({ root: ROOT, files, facts, slice: 0 });
    let turns = 0;
    let done = false;
    const building = index.build().then(() => {
      done = true;
    });
    const turn = (): void => {
      turns++;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    await building;
    expect(index.current()?.documents.size).toBeGreaterThan(150);
    expect(turns).toBeGreaterThan(100);
  });

  it('passes over what is not the project’s own, and says nothing of it', async () => {
    const texts = pathsOf({
      'site.yml':
        '- hosts: all\n  tasks:\n    - include_tasks: .hidden/x.yml\n    - include_tasks: shown/x.yml\n',
      'node_modules/x/tasks/main.yml': '- ping:\n',
      '.git/x.yml': '- hosts: all\n',
      '.hidden/x.yml': '- ping:\n',
    });
    const project = await (await indexOf(filesInMemory(texts))).build();
    expect([...project.documents.keys()]).toEqual([`${ROOT}/site.yml`]);
    const text = texts.get(`${ROOT}/site.yml`) ?? '';
    expect(told(project, `${ROOT}/site.yml`, text, ({ code }) => code === 'missing-tasks')).toEqual(
      ['site.yml:4 error missing-tasks “shown/x.yml”'],
    );
  });

  it('goes on where files can’t be read or are no YAML', async () => {
    const texts = pathsOf({
      'site.yml': '- hosts: all\n',
      'vars/x.yml': ': : {{\n\t- a',
      'inventory/hosts': '[a\n',
    });
    const files = filesInMemory(texts);
    const failing: InventoryFiles = {
      ...files,
      read: (path) =>
        path.endsWith('site.yml') ? Promise.reject(new Error('no')) : files.read(path),
    };
    const project = await (await indexOf(failing)).build();
    expect(project.hosts.isComplete).toBe(false);
    expect(project.documents.has(`${ROOT}/vars/x.yml`)).toBe(true);
  });
});

describe('ansible.cfg', () => {
  it('says where things are', () => {
    const text =
      '# x\n[other]\nroles_path = no\n[defaults]\ninventory = hosts.yml, more/ ; c\nroles_path = roles:../shared:~/.ansible/roles\nlibrary=lib\n';
    expect(parseAnsibleCfg(text, '/a/b/ansible.cfg')).toMatchObject({
      inventories: ['/a/b/hosts.yml', '/a/b/more/'],
      rolesPath: ['/a/b/roles', '/a/shared'],
      library: ['/a/b/lib'],
      hasVarsPlugins: false,
      hasForeignRoles: true,
    });
    const own = '[defaults]\nroles_path = roles:./vendor/roles\n';
    expect(parseAnsibleCfg(own, '/a/b/ansible.cfg').hasForeignRoles).toBe(false);
  });
});

describe('variables of command lines', () => {
  it.each([
    ['ansible-playbook x.yml -e a=1 -e "b=2 c=3"', ['a', 'b', 'c']],
    ['ansible-playbook x.yml --extra-vars=\'{"d": 1, "e": {}}\'', ['d', 'e']],
    ['"args": ["x.yml", "-e", "f=1"]', ['f']],
    ['ansible-playbook x.yml -e @file.yml', []],
    ['grep -v x', []],
  ])('%s', (text, names) => {
    expect(extraVariables(text)).toEqual(names);
  });
});

describe('what rpi init makes', () => {
  it('has no finding', async () => {
    const values = {
      projectName: 'garden',
      projectId: 'garden-5f3a9c',
      networks: [],
      identityFile: '~/key',
      knownHostsFile: '/known_hosts',
      dataFolder: '/data',
      inventory: 'inventory/hosts.yml',
      playbooks: SCAFFOLD_LAYOUT.playbooks,
      scaffold: true,
      sshOption,
      yaml: yamlScalar,
    };
    const templates = await readTemplates([resource('templates/project')]);
    const texts = pathsOf(
      Object.fromEntries(templates.map((each) => [each.path, renderTemplate(each, values)])),
    );
    texts.set(join(ROOT, 'inventory/hosts.yml'), 'all:\n  hosts:\n    kitchen:\n');
    const project = await (await indexOf(filesInMemory(texts))).build();
    expect(project.documents.size).toBeGreaterThan(15);
    expect([...texts].flatMap(([path, text]) => told(project, path, text))).toEqual([]);
  });
});

describe('what surrounds inventories and rpi.yml', () => {
  const texts = pathsOf({
    'ansible.cfg': '[defaults]\ninventory = inventory\n',
    'inventory/one.yml': 'a:\n  children:\n    b:\n',
    'inventory/two.yml': 'b:\n  children:\n    c:\n      hosts:\n        pi1:\n',
    'inventory/README.md': 'x',
    'inventory/group_vars/a.yml': 'x: 1\n',
    'playbooks/deploy.yml': '- hosts: all\n',
  });

  it('is told by the index', async () => {
    const project = await (await indexOf(filesInMemory(texts))).build();
    const files = [...texts.keys()].filter((path) => isInventoryFile(project, path));
    expect(files.map((path) => path.slice(ROOT.length + 1))).toEqual([
      'inventory/one.yml',
      'inventory/two.yml',
    ]);
    expect(inventoryProjectOf(project, `${ROOT}/inventory/two.yml`)).toEqual({
      children: [{ group: 'a', child: 'b' }],
    });
    const { exists, groups } = rpiYmlProjectOf(project);
    expect([exists?.('playbooks/deploy.yml'), exists?.('playbooks/x.yml')]).toEqual([true, false]);
    expect([...(groups ?? [])].sort()).toEqual(['a', 'all', 'b', 'c', 'ungrouped']);
  });
});

it('keeps its shape while only places change', async () => {
  const texts = manyRoles(2);
  const index = await indexOf(filesInMemory(texts));
  const first = await index.build();
  const path = join(ROOT, 'roles/role0/tasks/main.yml');
  texts.set(path, `# a comment\n${texts.get(path) ?? ''}`);
  const moved = await index.update([path]);
  expect(moved.shape).toBe(first.shape);
  expect(moved.documents.get(path)).not.toBe(first.documents.get(path));
  texts.set(path, `${texts.get(path) ?? ''}  register: result\n`);
  expect((await index.update([path])).shape).not.toBe(first.shape);
});
