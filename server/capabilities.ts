/** What the server offers, and what it needs to know of the editor. */
import {
  CodeActionKind,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type ServerCapabilities,
} from 'vscode-languageserver';
import { TOKEN_MODIFIERS, TOKEN_TYPES } from '../core/analysis/features.ts';
import { FIX_ALL } from './requests/code-action.ts';

export const CAPABILITIES: ServerCapabilities = {
  textDocumentSync: {
    openClose: true,
    change: TextDocumentSyncKind.Incremental,
    save: { includeText: false },
  },
  completionProvider: {
    triggerCharacters: ['=', ',', '"', "'", '{', '|', '/'],
    resolveProvider: true,
  },
  hoverProvider: true,
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  workspaceSymbolProvider: true,
  selectionRangeProvider: true,
  documentLinkProvider: {},
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] },
  codeLensProvider: {},
  inlayHintProvider: true,
  documentFormattingProvider: true,
  semanticTokensProvider: {
    legend: { tokenTypes: [...TOKEN_TYPES], tokenModifiers: [...TOKEN_MODIFIERS] },
    full: { delta: true },
  },
};

export type EditorAbilities = {
  readonly hasSnippets: boolean;
  readonly versioned: boolean;
  /** Files can be watched by the editor; without it they are looked at now and then. */
  readonly watchesFiles: boolean;
};

export function abilitiesOf({ textDocument, workspace }: ClientCapabilities): EditorAbilities {
  const edits = workspace?.workspaceEdit;
  return {
    hasSnippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    versioned:
      edits?.documentChanges === true && edits.resourceOperations?.includes('create') === true,
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
  };
}
