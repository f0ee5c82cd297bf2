/** The language server, over stdio. Nothing but the protocol goes to stdout. */
import {
  createConnection,
  ProposedFeatures,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { VERSION } from '../core/version.ts';

const connection = createConnection(ProposedFeatures.all);

connection.onInitialize(() => ({
  capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental },
  serverInfo: { name: 'raspberry-pi-orchestration', version: VERSION },
}));

connection.listen();
