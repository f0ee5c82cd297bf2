/** The setting `rpi.monitor.start`. */
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { showFault } from '../fault.ts';

/** Of every project that opens, where the setting `rpi.monitor.start` wants it. */
export function startMonitors(app: Pick<App, 'context' | 'log' | 'projects'>): vscode.Disposable {
  const asked = new Set<string>();
  const look = async (): Promise<void> => {
    if (!vscode.workspace.isTrusted) return;
    await app.projects.loaded;
    for (const project of app.projects.open()) {
      const root = project.root.toString();
      const settings = vscode.workspace.getConfiguration('rpi', project.root);
      // Once: who cancels the monitor wants it ended.
      if (asked.has(root) || !settings.get<boolean>('monitor.start', false)) continue;
      asked.add(root);
      if ((await project.fleet()).pis.size === 0) {
        asked.delete(root);
        continue;
      }
      const { startMonitor } = await import('./start.ts');
      await startMonitor(app, project).catch((error: unknown) => showFault(app.log, error));
    }
  };
  const again = (): void => void look().catch((error: unknown) => showFault(app.log, error));
  again();
  return vscode.Disposable.from(
    vscode.workspace.onDidGrantWorkspaceTrust(again),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('rpi.monitor.start')) again();
    }),
    app.projects.onDidChange(again),
  );
}
