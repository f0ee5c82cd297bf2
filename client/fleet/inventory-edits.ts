/**
 * Edits of the inventory in the editor: planned on what is open (saved or not), applied as one
 * WorkspaceEdit that one undo takes back.
 */
import * as vscode from 'vscode';
import type { FileEdits } from '../../core/inventory/planned-edits.ts';
import type { InventoryFiles } from '../../core/inventory/files.ts';
import { plainText } from '../message.ts';

/** The disk, and what is open in the editor before it. A byte order mark is never a part. */
async function filesInEditor(): Promise<InventoryFiles> {
  const { filesOnDisk } = await import('../../core/inventory/files.ts');
  const open = new Map(
    vscode.workspace.textDocuments
      .filter(({ uri, isClosed }) => uri.scheme === 'file' && !isClosed)
      .map((document) => [document.uri.fsPath, document]),
  );
  return {
    ...filesOnDisk,
    read: async (path) => {
      const document = open.get(vscode.Uri.file(path).fsPath);
      // What the editor has just saved differs from nothing; the disk is what others see.
      if (document?.isDirty === true) return document.getText();
      return (await filesOnDisk.read(path))?.replace(/^\uFEFF/, '');
    },
  };
}

/** Milliseconds. */
const LATER = 2000;

export type Applied = {
  /** Files that were changed and saved, and those that had unsaved changes and still have. */
  readonly saved: readonly vscode.Uri[];
  readonly unsaved: readonly vscode.Uri[];
};

/**
 * Plans on the texts as they are and applies all of it at once. Files without unsaved changes are
 * saved; the others are left to the person. Undefined when there was nothing to change. Throws
 * what `plan` throws, and `file.changed-meanwhile`.
 */
export async function applyInventoryEdits(
  plan: (files: InventoryFiles) => Promise<readonly FileEdits[]>,
): Promise<Applied | undefined> {
  const planned = await plan(await filesInEditor());
  if (planned.length === 0) return undefined;
  const edit = new vscode.WorkspaceEdit();
  const wasDirty = new Set<string>();
  for (const file of planned) {
    const uri = vscode.Uri.file(file.path);
    if (!file.exists) {
      const contents = new TextEncoder().encode(file.edits.map(({ text }) => text).join(''));
      edit.createFile(uri, { contents, ignoreIfExists: false });
      continue;
    }
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.isDirty) wasDirty.add(uri.toString());
    await mustBeSame(document, file);
    edit.set(
      uri,
      file.edits.map(({ start, end, text }) => {
        const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
        return new vscode.TextEdit(range, text);
      }),
    );
  }
  if (!(await vscode.workspace.applyEdit(edit)))
    throw await changedMeanwhile(planned[0]?.path ?? '');
  const uris = planned.map(({ path }) => vscode.Uri.file(path));
  const unsaved = uris.filter((uri) => wasDirty.has(uri.toString()));
  const saved = uris.filter((uri) => !wasDirty.has(uri.toString()));
  for (const uri of saved) {
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.isDirty) await document.save();
  }
  return { saved, unsaved };
}

/**
 * The offsets are of the text that was planned on: with line ends of two kinds, or read before
 * somebody's last change, they would point elsewhere in the document.
 */
async function mustBeSame(document: vscode.TextDocument, file: FileEdits): Promise<void> {
  // What another program has just written, the editor learns of a moment later.
  const deadline = Date.now() + LATER;
  while (!document.isDirty && document.getText() !== file.text && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (document.getText() !== file.text) throw await changedMeanwhile(file.path);
}

async function changedMeanwhile(path: string): Promise<Error> {
  const { RpiError } = await import('../../core/errors.ts');
  return new RpiError(
    'file.changed-meanwhile',
    `${path} was changed meanwhile, or has line ends of two kinds.`,
    { remedy: 'Nothing was changed. Save the file and try again.' },
  );
}

/** Says where unsaved changes keep the fleet from showing what was done. */
export async function tellUnsaved({ unsaved }: Applied, what: string): Promise<void> {
  const [first] = unsaved;
  if (first === undefined) return;
  const names = unsaved.map((uri) => vscode.workspace.asRelativePath(uri)).join(', ');
  const save = 'Save';
  const chosen = await vscode.window.showInformationMessage(
    plainText(
      `${what} ${names} had unsaved changes and was not saved: the fleet shows it when it is.`,
    ),
    save,
  );
  if (chosen !== save) return;
  for (const uri of unsaved) await (await vscode.workspace.openTextDocument(uri)).save();
}
