/** The settings that the language server is told of. */
import * as vscode from 'vscode';
import type { SettingsParams } from '../../core/analysis/editor-messages.ts';

const NAMES = ['rpi.ansible.path', 'rpi.ansible.lintOnSave'];

export function serverSettings(): Required<SettingsParams> {
  const settings = vscode.workspace.getConfiguration('rpi');
  return {
    ansiblePath: settings.get<string>('ansible.path', ''),
    lintOnSave: settings.get<boolean>('ansible.lintOnSave', false),
  };
}

export function onServerSettings(
  changed: (settings: Required<SettingsParams>) => void,
): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (NAMES.some((name) => event.affectsConfiguration(name))) changed(serverSettings());
  });
}
