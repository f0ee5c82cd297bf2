/** The monitor that the editor starts: one a project, in a session of its own, ended as a run is. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { sendControl } from '../../../client/commands/answering.ts';
import type { ProjectNode } from '../../../client/nodes.ts';
import type { OpenProject } from '../../../client/open-project.ts';
import { monitorStatus } from '../../../core/monitor/daemon/control.ts';
import { socketFolder } from '../../../core/project/paths.ts';
import { createIdentity } from '../../../core/ssh/identity.ts';
import type { RunSummary } from '../../../core/runs/run-summary.ts';
import { until } from './extension.ts';
import type { HostTest } from './host-test.ts';
import { INVENTORY, withFiles } from './project.ts';

/** Nobody listens there. */
const CLOSED = 'ungrouped:\n  hosts:\n    attic: {ansible_host: 127.0.0.1, ansible_port: 9}\n';

async function live(project: OpenProject): Promise<RunSummary[]> {
  const runs = await project.runs();
  return runs.filter(({ command, state }) => command === 'monitor' && state === 'live');
}

/** The session of a process: what is in another one than the window's is not ended along with it. */
async function sessionOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}

export const monitorTests: readonly HostTest[] = [
  {
    name: 'a monitor is started once, outlives the window, and ends when its run is cancelled',
    run: () =>
      withFiles({ [INVENTORY]: CLOSED }, async (open) => {
        const project = await open.project();
        if (project === undefined) throw new Error('no project');
        await createIdentity(project.identity, 'host-test');
        const node: ProjectNode = { kind: 'project', project: open };

        await vscode.commands.executeCommand('rpi.monitor.start', node);
        const { pid } = await monitorStatus(socketFolder(process.env), project);
        assert.equal(await sessionOf(pid), pid);

        await vscode.commands.executeCommand('rpi.monitor.start', node);

        await until(async () => (await live(open)).length > 0);
        const [run, another] = await live(open);
        if (run === undefined) throw new Error('it has ended');
        assert.equal(another, undefined);
        await sendControl(run.id, { verb: 'cancel' });
        await until(async () => (await live(open)).length === 0);
      }),
  },
];
