import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { itemOf } from '../../../client/fleet/items.ts';
import { nodesBelow, type FleetNode } from '../../../client/fleet/nodes.ts';
import type { OpenProject } from '../../../client/open-project.ts';
import { createProjects } from '../../../client/projects.ts';
import { activated, folder, until } from './extension.ts';
import type { HostTest } from './host-test.ts';

/** The view's own data, read anew from the folder that is open. */
async function withProject(test: (project: OpenProject) => Promise<void>): Promise<void> {
  await activated();
  const log = vscode.window.createOutputChannel('tests', { log: true });
  const projects = createProjects(log);
  try {
    await projects.loaded;
    const [project] = projects.open();
    if (project === undefined) throw new Error('no project was found');
    await test(project);
  } finally {
    projects.dispose();
    log.dispose();
  }
}

async function roots(project: OpenProject): Promise<FleetNode[]> {
  return [...nodesBelow({ kind: 'project', project }, await project.fleet())];
}

async function write(path: string, text: string): Promise<void> {
  const file = vscode.Uri.joinPath(folder().uri, path);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
}

async function read(path: string): Promise<string> {
  const file = vscode.Uri.joinPath(folder().uri, path);
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
}

export const treeTests: readonly HostTest[] = [
  {
    name: 'shows the groups and hosts of the inventory, each with its state',
    run: () =>
      withProject(async (project) => {
        const [group] = await roots(project);
        if (group?.kind !== 'group') throw new Error(`no group, but ${String(group?.kind)}`);
        assert.equal((await itemOf(group, 0)).label, 'ungrouped');
        const [host] = nodesBelow(group, await project.fleet());
        if (host === undefined) throw new Error('no host');
        const item = await itemOf(host, 0);
        assert.equal(item.label, 'kitchen');
        assert.match(String(item.description), /10\.77\.0\.9/);
        assert.equal(item.contextValue, 'pi:unknown');
      }),
  },
  {
    name: 'shows a host that is written into the inventory, without being asked',
    run: () =>
      withProject(async (project) => {
        const before = await read('inventory/hosts.yml');
        await project.fleet();
        try {
          await write('inventory/hosts.yml', `${before}    attic:\n`);
          await until(async () => (await project.fleet()).pis.has('attic'));
        } finally {
          await write('inventory/hosts.yml', before);
        }
        await until(async () => !(await project.fleet()).pis.has('attic'));
      }),
  },
  {
    name: 'shows an inventory that can’t be read as a node with an action',
    run: () =>
      withProject(async (project) => {
        const before = await read('inventory/hosts.yml');
        await project.fleet();
        try {
          await write('inventory/hosts.yml', 'ungrouped: [\n');
          await until(async () => (await project.fleet()).faults.length > 0);
          const node = (await roots(project)).find(({ kind }) => kind === 'fault');
          if (node === undefined) throw new Error('the fault is no node');
          assert.equal((await itemOf(node, 0)).command?.command, 'rpi.fault.open');
        } finally {
          await write('inventory/hosts.yml', before);
        }
      }),
  },
];
