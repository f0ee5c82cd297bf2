/** The extension: thin. What it starts is the bundled `rpi`; what it shows comes from core. */
import * as vscode from 'vscode';
import { followTasksWithoutAnsible } from './another-system.ts';
import type { App } from './app.ts';
import { registerCommands } from './commands.ts';
import { registerDocuments } from './commands/virtual-document.ts';
import { createDiscovery } from './discovery.ts';
import { registerDetails } from './fleet/details.ts';
import { createFleetView } from './fleet/tree.ts';
import { registerLanguageClient } from './language-client.ts';
import { createProposals } from './monitor/proposals.ts';
import { createPasswords } from './passwords.ts';
import { createFaultProblems } from './fault-problems.ts';
import { createProblems } from './problems.ts';
import { createProjects } from './projects.ts';
import { createProjectView } from './project-view/tree.ts';
import { createRpi } from './rpi.ts';
import { createRunsView } from './runs/tree.ts';
import { registerRunLogs } from './runs/log.ts';
import { startMonitors } from './monitor/start-with-projects.ts';
import { createStatusBar } from './status-bar.ts';
import { createTaskProvider } from './tasks.ts';

/** What takes a moment to end. */
let ending = (): Promise<void> => Promise.resolve();

/** Only registers: whatever is heavy is loaded by what first needs it. */
export function activate(context: vscode.ExtensionContext): void {
  const began = performance.now();
  const log = vscode.window.createOutputChannel('Raspberry Pi', { log: true });
  const projects = createProjects(log);
  const passwords = createPasswords(context.secrets, log);
  const rpi = createRpi({ context, log, passwords });
  const discovery = createDiscovery({ log, projects, rpi });
  const proposals = createProposals(projects, log);
  const app: App = {
    context,
    log,
    projects,
    rpi,
    passwords,
    discovery,
    proposals,
    reveal: (project, name, group) => fleet.reveal(project, name, group),
  };
  const fleet = createFleetView(app);
  context.subscriptions.push(
    log,
    projects,
    discovery,
    proposals,
    fleet,
    discovery.follow(fleet.view),
    createProjectView(app),
    createRunsView(app),
    registerRunLogs(app),
    registerDetails(app),
    registerDocuments(),
    createStatusBar(app),
    startMonitors(app),
    createProblems(app),
    createFaultProblems(app),
    registerCommands(app),
    registerLanguageClient(app),
    // The page as it was before the window was loaded again.
    vscode.window.registerWebviewPanelSerializer('rpi.monitor', {
      deserializeWebviewPanel: async (panel) => {
        await (await import('./monitor/panel.ts')).fillMonitor(app, panel);
      },
    }),
    vscode.tasks.registerTaskProvider('rpi', createTaskProvider(app)),
    followTasksWithoutAnsible(),
  );
  ending = passwords.close;
  log.info(`Activated in ${(performance.now() - began).toFixed(1)} ms.`);
}

/** The editor waits for it when the window is closed. */
export async function deactivate(): Promise<void> {
  await ending();
}
