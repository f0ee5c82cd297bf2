/** Giving something another name, also where that is the name of a file or folder. */
import { existsSync } from 'node:fs';
import {
  ResponseError,
  LSPErrorCodes,
  type PrepareRenameParams,
  type Range,
  type RenameFile,
  type RenameParams,
  type TextDocumentEdit,
  type TextEdit as LspTextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { FileMove, Named } from '../../core/analysis/features.ts';
import type { FileEdits } from '../../core/analysis/finding.ts';
import type { TextEdit } from '../../core/formats/text-edit.ts';
import { Lines } from '../document.ts';
import { editsOf } from '../edits.ts';
import { uriOf } from '../paths.ts';
import type { DocumentView } from '../session.ts';
import type { ProjectTexts } from './occurrences.ts';

export type RenameEditor = ProjectTexts & {
  /** An edit may move files. */
  readonly renamesFiles: boolean;
  /** Files are about to move because of an answer of ours. */
  readonly proposed: (moves: readonly FileMove[]) => void;
};

/** What Ansible or a program names is not renamed from here. */
const NEVER: ReadonlySet<Named['kind']> = new Set(['module', 'filter', 'test', 'lookup']);
const IS_FILE: ReadonlySet<Named['kind']> = new Set(['file', 'role']);
const SPECIAL_TAGS = new Set(['always', 'never', 'all', 'tagged', 'untagged']);

export function prepareRename(
  { reading, lines }: DocumentView,
  { position }: PrepareRenameParams,
  { renamesFiles }: Pick<RenameEditor, 'renamesFiles'>,
): { range: Range; placeholder: string } | null {
  const named = reading.named(lines.offsetAt(position));
  if (named === undefined || NEVER.has(named.kind)) return null;
  if (IS_FILE.has(named.kind) && !renamesFiles) return null;
  if (named.kind === 'tag' && SPECIAL_TAGS.has(named.name)) return null;
  return { range: lines.rangeOf(named), placeholder: named.name };
}

const WORD = /^[\w.-]+$/;
const NAMES: Readonly<Record<Named['kind'], RegExp>> = {
  variable: /^[A-Za-z_]\w*$/,
  group: /^[A-Za-z_]\w*$/,
  host: WORD,
  // What needs no quotation marks.
  handler: /^(?!.*(?:: | #|:$))[\p{L}\p{N}][^\n{}"']*$/u,
  role: WORD,
  tag: /^[\w.:-]+$/,
  file: /^(?!.*\/$)[^\s"'{}#:\\]+$/,
  module: WORD,
  filter: WORD,
  test: WORD,
  lookup: WORD,
};

/** Refuses a name that would mean something else, and what nothing in the project defines. */
export async function rename(
  document: DocumentView,
  { position, newName: written }: RenameParams,
  editor: RenameEditor,
): Promise<WorkspaceEdit | null> {
  const { reading, lines } = document;
  const newName = written.trim();
  const named = reading.named(lines.offsetAt(position));
  if (named === undefined || NEVER.has(named.kind)) return null;
  if (!NAMES[named.kind].test(newName)) {
    refuse(`“${written}” can’t be the name of a ${named.kind}.`);
  }
  if (newName === named.name) return { changes: {} };
  const { moves, edits } = await reading.moves(named, newName, editor.read);
  if (IS_FILE.has(named.kind) && moves.length === 0) refuseUndefined(named);
  const files = editor.renamesFiles ? moves : [];
  if (IS_FILE.has(named.kind) && files.length === 0) {
    refuse('This editor can’t rename files by a language server.');
  }
  const taken = files.find(({ to }) => existsSync(to));
  if (taken !== undefined) refuse(`There is a ${taken.to} already.`);
  const texts = IS_FILE.has(named.kind)
    ? edits
    : await editsOfName(document, named, newName, editor);
  editor.proposed(files);
  return workspaceEdit(texts, files, editor, document);
}

function refuse(message: string): never {
  throw new ResponseError(LSPErrorCodes.RequestFailed, message);
}
function refuseUndefined({ name }: Named): never {
  return refuse(`Nothing in this project defines ${name}, so it can’t be renamed here.`);
}

async function editsOfName(
  { reading }: DocumentView,
  named: Named,
  newName: string,
  { read }: RenameEditor,
): Promise<FileEdits[]> {
  const places = await reading.occurrences(named, read);
  // Nothing defines a tag: it is what tasks say.
  if (named.kind !== 'tag' && !places.some(({ isDefinition }) => isDefinition)) {
    refuseUndefined(named);
  }
  const byPath = new Map<string, TextEdit[]>();
  for (const { path, start, end } of places) {
    const edit = { start, end, text: newName };
    byPath.set(path, [...(byPath.get(path) ?? []), edit]);
  }
  return [...byPath].map(([path, edits]) => ({ path, edits }));
}

/** Texts first, under the names that they have before; then what moves. */
export async function workspaceEdit(
  files: readonly FileEdits[],
  moves: readonly FileMove[],
  { read }: ProjectTexts,
  document?: Pick<DocumentView, 'path' | 'uri' | 'lines'>,
): Promise<WorkspaceEdit> {
  const texts: { readonly uri: string; readonly edits: LspTextEdit[] }[] = [];
  for (const { path, edits } of files) {
    const isOwn = path === document?.path;
    const lines = isOwn ? document.lines : new Lines((await read(path)) ?? '');
    texts.push({ uri: isOwn ? document.uri : uriOf(path), edits: editsOf(lines, edits) });
  }
  if (moves.length === 0) {
    return { changes: Object.fromEntries(texts.map(({ uri, edits }) => [uri, edits])) };
  }
  const changed = texts.map(({ uri, edits }): TextDocumentEdit => ({
    textDocument: { uri, version: null },
    edits,
  }));
  const moved = moves.map(({ from, to }): RenameFile => ({
    kind: 'rename',
    oldUri: uriOf(from),
    newUri: uriOf(to),
  }));
  return { documentChanges: [...changed, ...moved] };
}
