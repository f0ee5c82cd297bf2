import fc from 'fast-check';
import { anyText } from '../../any-text.ts';
import { describe, expect, it } from 'vitest';
import { SCAFFOLD_LAYOUT } from '../../../core/init/ansible-layout.ts';
import { missingIgnore, planFiles } from '../../../core/init/plan.ts';
import type { Template } from '../../../core/init/template-tree.ts';
import {
  sshOption,
  withTilde,
  yamlScalar,
  type TemplateValues,
} from '../../../core/init/template-values.ts';
import { newProjectId } from '../../../core/init/init.ts';
import { parse } from 'yaml';

const values: TemplateValues = {
  projectName: 'garden',
  projectId: 'garden-1234abcd',
  networks: [],
  identityFile: '~/id',
  knownHostsFile: '~/known_hosts',
  dataFolder: '~',
  inventory: 'inventory/hosts.yml',
  playbooks: SCAFFOLD_LAYOUT.playbooks,
  scaffold: true,
  sshOption,
  yaml: yamlScalar,
};

const template = (path: string, content: string, rendered = false): Template => ({
  path,
  source: `/templates/${path}`,
  content,
  rendered,
});

const nothing = { has: () => false, gitignore: undefined };

describe('planning the files', () => {
  it('renders *.ejs and copies the rest byte for byte', () => {
    const plan = planFiles(
      [template('a.txt', '<%= projectName %>', true), template('b.j2', '<%= {{ x }} %>')],
      values,
      nothing,
    );
    expect(plan).toEqual([
      { action: 'create', path: 'a.txt', content: 'garden' },
      { action: 'create', path: 'b.j2', content: '<%= {{ x }} %>' },
    ]);
  });

  it('leaves what exists, and does not even render it', () => {
    const plan = planFiles([template('main.yml', '<%= nonsense( %>', true)], values, {
      has: (path) => path === 'main.yml',
      gitignore: undefined,
    });
    expect(plan).toEqual([{ action: 'leave', path: 'main.yml' }]);
  });

  it('writes rpi.yml first, so that an interrupted init can be finished', () => {
    const plan = planFiles(
      [template('ansible.cfg', ''), template('rpi.yml', ''), template('a', '')],
      values,
      nothing,
    );
    expect(plan[0]?.path).toBe('rpi.yml');
  });

  it('adds nothing but rpi.yml and the ignored folder to an Ansible project', () => {
    const plan = planFiles(
      [template('rpi.yml', ''), template('main.yml', ''), template('.gitignore', '.rpi/\n')],
      { ...values, scaffold: false },
      { has: () => false, gitignore: '*.pyc\n' },
    );
    expect(plan).toEqual([
      { action: 'create', path: 'rpi.yml', content: '' },
      { action: 'append', path: '.gitignore', added: '.rpi/\n' },
    ]);
  });

  it('names the template that is wrong', () => {
    const broken = template('main.yml', '<%= unknownVariable %>', true);
    expect(() => planFiles([broken], values, nothing)).toThrow(/\/templates\/main\.yml/);
    const open = template('main.yml', '<% if ( %>', true);
    expect(() => planFiles([open], values, nothing)).toThrow(/Unexpected.*\(between <% and %>\)$/);
  });
});

describe('the entry in .gitignore', () => {
  it.each([
    ['', '.rpi/\n'],
    ['*.pyc\n', '.rpi/\n'],
    ['*.pyc', '\n.rpi/\n'],
    ['*.pyc\r\n', '.rpi/\r\n'],
    ['/.rpi/\n', ''],
    ['.rpi\n# more\n', ''],
    ['.rpi/\n!.rpi/\n', '.rpi/\n'],
    ['.rpi-old/\n', '.rpi/\n'],
  ])('%j gets %j', (before, added) => {
    expect(missingIgnore(before)).toBe(added);
  });

  it('is added once: afterwards nothing is missing', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('.rpi/', '!.rpi', 'x', '\n', '\r\n', '#')), (parts) => {
        const before = parts.join('');
        expect(missingIgnore(before + missingIgnore(before))).toBe('');
      }),
    );
  });
});

describe('values in templates', () => {
  it('quote a path twice: for Ansible, which splits like a shell, and for ssh', () => {
    expect(sshOption('UserKnownHostsFile', '~/.local/share/rpi/a-1/known_hosts')).toBe(
      'UserKnownHostsFile=~/.local/share/rpi/a-1/known_hosts',
    );
    expect(sshOption('UserKnownHostsFile', '/home/Ada L/100%/known_hosts')).toBe(
      `'UserKnownHostsFile="/home/Ada L/100%%/known_hosts"'`,
    );
  });

  it('begin with ~ below the home folder only', () => {
    expect(withTilde('/home/ada/.local/x', '/home/ada')).toBe('~/.local/x');
    expect(withTilde('/home/adam/x', '/home/ada')).toBe('/home/adam/x');
    expect(withTilde('/srv/x', undefined)).toBe('/srv/x');
  });

  it('are YAML that reads back as the same text', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('1e5', 'no', '0755', '192.168.1.0/24')),
        (s) => {
          expect(parse(yamlScalar(s), { version: '1.1' })).toBe(s);
        },
      ),
    );
  });

  it('make an id that rpi.yml accepts from any folder name', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        expect(newProjectId(name, '01234567')).toMatch(/^[a-z0-9][a-z0-9-]{0,39}-01234567$/);
      }),
    );
    expect(newProjectId('Gewächshaus 2', '01234567')).toBe('gewachshaus-2-01234567');
  });
});
