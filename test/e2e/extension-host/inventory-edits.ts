/** Adopting and moving Pis: one edit of what is open, that one undo takes back. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { applyInventoryEdits } from '../../../client/fleet/inventory-edits.ts';
import type { DiscoveredNode, PiNode } from '../../../client/nodes.ts';
import type { OpenProject } from '../../../client/open-project.ts';
import { RpiError } from '../../../core/errors.ts';
import { planHostEdits } from '../../../core/inventory/planned-edits.ts';
import { until } from './extension.ts';
import type { HostTest } from './host-test.ts';
import { at, choosingFirst, edit, INVENTORY, read, withFiles, withProject } from './project.ts';

/** `sensors` is the first group of every list. */
const HOSTS = `# kept by hand
all:
  children:
    sensors:
      hosts:
        shed: {ansible_host: 10.77.0.8}
    screens:
      hosts:
        kitchen: {ansible_host: 10.77.0.9}  # above the sink
        hall: {ansible_host: 10.77.0.7}
`;

const MACS = ['b8:27:eb:00:00:01', 'b8:27:eb:00:00:02'];

function sightings(): string {
  const now = new Date().toISOString();
  const devices = MACS.map((mac, index) => ({
    address: `10.77.0.10${index}`,
    mac,
    isPi: true,
    evidence: [],
    firstSeen: now,
    lastSeen: now,
  }));
  return JSON.stringify({ version: 1, devices });
}

const pi = (project: OpenProject, name: string): PiNode => ({ kind: 'pi', project, name });

const found = (project: OpenProject, key: string): DiscoveredNode => ({
  kind: 'discovered',
  project,
  key,
});

/** As from the menu of the first of some nodes that are selected. */
async function runOn(command: string, nodes: readonly (PiNode | DiscoveredNode)[]): Promise<void> {
  await choosingFirst(vscode.commands.executeCommand(command, nodes[0], nodes));
}

async function groupsOf(project: OpenProject, name: string): Promise<readonly string[]> {
  return (await project.fleet()).pis.get(name)?.groups ?? [];
}

/** What one undo makes of the inventory; it is saved then, so that nothing is left open. */
async function undo(): Promise<string> {
  const { document } = await edit(INVENTORY);
  await vscode.commands.executeCommand('undo');
  const text = document.getText();
  await document.save();
  return text;
}

/** What an attempt to change the inventory is refused with; it has to leave the file alone. */
async function refusal(attempt: Promise<unknown>): Promise<string> {
  const before = await read(INVENTORY);
  const error: unknown = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.equal(await read(INVENTORY), before);
  if (!RpiError.is(error)) throw new Error(`refused with ${String(error)}`);
  return error.code;
}

export const inventoryEditTests: readonly HostTest[] = [
  {
    name: 'adopts the selected Pis by one edit, which is saved and which one undo takes back',
    run: () =>
      withFiles({ [INVENTORY]: HOSTS, '.rpi/sightings.json': sightings() }, async (project) => {
        assert.equal((await project.fleet()).discovered.length, 2);
        const nodes = MACS.map((mac) => found(project, mac));
        await runOn('rpi.adopt', nodes);
        const after = await read(INVENTORY);
        for (const mac of MACS) assert.ok(after.includes(mac), after);
        assert.ok(after.includes('# above the sink'), after);
        await until(async () => (await project.fleet()).discovered.length === 0);
        const { groups } = await project.fleet();
        assert.equal(groups.get('sensors')?.hosts.length, 3);
        assert.equal(await undo(), HOSTS);
      }),
  },
  {
    name: 'moves the selected Pis by one edit, their lines as they were written',
    run: () =>
      withFiles({ [INVENTORY]: HOSTS }, async (project) => {
        await runOn('rpi.moveToGroup', [pi(project, 'kitchen'), pi(project, 'hall')]);
        await until(async () => (await groupsOf(project, 'hall')).includes('sensors'));
        assert.deepEqual(await groupsOf(project, 'kitchen'), ['sensors']);
        assert.match(await read(INVENTORY), /kitchen: \{ansible_host: 10\.77\.0\.9\} {2}# above/);
        assert.equal(await undo(), HOSTS);
      }),
  },
  {
    name: 'changes an inventory with unsaved changes where it is open, and leaves saving to the person',
    run: () =>
      withFiles({ [INVENTORY]: HOSTS }, async (project) => {
        const { document } = await edit(INVENTORY);
        const typed = '# not saved yet\n';
        const typing = new vscode.WorkspaceEdit();
        typing.insert(document.uri, new vscode.Position(0, 0), typed);
        assert.ok(await vscode.workspace.applyEdit(typing));
        await runOn('rpi.moveToGroup', [pi(project, 'kitchen')]);
        const moved = document.getText();
        const isDirty = document.isDirty;
        const onDisk = await read(INVENTORY);
        assert.equal(await undo(), typed + HOSTS);
        assert.ok(moved.startsWith(typed), moved);
        assert.match(moved, /sensors:\n {6}hosts:\n(?: {8}.*\n)* {8}kitchen: /);
        assert.equal(isDirty, true);
        assert.equal(onDisk, HOSTS);
      }),
  },
  {
    name: 'refuses an inventory that has changed since the edit was planned',
    run: () =>
      withFiles({ [INVENTORY]: HOSTS }, async () => {
        const edits = [{ start: 0, end: 5, text: '' }];
        const stale = { path: at(INVENTORY).fsPath, exists: true, text: 'all:\n', edits };
        const attempt = applyInventoryEdits(() => Promise.resolve([stale]));
        assert.equal(await refusal(attempt), 'file.changed-meanwhile');
      }),
  },
  {
    name: 'refuses an inventory with line ends of two kinds, where offsets would point elsewhere',
    run: () =>
      withFiles({ [INVENTORY]: HOSTS.replace('\n', '\r\n') }, async (project) => {
        const opened = await project.project();
        if (opened === undefined) throw new Error('no project');
        const attempt = applyInventoryEdits((files) =>
          planHostEdits(opened, [{ type: 'remove', host: 'hall' }], { files }),
        );
        assert.equal(await refusal(attempt), 'file.changed-meanwhile');
      }),
  },
  {
    name: 'leaves the folder as it found it',
    run: () =>
      withProject(async (project) => {
        await until(async () => (await project.fleet()).pis.size === 1);
        assert.equal((await project.fleet()).discovered.length, 0);
      }),
  },
];
