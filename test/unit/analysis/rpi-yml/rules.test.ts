import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { completeRpiYml, hoverRpiYml } from '../../../../core/analysis/rpi-yml/complete.ts';
import { analyseRpiYml } from '../../../../core/analysis/rpi-yml/language.ts';
import type { RpiYmlProject } from '../../../../core/analysis/rpi-yml/project.ts';
import { rpiYmlSettings, type Setting } from '../../../../core/analysis/rpi-yml/schema-tree.ts';
import type { Finding } from '../../../../core/analysis/finding.ts';
import { applyEdits } from '../../../../core/formats/text-edit.ts';
import { parseConfig } from '../../../../core/project/config.ts';
import { resource } from '../../../../core/resources.ts';

const crash = (code: string, error: unknown): never => {
  throw new Error(`The rule ${code} crashed.`, { cause: error });
};

const findingsOf = (text: string, project: RpiYmlProject = {}): readonly Finding[] =>
  analyseRpiYml({ path: 'rpi.yml', text }, project, undefined, crash).findings;

const told = (text: string, project?: RpiYmlProject): string[] =>
  findingsOf(text, project).map(({ start, end, severity, code }) => {
    const line = text.slice(0, start).split('\n').length;
    return `${line} ${severity} ${code} “${text.slice(start, end)}”`;
  });

const HEAD = 'version: 1\nid: garden-5f3a9c\n';

const CASES: readonly (readonly [text: string, ...told: string[]])[] = [
  [HEAD],
  [`---\n# mine\n${HEAD}networks: []\n`],
  [`${HEAD}access:\n  password_login: off\n`],
  [`${HEAD}ansible:\n  deploy: null\n`],
  ['', '1 error rpi-missing-setting “”', '1 error rpi-missing-setting “”'],
  ['id: abcd\n', '1 error rpi-missing-setting “id: abcd”'],
  ['version: 2\nid: abcd\n', '1 error rpi-value “2”'],
  ['version: 1\nid: a b\n', '2 error rpi-value “a b”'],
  ['version: 1\nid: 12345\n', '2 error rpi-value “12345”'],
  [`${HEAD}network: []\n`, '3 error rpi-unknown-setting “network”'],
  [`${HEAD}host_keys: ask\n`, '3 error rpi-unknown-setting “host_keys”'],
  [
    `${HEAD}access:\n  hostkeys: ask\n  rotat: yes\n`,
    '4 error rpi-unknown-setting “hostkeys”',
    '5 error rpi-unknown-setting “rotat”',
  ],
  [`${HEAD}access:\n  host_keys: allow\n`, '4 error rpi-value “allow”'],
  [`${HEAD}access:\n  password_login: on\n`, '4 error rpi-value “on”'],
  [`${HEAD}access:\n  root: maybe\n`, '4 error rpi-value “maybe”'],
  [`${HEAD}access:\n`, '3 error rpi-value “access”'],
  [`${HEAD}access:\n  users:\n    - sudo: true\n`, '5 error rpi-missing-setting “sudo: true”'],
  [`${HEAD}access:\n  users:\n    - name: Ada\n`, '5 error rpi-value “Ada”'],
  [`${HEAD}monitor: {disk: high}\n`, '3 error rpi-value “high”'],
  [`${HEAD}groups:\n  - group: a-b\n    name: x\n`, '4 error rpi-value “a-b”'],
  [`${HEAD}groups:\n  - group: ab\n`, '4 error rpi-value “group: ab”'],
  [`${HEAD}networks: 192.168.1.0/24\n`, '3 error rpi-value “192.168.1.0/24”'],
  [`${HEAD}networks: [192.168.1.0]\n`, '3 error rpi-value “192.168.1.0”'],
  [
    `${HEAD}networks:\n  - 10.0.0.0/8\n  - 10.1.0.0/16\n  - 10.1.0.0/22\n  - 300.0.0.0/24\n  - 192.168.1.7/24\n  - 1.2.3.0/24\n`,
    '4 error rpi-network “10.0.0.0/8”',
    '5 warning rpi-network “10.1.0.0/16”',
    '7 error rpi-network “300.0.0.0/24”',
    '8 hint rpi-network “192.168.1.7/24”',
    '9 warning rpi-network “1.2.3.0/24”',
  ],
  [`${HEAD}id: abcd\n`, '3 error rpi-syntax “id”'],
  [`${HEAD}access:\n\troot: true\n`, '4 error rpi-syntax “\t”'],
  [`${HEAD}inventory: "hosts.yml\n`, '3 error rpi-syntax “"hosts.yml”'],
];

