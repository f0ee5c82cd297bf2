import { describe, expect, it } from 'vitest';
import { ansibleLayout } from '../../../core/init/ansible-layout.ts';

const inventoryOf = (files: readonly string[], config?: string): string | undefined =>
  ansibleLayout(files, config)?.inventory;

const NONE = {
  upgrade: null,
  provision: null,
  verify_environment: null,
  deploy: null,
  verify_deployment: null,
};

describe('a folder that is no Ansible project', () => {
  it.each([
    [[]],
    [['README.md', 'src/main.ts', 'package.json']],
    [['main.yml']],
    [['hosts']],
    [['playbooks/songs.txt', 'inventory.ods']],
    [['.github/workflows/deploy.yml', 'deploy.yml']],
  ])('is not taken for one: %j', (files) => {
    expect(ansibleLayout(files, undefined)).toBeUndefined();
  });
});

describe('the inventory of an Ansible project', () => {
  it.each([
    ['inventory/hosts.yml', ['inventory/hosts.yml', 'site.yml']],
    ['inventory/hosts', ['inventory/hosts', 'site.yml']],
    ['inventory.ini', ['inventory.ini', 'playbooks/web.yml']],
    ['hosts', ['hosts', 'site.yml', 'roles/web/tasks/main.yml']],
    ['hosts.ini', ['hosts.ini', 'main.yml']],
    ['hosts.yaml', ['hosts.yaml', 'group_vars/all.yml']],
    ['production', ['production', 'staging', 'site.yml']],
    [
      'inventories/production/hosts.yml',
      ['inventories/production/hosts.yml', 'inventories/staging/hosts.yml', 'site.yml'],
    ],
    [
      'inventories/prod/hosts.ini',
      ['inventories/dev/hosts.ini', 'inventories/prod/hosts.ini', 'site.yml'],
    ],
  ])('is found where it is customary: %s', (inventory, files) => {
    expect(inventoryOf(files)).toBe(inventory);
  });

  it('is the one that ansible.cfg names, before any customary one', () => {
    const files = ['ansible.cfg', 'hosts', 'fleet/pis.yml'];
    const config = '[defaults]\n; inventory = hosts\ninventory = ./fleet/pis.yml ; the Pis\n';
    expect(inventoryOf(files, config)).toBe('fleet/pis.yml');
  });

  it('is the file to write to, where ansible.cfg names a folder', () => {
    const config = '[defaults]\ninventory=inventory/\n';
    expect(inventoryOf(['ansible.cfg', 'inventory/hosts.ini'], config)).toBe('inventory/hosts.ini');
    expect(inventoryOf(['ansible.cfg', 'inventory/pis.yml'], config)).toBe('inventory/pis.yml');
  });

  it('ignores a setting of another section, and keeps an absolute path', () => {
    expect(inventoryOf(['ansible.cfg', 'hosts'], '[galaxy]\ninventory = other\n')).toBe('hosts');
    expect(inventoryOf(['ansible.cfg'], '[defaults]\r\ninventory = /etc/pis\r\n')).toBe('/etc/pis');
  });

  it('names the others, so that a person can choose', () => {
    const layout = ansibleLayout(
      ['inventories/production/hosts.yml', 'inventories/staging/hosts.yml', 'site.yml'],
      undefined,
    );
    expect(layout?.otherInventories).toEqual(['inventories/staging/hosts.yml']);
  });

  it('may be missing', () => {
    const layout = ansibleLayout(['ansible.cfg', 'site.yml'], '[defaults]\nforks = 10\n');
    expect(layout).toEqual({
      inventory: undefined,
      otherInventories: [],
      playbooks: { ...NONE, provision: 'site.yml' },
    });
  });
});

describe('the playbooks of an Ansible project', () => {
  it('are matched to stages by their names, at the root or in playbooks/', () => {
    const layout = ansibleLayout(
      ['hosts', 'site.yml', 'playbooks/update.yaml', 'playbooks/deploy.yml', 'smoke.yml'],
      undefined,
    );
    expect(layout?.playbooks).toEqual({
      ...NONE,
      upgrade: 'playbooks/update.yaml',
      provision: 'site.yml',
      deploy: 'playbooks/deploy.yml',
      verify_deployment: 'smoke.yml',
    });
  });
});
