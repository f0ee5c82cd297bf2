import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, extension, folder } from './extension.ts';
import type { HostTest } from './host-test.ts';

async function offered(): Promise<vscode.Task[]> {
  await activated();
  return vscode.tasks.fetchTasks({ type: 'rpi' });
}

function processOf(task: vscode.Task): vscode.ProcessExecution {
  const { execution } = task;
  if (!(execution instanceof vscode.ProcessExecution)) {
    throw new Error(`${task.name} is not started as a process`);
  }
  return execution;
}

async function task(command: string): Promise<vscode.Task> {
  const found = (await offered()).find(({ definition }) => definition['command'] === command);
  if (found === undefined) throw new Error(`no task for ${command}`);
  return found;
}

/** Runs a task to its end. */
async function exitOf(started: vscode.Task): Promise<number | undefined> {
  const ended = new Promise<number | undefined>((resolve) => {
    const listening = vscode.tasks.onDidEndTaskProcess(({ execution, exitCode }) => {
      if (execution.task.name !== started.name) return;
      listening.dispose();
      resolve(exitCode);
    });
  });
  await vscode.tasks.executeTask(started);
  return ended;
}

export const taskTests: readonly HostTest[] = [
  {
    name: 'offers detect, provision, deploy and monitor as tasks of the folder',
    run: async () => {
      const commands = (await offered()).map(({ definition }) => String(definition['command']));
      for (const command of ['detect', 'provision', 'deploy', 'monitor']) {
        assert.ok(commands.includes(command), `${command} is not among ${commands.join(', ')}`);
      }
    },
  },
  {
    name: 'starts the bundled rpi on the editor’s own Node, each argument by itself',
    run: async () => {
      const execution = processOf(await task('provision'));
      const program = vscode.Uri.joinPath(extension().extensionUri, 'dist', 'rpi.js').fsPath;
      assert.equal(execution.process, process.execPath);
      assert.equal(execution.args[0], program);
      assert.equal(execution.options?.env?.['ELECTRON_RUN_AS_NODE'], '1');
      assert.equal(execution.options.cwd, folder().uri.fsPath);
    },
  },
  {
    name: 'puts provision and deploy into the build group',
    run: async () => {
      assert.equal((await task('provision')).group?.id, vscode.TaskGroup.Build.id);
      assert.equal((await task('deploy')).group?.id, vscode.TaskGroup.Build.id);
      assert.equal((await task('detect')).group?.id, undefined);
    },
  },
  {
    name: 'runs a task of a tasks.json with the arguments that stand there',
    run: async () => {
      const all = await offered();
      const own = all.find(({ name }) => name === 'how it is used');
      assert.ok(own, `tasks.json’s own is not among ${all.map(({ name }) => name).join(', ')}`);
      assert.deepEqual(processOf(own).args.slice(-2), ['detect', '--help']);
      assert.equal(await exitOf(own), 0);
    },
  },
];
