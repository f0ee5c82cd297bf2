/** What the server offers, and what it needs to know of the editor. */
import {
  CodeActionKind,
  FileOperationPatternKind,
  TextDocumentSyncKind,
  type ClientCapabilities,
  type ServerCapabilities,
} from 'vscode-languageserver';
import { TOKEN_MODIFIERS, TOKEN_TYPES } from '../core/analysis/features.ts';
import type { Refreshed } from './refreshes.ts';
import { FIX_ALL } from './requests/code-action.ts';

export const CAPABILITIES: ServerCapabilities = {
  textDocumentSync: {
    openClose: true,
    change: TextDocumentSyncKind.Incremental,
    save: { includeText: false },
  },
  completionProvider: {
    triggerCharacters: ['=', ',', '"', "'", '{', '|', '/', '.'],
    resolveProvider: true,
  },
  hoverProvider: true,
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  workspaceSymbolProvider: true,
  // Any file may be named by a playbook, and any folder may be a role.
  workspace: {
    fileOperations: {
      willRename: { filters: [{ scheme: 'file', pattern: { glob: '**/*' } }] },
      didRename: { filters: [{ scheme: 'file', pattern: { glob: '**/*' } }] },
      didDelete: {
        filters: [
          { scheme: 'file', pattern: { glob: '**/*', matches: FileOperationPatternKind.folder } },
        ],
      },
    },
  },
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
  /** An edit may move files. */
  readonly renamesFiles: boolean;
  /** Files can be watched by the editor; without it they are looked at now and then. */
  readonly watchesFiles: boolean;
  /** What it can be told to ask for again. */
  readonly refreshes: ReadonlySet<Refreshed>;
};

export function abilitiesOf({ textDocument, workspace }: ClientCapabilities): EditorAbilities {
  const edits = workspace?.workspaceEdit;
  const canChange = (operation: 'create' | 'rename'): boolean =>
    edits?.documentChanges === true && edits.resourceOperations?.includes(operation) === true;
  return {
    hasSnippets: textDocument?.completion?.completionItem?.snippetSupport === true,
    versioned: canChange('create'),
    renamesFiles: canChange('rename'),
    watchesFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    refreshes: new Set(
      (['codeLens', 'inlayHint', 'semanticTokens'] as const).filter(
        (what) => workspace?.[what]?.refreshSupport === true,
      ),
    ),
  };
}
