import * as vscode from 'vscode';
import type { App } from '../app.ts';
import type { EditorCommand } from '../editor-command.ts';
import { detailsUri } from '../fleet/details.ts';
import { nodesOf } from '../nodes.ts';
import { pickHost } from '../target.ts';

/** Everything known of a Pi, as a page that goes on with what is learned. */
export const showDetails: EditorCommand = async (app, ...args) => {
  const uri = discoveredUri(args) ?? (await hostUri(app, args));
  if (uri !== undefined) await vscode.commands.executeCommand('markdown.showPreview', uri);
};

function discoveredUri(args: readonly unknown[]): vscode.Uri | undefined {
  const node = nodesOf(args).find(({ kind }) => kind === 'discovered');
  if (node?.kind !== 'discovered') return undefined;
  return detailsUri(node.project, { device: node.key });
}

async function hostUri(app: App, args: readonly unknown[]): Promise<vscode.Uri | undefined> {
  const target = await pickHost(app, args, { title: 'Show Details', anyName: true });
  return target === undefined ? undefined : detailsUri(target.project, { host: target.pi.name });
}
