/** All that needs the client's library: it is loaded with the first document. */
import type * as vscode from 'vscode';
import { LanguageClient, TransportKind, type DocumentFilter } from 'vscode-languageclient/node';
import type { ServerOptions } from '../../core/analysis/editor-messages.ts';
import { SMALL_NODE_ENVIRONMENT, smallNodeFlags } from '../../core/command/small-node.ts';

/** Runs the server on the editor's own Node. The library starts it again when it dies, a few times. */
export function createLanguageClient(settings: {
  /** The server's bundle. */
  readonly program: string;
  readonly documents: DocumentFilter[];
  readonly outputChannel: vscode.LogOutputChannel;
  /** Asked for at each start. */
  readonly options: () => ServerOptions;
}): LanguageClient {
  const { program, documents, outputChannel, options } = settings;
  return new LanguageClient(
    'rpi-language-server',
    'Raspberry Pi Language Server',
    {
      command: process.execPath,
      args: [...smallNodeFlags(2), program],
      transport: TransportKind.stdio,
      options: { env: { ...process.env, ...SMALL_NODE_ENVIRONMENT, ELECTRON_RUN_AS_NODE: '1' } },
    },
    { documentSelector: documents, outputChannel, initializationOptions: options },
  );
}
