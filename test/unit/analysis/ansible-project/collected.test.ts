/**
 * A project with what others have collected in theirs: collections of their own, anchors, merge keys,
 * dynamic inventories, molecule, other delimiters, YAML that is none of Ansible’s.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnsibleProject } from '../../../../core/analysis/ansible-project/project.ts';
import { analyseInventory } from '../../../../core/analysis/inventory/language.ts';
import { filesOnDisk } from '../../../../core/inventory/files.ts';
import { crash, indexOf, told } from './project.ts';

const root = join(import.meta.dirname, 'samples/collected');
const paths = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(?:ya?ml|j2)$|^sensors$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('a project of collected habits', () => {
  let project: AnsibleProject;

  beforeAll(async () => {
    project = await (await indexOf(filesOnDisk, root)).build();
  });

  it('has no finding but hints', () => {
    const found = paths.flatMap((path) =>
      told(project, path, readFileSync(path, 'utf8'), ({ severity }) => severity !== 'hint'),
    );
    expect(found).toEqual([]);
  });

  it('has right inventories', () => {
    for (const name of ['inventory/hosts.yaml', 'environments/prod/hosts']) {
      const document = { path: join(root, name), text: textOf(name) };
      expect(analyseInventory(document, {}, undefined, crash).findings).toEqual([]);
    }
  });

  const TASKS = 'roles/pi_base/tasks/main.yml';
  it.each([
    [TASKS, '    pin: 4', '    pins: 4', 'unknown-option “pins”'],
    [TASKS, 'acme.tools.to_pins', 'acme.tools.to_pin', 'unknown-filter “acme.tools.to_pin”'],
    [
      TASKS,
      'state: present\n    persistent',
      'state: prsent\n    persistent',
      'option-value “prsent”',
    ],
    [
      TASKS,
      "lookup('template', 'motd.j2')",
      "lookup('template', 'mod.j2')",
      "missing-template “'mod.j2'”",
    ],
    ['playbooks/site.yml', '        <<: *base', '        <<: *bas', 'yaml-syntax “*bas”'],
    [
      'playbooks/site.yml',
      "yaml_text: \"{{ lookup('file'",
      "yaml_text: \"{{ lookup('fil'",
      'unknown-lookup “fil”',
    ],
    [
      'playbooks/site.yml',
      "map('regex_replace', '^', 'x-') | list",
      "map('x') | lst",
      'unknown-filter “lst”',
    ],
  ])('with a slip in %s (%s) has one', (file, right, wrong, finding) => {
    expect(textOf(file)).toContain(right);
    const text = textOf(file).replace(right, wrong);
    const found = told(project, join(root, file), text, ({ severity }) => severity !== 'hint');
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(finding);
  });
});
