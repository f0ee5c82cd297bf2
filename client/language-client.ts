/**
 * The language server's end in the editor: starts `dist/server.js` when the first document that it
 * is for is opened, and not before.
 */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  PREVIEW,
  TRUSTED,
  type PreviewResult,
  type ServerOptions,
} from '../core/analysis/editor-messages.ts';
import type { App } from './app.ts';

/** The documents of the server; a language more is a line more. */
const DOCUMENTS = [
  { scheme: 'file', language: 'rpi-installer-config' },
  { scheme: 'untitled', language: 'rpi-installer-config' },
  { scheme: 'file', pattern: '**/post-install.txt' },
  { scheme: 'file', pattern: '**/files/*.list' },
] satisfies vscode.DocumentFilter[];

/** Opens a page of the docs at a heading: `[page, heading]`. Not for the palette. */
const OPEN_DOCS = 'rpi.docs.open';

/** Started by the first document, and shared by whoever asks. */
let starting: Promise<LanguageClient> | undefined;

/** Follows the documents of the editor until disposed. */
export function registerLanguageClient({ context, log }: App): vscode.Disposable {
  const disposables: vscode.Disposable[] = [];
  const look = (document: vscode.TextDocument): void => {
    if (starting !== undefined || vscode.languages.match(DOCUMENTS, document) === 0) return;
    starting = start(context, disposables);
    starting.catch((error: unknown) => {
      starting = undefined;
      log.error(`The language server could not be started: ${String(error)}`);
    });
  };
  disposables.push(
    vscode.commands.registerCommand(OPEN_DOCS, (page: unknown, heading: unknown) =>
      openDocs(context, page, heading),
    ),
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      void starting?.then((client) => client.sendNotification(TRUSTED));
    }),
  );
  vscode.workspace.textDocuments.forEach(look);
  return new vscode.Disposable(() => {
    for (const each of disposables.reverse()) each.dispose();
    starting = undefined;
  });
}

/** What will be made of a document; undefined where nobody can tell. */
export async function askForPreview(uri: vscode.Uri): Promise<string | undefined> {
  const client = await starting;
  const uriText = client?.code2ProtocolConverter.asUri(uri);
  const result = await client?.sendRequest<PreviewResult>(PREVIEW, { uri: uriText });
  return result?.text;
}

async function start(
  context: vscode.ExtensionContext,
  disposables: vscode.Disposable[],
): Promise<LanguageClient> {
  const { LanguageClient, TransportKind } = await import('vscode-languageclient/node');
  const outputChannel = vscode.window.createOutputChannel('Raspberry Pi Language Server', {
    log: true,
  });
  const initializationOptions = (): ServerOptions => ({
    trusted: vscode.workspace.isTrusted,
    docsCommand: OPEN_DOCS,
    previewCommand: 'rpi.installerConfig.preview',
    suggestCommand: 'editor.action.triggerSuggest',
  });
  const client = new LanguageClient(
    'rpi',
    'Raspberry Pi Language Server',
    {
      command: process.execPath,
      args: [vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.js').fsPath],
      transport: TransportKind.stdio,
      options: { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
    },
    { documentSelector: DOCUMENTS, outputChannel, initializationOptions },
  );
  // In this order: the client writes into the channel until it has ended.
  disposables.push(outputChannel, new vscode.Disposable(() => void client.dispose()));
  await client.start();
  return client;
}

/** In the preview of Markdown, where the heading is scrolled to. Only pages of the package. */
async function openDocs(
  context: vscode.ExtensionContext,
  page: unknown,
  heading: unknown,
): Promise<void> {
  if (typeof page !== 'string' || !/^docs\/[a-z-]+\.md$/.test(page)) return;
  const uri = vscode.Uri.joinPath(context.extensionUri, page);
  const fragment = typeof heading === 'string' ? heading : '';
  await vscode.commands.executeCommand('markdown.showPreview', uri.with({ fragment }));
}
