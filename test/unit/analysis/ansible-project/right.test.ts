import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AnsibleProject } from '../../../../core/analysis/ansible-project/project.ts';
import { reachOf } from '../../../../core/analysis/ansible-project/reach.ts';
import { analyseInventory } from '../../../../core/analysis/inventory/language.ts';
import { filesOnDisk, withTexts } from '../../../../core/inventory/files.ts';
import { crash, filesInMemory, indexOf, told } from './project.ts';

const root = join(import.meta.dirname, 'samples/right');
const paths = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
const textOf = (path: string): string => readFileSync(path, 'utf8');

/** The role that requirements.yml names, as if it were installed. */
const INSTALLED = join(root, 'roles/geerlingguy.docker/tasks/main.yml');

describe('a right project', () => {
  let asItIs: AnsibleProject;
  let installed: AnsibleProject;

  beforeAll(async () => {
    asItIs = await (await indexOf(filesOnDisk, root)).build();
    const texts = new Map([...paths.map((path) => [path, textOf(path)] as const)]);
    texts.set(INSTALLED, '---\n- name: Docker\n  ansible.builtin.debug:\n    msg: there\n');
    installed = await (await indexOf(filesInMemory(texts), root)).build();
  });

  it('has more than 40 files, with what real ones have', () => {
    expect(paths.length).toBeGreaterThan(40);
    expect(asItIs.documents.size).toBeGreaterThan(35);
  });

  it('has no finding but hints', () => {
    const found = paths.flatMap((path) =>
      told(asItIs, path, textOf(path), ({ severity }) => severity !== 'hint'),
    );
    expect(found).toEqual([]);
  });

  it('has none either where everything is known, so that rules can’t be silent for want of it', () => {
    for (const path of ['site.yml', 'playbooks/base.yml', 'roles/common/tasks/network.yml']) {
      expect(reachOf(installed, join(root, path))).toMatchObject({
        isReached: true,
        mayDefineMore: false,
        mayHoldMore: false,
      });
    }
    const found = paths.flatMap((path) =>
      told(installed, path, textOf(path), ({ severity }) => severity !== 'hint'),
    );
    expect(found).toEqual([]);
  });

  it.each([
    ['playbooks/sensors.yml', 'sensor_topic', 'sensor_topik'],
    ['playbooks/tasks/verify.yml', 'device.stat', 'devices.stat'],
    ['roles/common/templates/hosts.j2', 'common_hostname }}', 'common_hostnam }}'],
    ['roles/users/tasks/main.yml', 'users_shell', 'users_shel'],
    ['playbooks/displays.yml', 'site_name', 'site_names'],
  ])('with a slip in %s has a finding', (file, right, wrong) => {
    const path = join(root, file);
    const text = textOf(path).replace(right, wrong);
    const found = told(installed, path, text, ({ severity }) => severity !== 'hint');
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`undefined-variable “${wrong.split(/[. ]/, 1)[0] ?? ''}”`);
  });

  it('has right inventories', () => {
    for (const name of ['hosts.yml', 'nas']) {
      const path = join(root, 'inventories/home', name);
      expect(analyseInventory({ path, text: textOf(path) }, {}, undefined, crash).findings).toEqual(
        [],
      );
    }
  });

  it('is indexed anew from an unsaved text', async () => {
    const path = join(root, 'vars/common.yml');
    const texts = new Map([[path, '---\nrelease_wanted: 12\n']]);
    const index = await indexOf(withTexts(filesOnDisk, texts), root);
    const project = await index.build();
    const names = project.documents.get(path)?.extract.definitions.map(({ name }) => name);
    expect(names).toEqual(['release_wanted']);
  });
});
