/** Answers an editor: LSP on one side, the table of languages on the other. */
import { pathToFileURL } from 'node:url';
import { DidChangeWatchedFilesNotification, type Connection } from 'vscode-languageserver';
import {
  LEAVES_MODULES,
  PREVIEW,
  SETTINGS,
  TRUSTED,
  type LeavesModulesParams,
  type PreviewParams,
  type PreviewResult,
  type ServerOptions,
  type SettingsParams,
} from '../core/analysis/editor-messages.ts';
import { resource } from '../core/resources.ts';
import { VERSION } from '../core/version.ts';
import { abilitiesOf, CAPABILITIES, type EditorAbilities } from './capabilities.ts';
import type { ServerLanguage } from './language.ts';
import { codeAction } from './requests/code-action.ts';
import { codeLens } from './requests/code-lens.ts';
import { completion, completionResolve } from './requests/completion.ts';
import { definition } from './requests/definition.ts';
import { documentLink } from './requests/document-link.ts';
import { documentSymbol } from './requests/document-symbol.ts';
import { foldingRange } from './requests/folding-range.ts';
import { formatting } from './requests/formatting.ts';
import { hover } from './requests/hover.ts';
import { inlayHint } from './requests/inlay-hint.ts';
import { references } from './requests/occurrences.ts';
import { createProposedMoves, movesOf, renameFiles } from './requests/rename-files.ts';
import { prepareRename, rename } from './requests/rename.ts';
import { selectionRange } from './requests/selection-range.ts';
import { createSemanticTokens } from './requests/semantic-tokens.ts';
import { workspaceSymbol } from './requests/workspace-symbol.ts';
import { pathOf } from './paths.ts';
import { readServerOptions } from './options.ts';
import { createRefreshes } from './refreshes.ts';
import { createSession, type DocumentView, type Session } from './session.ts';

/** Milliseconds between two looks at the files around, where the editor does not watch them. */
const POLL = 3000;

/** Files whose change may change findings in others. */
const WATCHED = [
  '**/rpi.yml',
  '**/*installer-config*',
  '**/post-install.txt',
  '**/wpa_supplicant.conf',
  '**/files/**',
  '**/{hosts,inventory}*',
  '**/{inventory,inventories,group_vars,host_vars}/**',
  '**/*.{yml,yaml,j2}',
  '**/ansible.cfg',
  '**/{library,filter_plugins,test_plugins,lookup_plugins}/**',
];

