import {
  CodeActionKind,
  type CodeAction,
  type CodeActionParams,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { Finding } from '../../core/analysis/finding.ts';
import { fixAll, preferredFix } from '../../core/analysis/fix-all.ts';
import type { FileEdits } from '../../core/analysis/finding.ts';
import type { TextEdit } from '../../core/formats/text-edit.ts';
import type { Diagnostic } from 'vscode-languageserver';
import { offsetsOf } from '../document.ts';
import { workspaceEditOf } from '../edits.ts';
import type { DocumentView } from '../session.ts';

/** Everything at once, as in `editor.codeActionsOnSave`. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.rpi`;

export type FixEditor = {
  /** Edits may name the version of the text that they are for, and create files. */
  readonly versioned: boolean;
  readonly textOf: (path: string) => string;
};

/** Each fix of the findings at the place, all of a kind where there are several, and all at once. */
export function codeAction(
  document: DocumentView,
  { range, context }: CodeActionParams,
  editor: FixEditor,
): CodeAction[] {
  const { only } = context;
  const { findings } = document.reading;
  const wants = (kind: string): boolean =>
    only === undefined || only.some((each) => kind === each || kind.startsWith(`${each}.`));
  const editOf = (edits: readonly TextEdit[], files: readonly FileEdits[] = []): WorkspaceEdit =>
    workspaceEditOf(document, edits, files, editor);
  const actions: CodeAction[] = [];

  if (wants(CodeActionKind.QuickFix)) {
    const { start, end } = offsetsOf(document.lines, range);
    const here = findings.filter((each) => each.start <= end && start <= each.end);
    for (const finding of here) {
      for (const fix of finding.fixes ?? []) {
        if ((fix.files ?? []).length > 0 && !editor.versioned) continue;
        actions.push({
          title: fix.title,
          kind: CodeActionKind.QuickFix,
          diagnostics: diagnosticsOf(finding, document, context.diagnostics),
          edit: editOf(fix.edits, fix.files),
          ...(fix.preferred === true ? { isPreferred: true } : {}),
        });
      }
    }
    for (const code of new Set(here.map((each) => each.code))) {
      const ofKind = findings.filter((each) => each.code === code && preferredFix(each));
      if (ofKind.length < 2) continue;
      actions.push({
        title: `Fix all of ${code} (${ofKind.length})`,
        kind: CodeActionKind.QuickFix,
        edit: editOf(fixAll(findings, code)),
      });
    }
  }
  // Not among the bulbs of a place, but where the source as a whole is asked about.
  if (only !== undefined && (wants(FIX_ALL) || only.includes(FIX_ALL))) {
    const edits = fixAll(findings);
    if (edits.length > 0) {
      actions.push({
        title: 'Fix everything that can be fixed',
        kind: FIX_ALL,
        edit: editOf(edits),
      });
    }
  }
  return actions;
}

/** Those of the editor's own that are this finding: it puts the fix beside them. */
function diagnosticsOf(
  finding: Finding,
  { lines }: DocumentView,
  known: readonly Diagnostic[],
): Diagnostic[] {
  const { line, character } = lines.positionAt(finding.start);
  return known.filter(
    ({ code, range: { start } }) =>
      code === finding.code && start.line === line && start.character === character,
  );
}
