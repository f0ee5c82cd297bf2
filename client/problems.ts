/** Failing Ansible tasks as problems at their file and line, read from the journals. */
import * as vscode from 'vscode';
import type { RunSummary } from '../core/runs/run-summary.ts';
import type { App } from './app.ts';
import { followLine, type LineChange } from './problems/change.ts';
import { grouped } from './problems/grouped.ts';
import { openFailures, type OpenFailure } from './problems/open-failures.ts';
import { placeOf } from './problems/place.ts';
import { readLines } from './problems/read-lines.ts';
import { createTurns } from './turns.ts';

/** A failure, the line where it stands now, and what stands in that line. */
type Shown = { readonly failure: OpenFailure; readonly line: number; readonly text: string };

export function createProblems({ projects, log }: App): vscode.Disposable {
  const diagnostics = vscode.languages.createDiagnosticCollection('rpi');
  const shown = new Map<string, Shown[]>();
  /** Those whose line a person has changed since. */
  const mended = new Set<string>();
  const begin = createTurns();
  let read: readonly (readonly RunSummary[])[] = [];

  const show = async (): Promise<void> => {
    const place = begin();
    const open = projects.open();
    const runs = await Promise.all(open.map((project) => project.runs()));
    // The same arrays: nothing has been run since.
    if (runs.length === read.length && runs.every((each, index) => each === read[index])) return;
    const failed = runs.map(openFailures);
    const placed = await Promise.all(
      failed.flatMap((failures, index) =>
        [...grouped(failures, ({ path }) => path)].map(async ([path, here]) => ({
          path,
          lines: await linesOf(open[index]?.root.fsPath ?? '', path, here),
        })),
      ),
    );
    if (!place()) return;
    read = runs;
    const keys = new Set(failed.flat().map(({ key }) => key));
    for (const key of mended) if (!keys.has(key)) mended.delete(key);
    const before = new Map([...shown.values()].flat().map((each) => [each.failure.key, each]));
    shown.clear();
    diagnostics.clear();
    for (const { path, lines: all } of placed) {
      const lines = all.filter(({ failure }) => !mended.has(failure.key));
      if (lines.length === 0) continue;
      // Where it was followed through edits is known better than where the journal says.
      const followed = lines.map((each) => before.get(each.failure.key) ?? each);
      shown.set(path, [...(shown.get(path) ?? []), ...followed]);
      publish(path);
    }
  };
  const publish = (path: string): void => {
    const uri = vscode.Uri.file(path);
    diagnostics.set(uri, (shown.get(path) ?? []).map(diagnosticOf));
  };
  const showNow = (): void => {
    void show().catch((error: unknown) => log.error('Problems:', String(error)));
  };

  return vscode.Disposable.from(
    diagnostics,
    projects.onDidChange(showNow),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const here = shown.get(document.uri.fsPath);
      if (here === undefined || document.uri.scheme !== 'file') return;
      const lines = document.getText().split(/\r?\n/);
      const left = here.flatMap((each) => {
        const line = followLine(each, contentChanges.map(changeOf), lines);
        if (line !== undefined) return [{ ...each, line }];
        mended.add(each.failure.key);
        return [];
      });
      shown.set(document.uri.fsPath, left);
      publish(document.uri.fsPath);
    }),
  );
}

/** On the text that is edited, where the file is open; else on the disk's. Only the project's own. */
async function linesOf(
  root: string,
  path: string,
  failures: readonly OpenFailure[],
): Promise<Shown[]> {
  const read = await readLines(root, path);
  if (read === undefined) return [];
  const { fsPath } = vscode.Uri.file(path);
  const open = vscode.workspace.textDocuments.find(
    ({ uri }) => uri.scheme === 'file' && uri.fsPath === fsPath,
  );
  const lines = open?.getText().split(/\r?\n/) ?? read.lines;
  const modifiedAt = open?.isDirty === true ? Infinity : read.modifiedAt;
  return failures.flatMap((failure) => {
    const line = placeOf(failure, lines, modifiedAt);
    return line === undefined ? [] : [{ failure, line, text: lines[line - 1] ?? '' }];
  });
}

function diagnosticOf({ failure, line, text }: Shown): vscode.Diagnostic {
  const start = text.length - text.trimStart().length;
  const range = new vscode.Range(
    line - 1,
    start,
    line - 1,
    Math.max(start + 1, text.trimEnd().length),
  );
  const { hosts, task, message, command } = failure;
  const where = hosts.length > 3 ? `${hosts.length} Pis` : hosts.join(', ');
  const diagnostic = new vscode.Diagnostic(
    range,
    `${task} failed on ${where}: ${message}`,
    vscode.DiagnosticSeverity.Error,
  );
  diagnostic.source = 'rpi';
  diagnostic.code = command;
  return diagnostic;
}

function changeOf({ range, text }: vscode.TextDocumentContentChangeEvent): LineChange {
  return {
    first: range.start.line + 1,
    character: range.start.character,
    last: range.end.line + 1,
    isInsertion: range.isEmpty,
    text,
  };
}
