/** The fleet's health in the status bar; a click opens the Fleet view. */
import * as vscode from 'vscode';
import type { FleetHealth } from '../core/fleet/health.ts';
import type { App } from './app.ts';
import { leastWell, shortText } from './fleet/short-health.ts';

const ICONS: Readonly<Record<FleetHealth['level'], string>> = {
  none: '$(circuit-board)',
  ok: '$(circuit-board)',
  warning: '$(warning)',
  error: '$(error)',
};

export function createStatusBar({ projects, log }: App): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('rpi.health', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Raspberry Pi';
  item.command = 'rpi.fleet.focus';

  const show = async (): Promise<void> => {
    const open = projects.open();
    const isWanted = vscode.workspace.getConfiguration('rpi').get<boolean>('statusBar', true);
    if (open.length === 0 || !isWanted) {
      item.hide();
      return;
    }
    const { fleetHealth } = await import('../core/fleet/health.ts');
    const healths = await Promise.all(
      open.map(async (project) => ({ project, health: fleetHealth(await project.fleet()) })),
    );
    const level = leastWell(healths.map(({ health }) => health.level));
    const words = healths.map(({ project, health }) =>
      open.length === 1 ? health.text : `${project.label}: ${health.text}`,
    );
    item.text = `${ICONS[level]} ${shortText(healths.map(({ health }) => health))}`;
    item.tooltip = [...words, 'Click to open the fleet.'].join('\n');
    item.accessibilityInformation = { label: `Raspberry Pi: ${words.join('; ')}` };
    // Not the red of errors: a Pi that is switched off is no reason to shout at who edits a file.
    item.backgroundColor =
      level === 'error' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    item.show();
  };
  const showNow = (): void => {
    void show().catch((error: unknown) => log.error('Status bar:', String(error)));
  };
  return vscode.Disposable.from(
    item,
    projects.onDidChange(showNow),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('rpi.statusBar')) showNow();
    }),
  );
}
