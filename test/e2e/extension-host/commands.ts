import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import * as z from 'zod';
import { activated, extension } from './extension.ts';
import type { HostTest } from './host-test.ts';

/** The manifest as the editor has read it. */
const manifest = z.object({
  contributes: z.object({
    commands: z.array(z.object({ command: z.string() })),
    views: z.record(z.string(), z.array(z.object({ id: z.string() }))),
  }),
});

/** Commands that the editor makes for each view. */
const OF_VIEWS = ['focus', 'open', 'removeView', 'resetViewLocation', 'toggleVisibility'];

async function registered(views: readonly string[]): Promise<string[]> {
  const all = await vscode.commands.getCommands(true);
  const made = new Set(views.flatMap((view) => OF_VIEWS.map((word) => `${view}.${word}`)));
  return all.filter((id) => id.startsWith('rpi.') && !made.has(id)).toSorted();
}

export const commandTests: readonly HostTest[] = [
  {
    name: 'is active in a folder with an rpi.yml, without anything done for it',
    run: async () => {
      assert.equal(extension().isActive, true);
      await Promise.resolve();
    },
  },
  {
    name: 'registers exactly the commands that it contributes',
    run: async () => {
      const { contributes } = manifest.parse((await activated()).packageJSON);
      const views = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id));
      const contributed = contributes.commands.map(({ command }) => command).toSorted();
      assert.deepEqual(await registered(views), contributed);
    },
  },
];
