/** The extension: thin. What it starts is the bundled `rpi`; what it shows comes from core. */
import * as vscode from 'vscode';
import { createTaskProvider } from './tasks.ts';

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.tasks.registerTaskProvider('rpi', createTaskProvider(context.extensionUri)),
  );
}