/** Listens until the editor ends it, or dies. */
export function serve(connection: Connection, languages: readonly ServerLanguage[]): void {
  let options: ServerOptions = {};
  let trusted = false;
  let leavesModules = false;
  let editor: EditorAbilities = abilitiesOf({});
  const refreshes = createRefreshes(connection, (what) => editor.refreshes.has(what));
  const session = createSession(connection, languages, {
    refreshes,
    isTrusted: () => trusted,
    leavesModules: () => leavesModules,
    settings: () => options,
    hrefOf: (page, code) => hrefOf(options.docsScheme, page, code),
  });

  connection.onInitialize(({ capabilities, initializationOptions }) => {
    options = readServerOptions(initializationOptions);
    trusted = options.trusted === true;
    leavesModules = options.leavesModules === true;
    editor = abilitiesOf(capabilities);
    return {
      capabilities: CAPABILITIES,
      serverInfo: { name: 'raspberry-pi-orchestration', version: VERSION },
    };
  });
  connection.onInitialized(() => {
    if (editor.watchesFiles) {
      const watchers = WATCHED.map((globPattern) => ({ globPattern }));
      void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    } else {
      setInterval(() => {
        if (session.hasDocuments()) session.refresh();
      }, POLL).unref();
    }
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    session.refresh(changes.map(({ uri }) => pathOf(uri)));
  });
  connection.onNotification(LEAVES_MODULES, (params: LeavesModulesParams) => {
    leavesModules = params.leavesModules;
    session.refresh([]);
  });
  connection.onNotification(SETTINGS, ({ ansiblePath, lintOnSave }: SettingsParams) => {
    options = { ...options, ansiblePath: ansiblePath ?? '', lintOnSave: lintOnSave === true };
    session.workspace.installed.forget();
    session.refresh([]);
  });
  connection.onNotification(TRUSTED, () => {
    trusted = true;
    session.refresh([]);
  });

  connection.onDidOpenTextDocument(({ textDocument }) => {
    session.opened(textDocument);
  });
  connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
    session.changed(textDocument.uri, textDocument.version, contentChanges);
  });
  connection.onDidCloseTextDocument(({ textDocument }) => {
    session.closed(textDocument.uri);
    session.workspace.lint.closed(pathOf(textDocument.uri));
    // What was not saved is gone.
    session.refresh([pathOf(textDocument.uri)]);
  });
  connection.onDidSaveTextDocument(({ textDocument }) => {
    session.workspace.lint.saved(pathOf(textDocument.uri));
    session.refresh([pathOf(textDocument.uri)]);
  });

  const none: never[] = [];
  connection.onHover(about(session, null, hover));
  connection.onDocumentSymbol(about(session, none, documentSymbol));
  connection.onFoldingRanges(about(session, none, foldingRange));
  connection.onDocumentLinks(about(session, none, documentLink));
  connection.onDocumentFormatting(about(session, none, formatting));
  connection.languages.inlayHint.on(about(session, none, inlayHint));
  const tokens = createSemanticTokens();
  connection.languages.semanticTokens.on(about(session, { data: none }, tokens.full));
  connection.languages.semanticTokens.onDelta(about(session, { data: none }, tokens.delta));
  connection.onSelectionRanges(about(session, none, selectionRange));
  const project = { read: session.readText };
  connection.onDefinition(
    about(session, none, (document, params) => definition(document, params, project)),
  );
  connection.onReferences(
    about(session, none, (document, params) => references(document, params, project)),
  );
  const proposed = createProposedMoves();
  connection.onPrepareRename(
    about(session, null, (document, params) => prepareRename(document, params, editor)),
  );
  connection.onRenameRequest(
    about(session, null, (document, params) =>
      rename(document, params, { ...project, ...editor, proposed: proposed.add }),
    ),
  );
  connection.workspace.onWillRenameFiles(async ({ files }) => {
    const moves = movesOf(files);
    const { projectOf } = session.workspace.ansible;
    return proposed.take(moves) ? null : renameFiles(moves, projectOf, project);
  });
  // Of what is in a folder that moves or goes, editors tell nothing.
  connection.workspace.onDidRenameFiles(() => session.refresh());
  connection.workspace.onDidDeleteFiles(() => session.refresh());
  connection.onWorkspaceSymbol(async ({ query }) =>
    workspaceSymbol(query, await session.workspace.ansible.projects(), session.readText),
  );
  connection.onCompletionResolve((item) => completionResolve(item, session.view));
  connection.onCompletion(
    about(session, none, (document, params) =>
      completion(document, params, { ...editor, suggestCommand: options.suggestCommand }),
    ),
  );
  connection.onCodeAction(
    about(session, none, (document, params) =>
      codeAction(document, params, { ...editor, textOf: session.textOf }),
    ),
  );
  connection.onCodeLens(
    about(session, none, (document) => {
      refreshes.askedForLenses(document.uri);
      return codeLens(document, options);
    }),
  );
  connection.onRequest(PREVIEW, async ({ uri }: PreviewParams): Promise<PreviewResult> => {
    const document = await session.view(uri);
    const text = document?.reading.preview(shortPath(document.path));
    return text === undefined ? null : { text };
  });
  connection.listen();
}

/** A handler that answers `otherwise` about a document that is none of ours, or closed by now. */
function about<Params extends { readonly textDocument: { readonly uri: string } }, Result, None>(
  session: Session,
  otherwise: None,
  answer: (document: DocumentView, params: Params) => Result | Promise<Result>,
): (params: Params) => Promise<Result | None> {
  return async (params) => {
    const document = await session.view(params.textDocument.uri);
    return document === undefined ? otherwise : answer(document, params);
  };
}

/** The section of a code: a document that the editor makes, else the packaged page itself. */
function hrefOf(scheme: string | undefined, page: string, code: string): string {
  if (scheme === undefined) return `${pathToFileURL(resource(page)).href}#${code}`;
  return `${scheme}:/${page.replace(/^docs\/|\.md$/g, '')}/${code}.md`;
}

/** As people tell one of many apart: its folder and its name. */
function shortPath(path: string): string {
  return path.split(/[\\/]/).slice(-2).join('/');
}
