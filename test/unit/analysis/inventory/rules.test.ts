import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseInventory } from '../../../../core/analysis/inventory/language.ts';
import { meantConnectionVariable } from '../../../../core/analysis/inventory/connection-variables.ts';
import type { InventoryProject } from '../../../../core/analysis/inventory/project.ts';
import type { Finding } from '../../../../core/analysis/finding.ts';
import { parseIniInventory } from '../../../../core/formats/inventory/ini-inventory.ts';
import { parseYamlInventory } from '../../../../core/formats/inventory/yaml-inventory.ts';
import { applyEdits } from '../../../../core/formats/text-edit.ts';
import { runs } from '../../../property-runs.ts';

const crash = (code: string, error: unknown): never => {
  throw new Error(`The rule ${code} crashed.`, { cause: error });
};

const findingsOf = (
  path: string,
  text: string,
  project: InventoryProject = {},
): readonly Finding[] => analyseInventory({ path, text }, project, undefined, crash).findings;

/** `LINE SEVERITY CODE “underlined”`. */
const told = (path: string, text: string, project?: InventoryProject): string[] =>
  findingsOf(path, text, project).map(({ start, end, severity, code }) => {
    const line = text.slice(0, start).split('\n').length;
    return `${line} ${severity} ${code} “${text.slice(start, end)}”`;
  });

describe('YAML', () => {
  it.each<readonly [text: string, ...told: string[]]>([
    ['all:\n  hosts:\n    pi1:\n'],
    [''],
    ['---\n'],
    ['plugin: community.general.nmap\nstrict: false\n'],
    ['- a\n', '1 error inventory-syntax “- a”'],
    ['all:\n  hosts: [a, b]\n', '2 error inventory-syntax “[a, b]”'],
    ['all:\n\thosts:\n', '2 error inventory-syntax “\t”'],
    ['all:\n  hosts:\n    7:\n', '3 error inventory-syntax “7”'],
    ['all:\n  hosts:\n    pi[3:1:0]:\n', '3 error inventory-syntax “pi[3:1:0]”'],
    ['all:\n  hosts:\n    pi1: here\n', '3 error inventory-syntax “here”'],
    ['all:\n  hosts:\n    pi1:\n    pi1:\n', '4 warning inventory-duplicate “pi1”'],
    ['a:\n  hosts:\n    x:\na:\n  hosts:\n    y:\n', '4 warning inventory-duplicate “a”'],
    ['all:\n  hosts:\n    x:\n  hosts:\n    y:\n', '4 warning inventory-duplicate “hosts”'],
    ['all:\n  vars:\n    x: 1\n    x: 2\n', '4 warning inventory-duplicate “x”'],
    [
      'a:\n  hosts:\n    x: {v: 1, w: 1}\nb:\n  hosts:\n    x: {v: 2, w: 1}\n',
      '6 warning inventory-duplicate “v”',
    ],
    ['a:\n  hosts:\n    x:\nb:\n  hosts:\n    x:\n'],
    ['a:\n  hosts:\n    x[1:3]: {v: 1}\n    x2: {v: 2}\n'],
    ['a:\n  children:\n    a:\n', '3 error inventory-group-loop “a”'],
    [
      'a:\n  children:\n    b:\n      children:\n        c:\n          children:\n            a:\n',
      '7 error inventory-group-loop “a”',
    ],
    ['a:\n  children:\n    b:\n    c:\nb:\n  children:\n    c:\n'],
    ['all:\n  child:\n    x:\n', '2 warning inventory-key “child”'],
    ['hosts:\n  x:\n', '1 warning inventory-key “hosts”'],
    [
      'my group:\n1st:\nok_2:\nümlaut:\n',
      '1 warning inventory-names “my group”',
      '2 warning inventory-names “1st”',
    ],
    ['web:\n  hosts:\n    web:\n', '3 warning inventory-names “web”'],
    [
      'all:\n  vars:\n    ansible_hosts: a\n    ansible_usre: b\n    anisble_port: 1\n    ansible-port: 1\n',
      '3 warning inventory-misspelt-variable “ansible_hosts”',
      '4 warning inventory-misspelt-variable “ansible_usre”',
      '5 warning inventory-misspelt-variable “anisble_port”',
      '6 warning inventory-misspelt-variable “ansible-port”',
    ],
    [
      'all:\n  vars:\n    ansible_python_interpreter: a\n    app_port: 1\n    ansible_distribution: x\n',
    ],
    [
      'all:\n  vars:\n    ansible_sudo: yes\n    ansible_ssh_host: b\n',
      '3 warning inventory-old-variable “ansible_sudo”',
      '4 information inventory-old-variable “ansible_ssh_host”',
    ],
    [
      'all:\n  vars:\n    ansible_password: x\n    ansible_become_pass: "{{ y }}"\n    ansible_become_password: !vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      33\n',
      '3 warning inventory-clear-secret “x”',
    ],
    [
      'all:\n  hosts:\n    a: {ansible_host: 10.0.0.1}\n    b: {ansible_host: 10.0.0.1}\n    c: {ansible_host: 10.0.0.1, ansible_port: 23}\n',
      '4 information inventory-same-address “10.0.0.1”',
    ],
    ['all:\n  hosts: &h\n    a:\n  children:\n    b:\n      hosts: *h\n'],
  ])('%j', (text, ...wanted) => {
    expect(told('hosts.yml', text)).toEqual(wanted);
  });

  it('knows the groups of other files', () => {
    const project = { children: [{ group: 'b', child: 'a' }] };
    expect(told('x.yml', 'a:\n  children:\n    b:\n', project)).toEqual([
      '3 error inventory-group-loop “b”',
    ]);
  });
});

