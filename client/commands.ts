/**
 * Every command of the extension: one file a command (or a family of one), one line here. A test
 * holds this table against package.json. Each is loaded when it is first used.
 */
import * as vscode from 'vscode';
import type { App } from './app.ts';
import { showFault } from './fault.ts';

/**
 * `args` are what the editor gives: from a view's menu the node and the selection, from the palette
 * nothing. What the context did not give, the command asks for.
 */
export type EditorCommand = (app: App, ...args: readonly unknown[]) => Promise<unknown>;

type Load = () => Promise<EditorCommand>;

export const COMMANDS: Readonly<Record<`rpi.${string}`, Load>> = {
  'rpi.scaffold': async () => (await import('./commands/scaffold.ts')).scaffold,
  'rpi.detect': async () => (await import('./commands/detect.ts')).detect,
};

export function registerCommands(app: App): vscode.Disposable {
  const registered = Object.entries(COMMANDS).map(([id, load]) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        const command = await load();
        return await command(app, ...args);
      } catch (error) {
        await showFault(app.log, error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}