describe('rpi.yml', () => {
  it.each(CASES)('%j', (text, ...wanted) => {
    expect(told(text)).toEqual(wanted);
  });

  it('is refused by rpi exactly where there is an error of the schema or of YAML', () => {
    for (const [text] of CASES) {
      const errors = findingsOf(text).filter(
        ({ code, severity }) => severity === 'error' && code !== 'rpi-network',
      );
      expect(parseConfig(text).ok, text).toBe(errors.length === 0);
    }
  });

  it('names files that are missing, but not defaults', () => {
    const text = `${HEAD}inventory: hosts.yml\nansible:\n  deploy: a.yml\n  upgrade: b.yml\n  provision: null\naccess:\n  users:\n    - {name: ada, authorized: [keys/ada.pub, "ssh-ed25519 AAAA ada", ~/x.pub]}\n`;
    expect(told(text, { exists: (path) => path === 'a.yml' })).toEqual([
      '3 warning rpi-missing-file “hosts.yml”',
      '6 warning rpi-missing-file “b.yml”',
      '10 warning rpi-missing-file “keys/ada.pub”',
    ]);
  });

  it('names groups that the inventory does not have', () => {
    const text = `${HEAD}groups:\n  - {group: sensors, name: a}\n  - {group: sensor, name: a}\n`;
    expect(told(text, { groups: new Set(['sensors']) })).toEqual([
      '5 information rpi-group “sensor”',
    ]);
    expect(told(text)).toEqual([]);
  });

  it('warns of a mode for a group that no inventory has: it counts for no Pi', () => {
    const text = `${HEAD}monitor:\n  remedies:\n    groups:\n      - {group: sensros, mode: off}\n      - {group: all, mode: propose}\n`;
    expect(told(text, { groups: new Set(['sensors']) })).toEqual(['6 warning rpi-group “sensros”']);
  });

  it.each([
    ['id: abcd\n', 'version: 1\nid: abcd\n'],
    [`${HEAD}network: []\n`, `${HEAD}networks: []\n`],
    [`${HEAD}access:\n  host_keys: asc\n`, `${HEAD}access:\n  host_keys: ask\n`],
    [`${HEAD}networks: [192.168.1.7/24]\n`, `${HEAD}networks: [192.168.1.0/24]\n`],
  ])('%j is fixed', (before, after) => {
    const fixes = findingsOf(before)[0]?.fixes ?? [];
    expect(applyEdits(before, fixes[0]?.edits ?? [])).toBe(after);
  });
});

describe('completion and hover', () => {
  const at = (marked: string, project: RpiYmlProject = {}): string[] =>
    completeRpiYml(marked.replace('|', ''), marked.indexOf('|'), project).map(({ label }) => label);

  it('offers what may stand there and does not yet', () => {
    expect(at('|')).toEqual([...rpiYmlSettings().children.keys()]);
    expect(at(`${HEAD}mo|`)).not.toContain('version');
    expect(at(`${HEAD}access:\n  |\n  root: true\n`)).not.toContain('root');
    expect(at(`${HEAD}access:\n  |\n  root: true\n`)).toContain('host_keys');
    expect(at(`${HEAD}groups:\n  - group: x\n    |`)).toEqual(['name', 'mac', 'model']);
    expect(at(`${HEAD}# |`)).toEqual([]);
  });

  it('offers values: choices, switches, playbooks, groups', () => {
    expect(at(`${HEAD}access:\n  host_keys: |`)).toEqual(['ask', 'accept', 'refuse']);
    expect(at(`${HEAD}access:\n  root: |`)).toEqual(['true', 'false']);
    expect(
      at(`${HEAD}ansible:\n  deploy: |`, { files: ['playbooks/a.yml', 'rpi.yml', 'vars/x.yml'] }),
    ).toEqual(['playbooks/a.yml']);
    expect(at(`${HEAD}groups:\n  - group: |`, { groups: new Set(['all', 'sensors']) })).toEqual([
      'sensors',
    ]);
  });

  it('replaces the word that is there', () => {
    const text = `${HEAD}access:\n  ho\n`;
    const [first] = completeRpiYml(text, text.indexOf('ho') + 2, {});
    expect(text.slice(first?.range.start, first?.range.end)).toBe('ho');
  });

  it('explains settings', () => {
    const text = readFileSync(resource('docs/rpi-yml.md'), 'utf8');
    const example = /```yaml\n([^]*?)```/.exec(text)?.[1] ?? '';
    expect(hoverRpiYml(example, example.indexOf('host_keys'))?.markdown).toContain(
      'host key never seen',
    );
    expect(hoverRpiYml(example, example.indexOf('groups'))?.markdown).toContain(
      'first rule that matches',
    );
  });

  it('has words for every setting', () => {
    const wordless: string[] = [];
    const visit = (path: string, setting: Setting): void => {
      for (const [name, child] of setting.children) {
        if (child.description === undefined) wordless.push(`${path}${name}`);
        visit(`${path}${name}.`, child);
      }
    };
    visit('', rpiYmlSettings());
    expect(wordless).toEqual([]);
  });
});
