/** Follows a link of a document about a Pi. */
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { App } from '../app.ts';
import { showFault } from '../fault.ts';
import { DOCS_SCHEME } from '../language-client/docs.ts';
import type { PiNode, ProjectNode } from '../nodes.ts';
import type { OpenProject } from '../open-project.ts';
import { showDifferences, type Changed } from './plan-differences.ts';
import type { LinkAction } from './remedy-links.ts';

export type LinkContext = {
  readonly project: OpenProject;
  readonly host: string;
  readonly changes: readonly Changed[];
};

/** Returns at once; what goes wrong is shown. */
export function followLink(
  app: Pick<App, 'rpi' | 'log'>,
  context: LinkContext,
  action: LinkAction,
): void {
  follow(app, context, action).catch((error: unknown) => showFault(app.log, error));
}

async function follow(
  { rpi }: Pick<App, 'rpi'>,
  { project, host, changes }: LinkContext,
  action: LinkAction,
): Promise<void> {
  switch (action.does) {
    case 'command': {
      const node: PiNode | ProjectNode =
        action.about === 'pi' ? { kind: 'pi', project, name: host } : { kind: 'project', project };
      await vscode.commands.executeCommand(action.command, node);
      return;
    }
    case 'open': {
      const settings = (await project.project())?.config.create.config;
      const path = action.file === 'settings' && settings !== undefined ? settings : 'rpi.yml';
      await vscode.window.showTextDocument(vscode.Uri.file(join(project.root.fsPath, path)));
      return;
    }
    case 'payload': {
      const [download] =
        (await vscode.window.showOpenDialog({
          title: 'A release of raspberrypi-ua-netinst: its zip, or an image',
          openLabel: 'Take Its Files',
          canSelectFolders: false,
        })) ?? [];
      if (download === undefined) return;
      await rpi.inTerminal({ project, args: ['create', 'payload', download.fsPath] });
      return;
    }
    case 'docs': {
      const path = `/reinstall/${action.heading}.md`;
      const page = vscode.Uri.from({ scheme: DOCS_SCHEME, path });
      await vscode.commands.executeCommand('vscode.open', page);
      return;
    }
    case 'differences':
      await showDifferences(project, host, changes);
  }
}
