/** Commands with the arguments that menus give, and what then stands in the views. */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import { itemOf } from '../../../client/fleet/items.ts';
import { nodesBelow, type FleetNode } from '../../../client/fleet/nodes.ts';
import type { OpenProject } from '../../../client/open-project.ts';
import { nodesBelowRun, nodesOfRuns } from '../../../client/runs/nodes.ts';
import { until } from './extension.ts';
import type { HostTest } from './host-test.ts';
import { at, INVENTORY, withFiles, withProject } from './project.ts';

/** Nothing listens there: a login is refused at once, and no network is touched. */
const CLOSED = `sensors:
  hosts:
    attic: {ansible_host: 127.0.0.1, ansible_port: 9}
    cellar: {ansible_host: 127.0.0.1, ansible_port: 9}
    shed: {ansible_host: 127.0.0.1, ansible_port: 9}
`;

const WRONG = 'all:\n  hosts:\n    - attic\n';

async function nodeOf(project: OpenProject, kind: FleetNode['kind']): Promise<FleetNode> {
  const roots = nodesBelow({ kind: 'project', project }, await project.fleet());
  const node = roots.find((each) => each.kind === kind);
  if (node === undefined) throw new Error(`no ${kind} at the top`);
  return node;
}

/** The task that a command starts, when it has ended. */
async function taskOf(command: string, ...args: readonly unknown[]): Promise<vscode.Task> {
  const ended = new Promise<vscode.Task>((resolve) => {
    const listening = vscode.tasks.onDidEndTaskProcess(({ execution }) => {
      if (execution.task.definition.type !== 'rpi') return;
      listening.dispose();
      resolve(execution.task);
    });
  });
  await vscode.commands.executeCommand(command, ...args);
  return ended;
}

/** With a program of this name first on the PATH. */
async function withProgram(name: string, text: string, test: () => Promise<void>): Promise<void> {
  const before = process.env['PATH'];
  const folder = await mkdtemp(join(tmpdir(), 'rpi-host-'));
  try {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
    process.env['PATH'] = [folder, before].join(delimiter);
    await test();
  } finally {
    process.env['PATH'] = before;
    await rm(folder, { recursive: true, force: true });
  }
}

export const argumentTests: readonly HostTest[] = [
  {
    name: 'copies the addresses of the selection',
    run: () =>
      withFiles({ [INVENTORY]: CLOSED.replaceAll('127.0.0.1', '10.77.0.9') }, async (project) => {
        const node = { kind: 'pi', project, name: 'attic' };
        await vscode.commands.executeCommand('rpi.copyAddress', node, [node]);
        assert.equal(await vscode.env.clipboard.readText(), '10.77.0.9');
      }),
  },
  {
    name: 'opens the file at fault where it is wrong',
    run: () =>
      withFiles({ [INVENTORY]: WRONG }, async (project) => {
        await vscode.commands.executeCommand('rpi.fault.open', await nodeOf(project, 'fault'));
        // What is selected is told to the extension host after the editor is shown.
        await until(() => {
          const editor = vscode.window.activeTextEditor;
          return (
            editor?.document.uri.fsPath === at(INVENTORY).fsPath &&
            editor.selection.active.line === 1
          );
        });
      }),
  },
  {
    name: 'shows the details of a Pi as a page',
    run: () =>
      withProject(async (project) => {
        const node = { kind: 'pi', project, name: 'kitchen' };
        await vscode.commands.executeCommand('rpi.showDetails', node);
        await until(() =>
          vscode.window.tabGroups.all
            .flatMap(({ tabs }) => tabs)
            .some(({ label }) => label.includes('kitchen')),
        );
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      }),
  },
  {
    name: 'starts a task on the selected Pis and no other; its run stands in the Runs view',
    run: () =>
      withFiles({ [INVENTORY]: CLOSED }, async (project) => {
        const nodes = ['attic', 'shed'].map((name) => ({ kind: 'pi', project, name }));
        const { definition, scope } = await taskOf('rpi.access.check', nodes[0], nodes);
        assert.equal(definition['command'], 'access');
        assert.deepEqual(definition['args'], ['check', '--limit', 'attic,shed']);
        assert.equal(scope, project.folder);
        await until(async () =>
          (await project.runs()).some(({ state, command }) => {
            return state === 'finished' && command === 'access check';
          }),
        );
        const [newest] = nodesOfRuns([{ project, runs: await project.runs() }]);
        if (newest === undefined) throw new Error('no run');
        const hosts = nodesBelowRun(newest).flatMap((node) =>
          node.kind === 'run-host' ? [node.host.host] : [],
        );
        assert.deepEqual(hosts.toSorted(), ['attic', 'shed']);
      }),
  },
  {
    name: 'shows what was detected and is in no inventory below “Discovered”',
    run: () => {
      const now = new Date().toISOString();
      const device = { address: '10.77.0.20', mac: 'b8:27:eb:00:00:20', name: 'porch.local' };
      const seen = { ...device, isPi: true, evidence: [], firstSeen: now, lastSeen: now };
      const sightings = JSON.stringify({ version: 1, devices: [seen] });
      return withFiles({ '.rpi/sightings.json': sightings }, async (project) => {
        const root = await nodeOf(project, 'discovered-root');
        assert.equal((await itemOf(root, Date.now())).description, '1');
        const [node] = nodesBelow(root, await project.fleet());
        if (node === undefined) throw new Error('nothing below it');
        const item = await itemOf(node, Date.now());
        assert.equal(item.label, 'porch.local');
        assert.equal(item.contextValue, 'discovered');
      });
    },
  },
  {
    name: 'shows the hosts of an inventory that is a program, as soon as it has answered',
    run: () => {
      const listing = JSON.stringify({ cloud: { hosts: ['nas', 'porch'] } });
      return withProgram('ansible-inventory', `#!/bin/sh\necho '${listing}'\n`, () =>
        withFiles({ [INVENTORY]: '#!/usr/bin/env python3\n' }, async (project) => {
          await until(async () => (await project.fleet()).pis.has('porch'));
          const { faults, groups } = await project.fleet();
          assert.deepEqual(faults, []);
          assert.deepEqual(groups.get('cloud')?.hosts, ['nas', 'porch']);
        }),
      );
    },
  },
];