describe('INI', () => {
  it.each<readonly [text: string, ...told: string[]]>([
    ['[web]\npi[1:3] ansible_user=pi # all\n\n[web:vars]\nx = 1\n[all:children]\nweb\n'],
    ['; comment\r\n[web]\r\npi1\r\n'],
    ['pi1\npi2 # x\npi1\n', '3 warning inventory-duplicate “pi1”'],
    ['[a]\npi1\n[b]\npi1\n'],
    ['[a]\npi[1:9]\npi3 x=1\n', '3 warning inventory-duplicate “pi3”'],
    ['pi1 x=1 x=2\n', '1 warning inventory-duplicate “x”'],
    ['[a]\n[a:vars]\nx=1\nx=2\n', '4 warning inventory-duplicate “x”'],
    ['[a]\n[b]\n[a:children]\nb\n[b:children]\na\n', '6 error inventory-group-loop “a”'],
    ['[a:children]\nmissing\n', '2 error inventory-syntax “missing”'],
    [
      '[a:varz]\nx=1\ny=2\n[b]\npi1 oops\n',
      '1 error inventory-syntax “[a:varz]”',
      '5 error inventory-syntax “pi1 oops”',
    ],
    ['pi1 ansible_hots=10.0.0.1\n', '1 warning inventory-misspelt-variable “ansible_hots”'],
    ["pi1 ansible_password='my secret'\n", "1 warning inventory-clear-secret “'my secret'”"],
    ['pi1 mqtt_password=geheim\n', '1 information inventory-clear-secret “geheim”'],
    ['pi1 wifi_psk=changeme api_key=/run/key admin_password=$6$salt$x update_password=always\n'],
    [
      'pi1 ansible_ssh_user=pi ansible_sudo=yes\n',
      '1 information inventory-old-variable “ansible_ssh_user”',
      '1 warning inventory-old-variable “ansible_sudo”',
    ],
    ['[my-group]\npi1\n', '1 warning inventory-names “my-group”'],
    [
      'a ansible_host=10.0.0.1\nb ansible_host=10.0.0.1\n',
      '2 information inventory-same-address “10.0.0.1”',
    ],
    ['a:22 ansible_host=10.0.0.1\nb:23 ansible_host=10.0.0.1\n'],
  ])('%j', (text, ...wanted) => {
    expect(told('hosts', text)).toEqual(wanted);
  });

  it('is told from YAML by what stands in it, and by its extension', () => {
    expect(told('hosts', 'all:\n  hosts:\n    - a\n')).toEqual(['3 error inventory-syntax “- a”']);
    expect(told('hosts.ini', '[a]\nb\n')).toEqual([]);
    expect(told('hosts', '#!/bin/sh\nexit 1\n')).toEqual([]);
  });
});

describe('fixes', () => {
  it.each([
    ['all:\n  vars:\n    ansible_hosts: a\n', 'all:\n  vars:\n    ansible_host: a\n'],
    ['all:\n  vars:\n    ansible_sudo: yes\n', 'all:\n  vars:\n    ansible_become: yes\n'],
    ['all:\n  host:\n    a:\n', 'all:\n  hosts:\n    a:\n'],
  ])('%j', (before, after) => {
    const [finding] = findingsOf('hosts.yml', before);
    expect(applyEdits(before, finding?.fixes?.[0]?.edits ?? [])).toBe(after);
  });
});

describe('what core/inventory refuses', () => {
  const name = fc.constantFrom(
    'a',
    'b',
    'pi[1:3]',
    'pi[3]',
    '7',
    'all',
    'hosts',
    'vars',
    'children',
    'x=1',
    '- c',
    '',
    '[a]',
    '[b:vars]',
    '[a:children]',
    '[c d]',
    'x y',
    '"q',
    '# c',
  );
  const line = fc
    .tuple(
      fc.constantFrom('', '  ', '    ', '      '),
      name,
      fc.constantFrom('', ':', ': 1', ' x=1'),
    )
    .map((parts) => parts.join(''));
  const text = fc.array(line, { maxLength: 8 }).map((lines) => `${lines.join('\n')}\n`);

  it('has an error, and nothing else has', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('hosts.yml', 'hosts.ini'), (source, path) => {
        const refused = path.endsWith('.yml')
          ? parseYamlInventory(source).ok === false
          : !parseIniInventory(source).ok;
        const found = findingsOf(path, source);
        expect(
          found.some(({ code }) => code === 'inventory-syntax'),
          source,
        ).toBe(refused);
        for (const { start, end } of found) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(source.length);
        }
      }),
      runs(300),
    );
  });
});

it('leaves facts and a person’s own variables in peace', () => {
  for (const name of [
    'ansible_hostname',
    'ansible_facts',
    'ansible_default_ipv4',
    'ansible_user_id',
    'ansible_os_family',
    'ansible_env',
    'ansible_nodename',
    'ansible_kernel',
    'ansible_hostnqn',
    'possible_user',
    'visible_host',
  ]) {
    expect(meantConnectionVariable(name), name).toBeUndefined();
  }
});
