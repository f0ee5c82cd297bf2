/**
 * The language server's end in the editor: starts `dist/server.js` when the first document that it
 * is for is opened, and not before.
 */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  LEAVES_MODULES,
  PREVIEW,
  SETTINGS,
  TRUSTED,
  type PreviewResult,
} from '../core/analysis/editor-messages.ts';
import { ansibleKindOf } from '../core/lint/ansible-kind.ts';
import { lintKindOf } from '../core/lint/kind.ts';
import type { App } from './app.ts';
import { leavesModules, onLeavesModules } from './language-client/other-extension.ts';
import { DOCS_SCHEME, registerDocs } from './language-client/docs.ts';
import { onServerSettings, serverSettings } from './language-client/settings.ts';

/** The documents of the server; a language more is a line more. */
const DOCUMENTS = [
  { scheme: 'file', language: 'rpi-installer-config' },
  { scheme: 'untitled', language: 'rpi-installer-config' },
  { scheme: 'file', pattern: '**/post-install.txt' },
  { scheme: 'file', pattern: '**/files/*.list' },
  // Only because it stands for settings of the file beside it.
  { scheme: 'file', pattern: '**/wpa_supplicant.conf' },
  // The server takes those that lie in a project of Ansible’s.
  { scheme: 'file', language: 'yaml' },
  { scheme: 'file', language: 'ansible' },
  { scheme: 'file', pattern: '**/*.{yml,yaml,j2}' },
  { scheme: 'file', pattern: '**/{hosts,inventory,hosts.ini,inventory.ini}' },
  { scheme: 'file', pattern: '**/{inventory,inventories,group_vars,host_vars}/**' },
] satisfies vscode.DocumentFilter[];

type Disposables = { readonly dispose: () => unknown }[];

/** Started by the first document, and shared by whoever asks. */
let starting: Promise<LanguageClient> | undefined;

/** Follows the documents of the editor until disposed. */
export function registerLanguageClient({ context, log }: App): vscode.Disposable {
  const disposables: Disposables = [];
  let isOver = false;
  const look = (document: vscode.TextDocument): void => {
    if (starting !== undefined || !isServed(document)) return;
    starting = start(context, disposables, () => isOver);
    starting.catch((error: unknown) => {
      starting = undefined;
      log.error(`The language server could not be started: ${String(error)}`);
    });
  };
  disposables.push(
    registerDocs(context),
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      void starting?.then((client) => client.sendNotification(TRUSTED));
    }),
    onServerSettings((settings) => {
      void starting?.then((client) => client.sendNotification(SETTINGS, settings));
    }),
    onLeavesModules((value) => {
      void starting?.then((client) =>
        client.sendNotification(LEAVES_MODULES, { leavesModules: value }),
      );
    }),
  );
  vscode.workspace.textDocuments.forEach(look);
  return new vscode.Disposable(() => {
    isOver = true;
    for (const each of disposables.reverse()) each.dispose();
    starting = undefined;
  });
}

/**
 * Whether the server tells what is wrong in a document. YAML is written for much else: only what
 * lies in a project of Ansible’s counts, and no server is started for the rest.
 */
export function isServed(document: vscode.TextDocument): boolean {
  const { languageId, fileName } = document;
  if (vscode.languages.match(DOCUMENTS, document) === 0) return false;
  return (
    languageId === 'rpi-installer-config' ||
    languageId === 'ansible' ||
    lintKindOf(fileName) !== undefined ||
    ansibleKindOf(fileName) !== undefined
  );
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
  disposables: Disposables,
  isOver: () => boolean,
): Promise<LanguageClient> {
  const { createLanguageClient } = await import('./language-client/create.ts');
  if (isOver()) throw new Error('disposed before it was started');
  const outputChannel = vscode.window.createOutputChannel('Raspberry Pi Language Server', {
    log: true,
  });
  const client = createLanguageClient({
    program: vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.js').fsPath,
    documents: DOCUMENTS,
    outputChannel,
    options: () => ({
      trusted: vscode.workspace.isTrusted,
      docsScheme: DOCS_SCHEME,
      previewCommand: 'rpi.installerConfig.preview',
      verifyCommand: 'rpi.installerConfig.verify',
      reinstallCommand: 'rpi.reinstall',
      suggestCommand: 'editor.action.triggerSuggest',
      runCommand: 'rpi.playbook.run',
      leavesModules: leavesModules(),
      cacheFolder: context.globalStorageUri.fsPath,
      ...serverSettings(),
    }),
  });
  // In this order: the client writes into the channel until it has ended.
  disposables.push(outputChannel);
  await client.start();
  // Only one that runs can be ended.
  if (isOver()) await client.dispose();
  else disposables.push(client);
  return client;
}
